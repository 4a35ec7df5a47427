// The page Checks: the address line says which runs are shown, and buttons that wait for a launch wait no more once it is answered.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  window.dash_clientside = window.dash_clientside || {};
  const unchanged = () => window.dash_clientside.no_update;
  window.dash_clientside.checks = {
    answered() {
      if (!document.getElementById(landscape.ids.checks)) return unchanged();
      window.dash_clientside.set_props(landscape.ids.checksAll, { loading: false });
      for (const button of document.querySelectorAll(`[id*="${landscape.ids.checksVerify}"][id^="{"]`)) {
        window.dash_clientside.set_props(JSON.parse(button.id), { loading: false });
      }
      return unchanged();
    },
    address(runs) {
      const query = `runs=${(runs || []).map(encodeURIComponent).join(",")}`;
      if (document.getElementById(landscape.ids.checks)) {
        window.history.replaceState(window.history.state, "", `${window.location.pathname}?${query}`);
      }
      return unchanged();
    },
  };
})();
