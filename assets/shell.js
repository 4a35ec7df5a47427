// What the page does by itself around every page: marks where one is, and keeps the colour scheme where the server reads it.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const title = (shown, page) => [shown.join(" vs "), page, "Landscape"].filter(Boolean).join(" · ");
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.shell = {
    markPage(pathname, titles) {
      document.documentElement.dataset.page = pathname;
      document.title = title([], titles?.[pathname]);
      for (const link of document.querySelectorAll(".ls-nav-link")) {
        const href = link.getAttribute("href");
        if (href === pathname || (href !== "/" && pathname.startsWith(`${href}/`))) {
          link.setAttribute("aria-current", "page");
        } else link.removeAttribute("aria-current");
      }
      return window.dash_clientside.no_update;
    },
    // The browser's tab says what is shown: the labels of the runs, or the id of a study.
    titled(shown, titles) {
      if (shown) document.title = title([].concat(shown), titles?.[document.documentElement.dataset.page]);
      return window.dash_clientside.no_update;
    },
    // What of a link could not be followed.
    followed: (notices) => (notices?.length ? notices : window.dash_clientside.no_update),
    // The address line says what the page shows: the values of its controls, without those that are the defaults.
    address(...values) {
      const line = values.pop(); // of common/addresses.py; undefined where the page is gone
      const words = (value) => [].concat(value ?? []).map(String);
      const query = (line?.names ?? [])
        .map((name, place) => [name, words(values[place])])
        .filter(([name, list]) => list.length && list.join(",") !== (line.defaults[name] ?? ""))
        .map(([name, list]) => `${name}=${list.map(encodeURIComponent).join(",")}`)
        .join("&");
      const address = `${window.location.pathname}${query && `?${query}`}`;
      if (line) window.history.replaceState(window.history.state, "", address);
      return window.dash_clientside.no_update;
    },
    // A launch was answered: buttons that wait for it wait no more. Where it began, some wait until the page is drawn anew.
    answered(answer) {
      for (const button of document.querySelectorAll(".ls-page button[data-loading]")) {
        if (answer && !answer.error && button.classList.contains("ls-until-drawn")) continue;
        const id = button.id.startsWith("{") ? JSON.parse(button.id) : button.id;
        window.dash_clientside.set_props(id, { loading: false });
      }
      return window.dash_clientside.no_update;
    },
    keepScheme(scheme) {
      if (scheme) {
        document.cookie = `${landscape.constants.schemeCookie}=${scheme};path=/;max-age=31536000;samesite=strict`;
      }
      return window.dash_clientside.no_update;
    },
  };
})();
