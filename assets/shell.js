// What the page does by itself around every page: marks where one is, and keeps the colour scheme where the server reads it.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  // The prefix of this server's addresses, "" where it has none.
  function prefix() {
    const config = document.getElementById("_dash-config")?.textContent;
    return (JSON.parse(config || "{}").requests_pathname_prefix || "/").slice(0, -1);
  }
  // The address of a path ("/jobs") in the browser.
  landscape.at = (path) => prefix() + path;
  // The path of an address in the browser.
  const pathOf = (pathname) => (pathname.startsWith(`${prefix()}/`) ? pathname.slice(prefix().length) : pathname);
  const title = (shown, page) => [shown.join(" vs "), page, "Landscape"].filter(Boolean).join(" · ");
  // --- the clocks of the page (common/controls.py): they are still while no job is at work and nobody clicks
  const AWAKE = 8000; // ms after a click: what it began is followed at once
  const clocks = { live: true, token: null, clicked: -AWAKE, ticks: 0 };

  function pace() {
    const still = !clocks.live && performance.now() - clocks.clicked > AWAKE;
    for (const { dataset } of document.querySelectorAll("[data-clock][data-pauses=true]")) {
      window.dash_clientside.set_props(dataset.clock, { disabled: still });
    }
  }

  // What is known of jobs has changed: everything on the page looks once.
  function tick() {
    clocks.ticks += 1;
    for (const { dataset } of document.querySelectorAll("[data-clock]")) {
      window.dash_clientside.set_props(dataset.clock, { n_intervals: 1e6 * clocks.ticks });
    }
  }

  function wake() {
    const slept = !clocks.live && performance.now() - clocks.clicked > AWAKE;
    clocks.clicked = performance.now();
    if (slept) pace();
  }
  document.addEventListener("click", wake, true);

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.shell = {
    paced(_, pulse) {
      if (pulse) {
        const changed = clocks.token !== null && clocks.token !== pulse.token;
        Object.assign(clocks, { live: pulse.live, token: pulse.token });
        if (changed) tick();
      }
      pace();
      return window.dash_clientside.no_update;
    },
    markPage(pathname, titles) {
      const path = pathOf(pathname);
      document.documentElement.dataset.page = path;
      document.title = title([], titles?.[path]);
      for (const link of document.querySelectorAll(".ls-nav-link")) {
        const of = pathOf(link.getAttribute("href"));
        if (of === path || (of !== "/" && path.startsWith(`${of}/`))) {
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
    // Results that ship are in the folder: their page is loaded anew, as Study may show another study.
    opened(answer) {
      if (answer?.ids?.length) window.location.assign(landscape.at(`/study?id=${answer.ids[0]}`));
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
