// What the page does by itself around every page: marks where one is, and keeps the colour scheme where the server reads it.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.shell = {
    markPage(pathname) {
      const names = {
        "/": "Explore",
        "/surface": "Surface",
        "/study": "Study",
        "/study/new": "New study",
        "/checks": "Checks",
        "/new": "New run",
        "/jobs": "Jobs",
      };
      document.documentElement.dataset.page = pathname;
      document.title = names[pathname] ? `${names[pathname]} · Landscape` : "Landscape";
      for (const link of document.querySelectorAll(".ls-nav-link")) {
        const href = link.getAttribute("href");
        if (href === pathname || (href !== "/" && pathname.startsWith(`${href}/`))) {
          link.setAttribute("aria-current", "page");
        } else link.removeAttribute("aria-current");
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
