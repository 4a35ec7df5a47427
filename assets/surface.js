// The page Surface: what is drawn on a relief is seen through it, and the address line says what is shown. The reliefs have one
// camera (camera.js).
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const bound = new WeakSet();
  const scenes = () =>
    [...document.querySelectorAll(`#${landscape.ids.surface} .js-plotly-plot`)].filter((gd) =>
      landscape.internals.scene(gd),
    );

  // Jumps, trajectories and anchor are on and under the relief.
  function front(gd) {
    const base = gd.layout?.meta?.base;
    if (base && landscape.internals.scene(gd)?.traces) {
      landscape.gl.front(
        gd,
        base.map(({ trace }) => trace),
      );
    }
  }

  function attach(gd) {
    if (bound.has(gd)) return;
    bound.add(gd);
    gd.on("plotly_afterplot", () => front(gd));
    front(gd);
    landscape.gl.hold(gd); // its WebGL context is given back when the card is gone
    landscape.camera.attach(gd);
  }

  let scheduled = false;
  function scan() {
    scheduled = false;
    for (const gd of scenes()) if (gd.on) attach(gd);
  }
  new MutationObserver(() => {
    if (scheduled || !document.getElementById(landscape.ids.surface)) return;
    scheduled = true;
    setTimeout(scan, 50);
  }).observe(document.documentElement, { childList: true, subtree: true });

  const DEFAULTS = { kind: "random", value: "train_loss", heights: "log" };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.surface = {
    // A launch was answered, or refused: the buttons that wait for it wait no more.
    answered() {
      if (!document.getElementById(landscape.ids.surface)) return window.dash_clientside.no_update;
      window.dash_clientside.set_props(landscape.ids.surfaceCompute, { loading: false });
      for (const button of document.querySelectorAll(`[id*="${landscape.ids.surfaceCompute}"][id^="{"]`)) {
        window.dash_clientside.set_props(JSON.parse(button.id), { loading: false });
      }
      return window.dash_clientside.no_update;
    },

    address(runs, kind, value, heights) {
      const changed = Object.entries({ kind, value, heights }).filter(([name, one]) => one && one !== DEFAULTS[name]);
      const query = [
        `runs=${(runs || []).map(encodeURIComponent).join(",")}`,
        ...changed.map(([name, one]) => `${name}=${encodeURIComponent(one)}`),
      ].join("&");
      if (document.getElementById(landscape.ids.surface)) {
        window.history.replaceState(window.history.state, "", `${window.location.pathname}?${query}`);
      }
      return window.dash_clientside.no_update;
    },
  };
})();
