// The presentation: letters, controls and figures 1.4 times as large, to be read from the last row. The page's own lengths are in
// rem and follow its letters (theme.css); the sizes of a figure are multiplied before plotly draws it.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const root = document.documentElement;
  const shown = new WeakMap(); // figure → what it was last given, in its own sizes
  const PIXELS = new Set(["standoff", "thickness", "xshift", "yshift", "ax", "ay"]);
  const SIDES = new Set(["l", "r", "t", "b"]);

  const factor = () => ("presentation" in root.dataset ? landscape.constants.presentation : 1);
  const plain = (value) => Object.getPrototypeOf(value ?? 0)?.constructor?.name === "Object";

  // Whether `key` of the part `name` of a figure is a length in pixels.
  function length(name, key) {
    if (key === "size") return name === "marker" || /font$/i.test(name);
    if (key === "width") return name === "line" || /^error_/.test(name);
    return name === "margin" ? SIDES.has(key) : PIXELS.has(key);
  }

  // A copy of a figure's part with its lengths `by` times as long; data and `meta` are the same arrays.
  function scaled(part, by, name = "") {
    if (Array.isArray(part)) return part.length && plain(part[0]) ? part.map((item) => scaled(item, by, name)) : part;
    if (!plain(part)) return part;
    const copy = {};
    for (const [key, value] of Object.entries(part)) {
      if (typeof value === "number") copy[key] = length(name, key) ? value * by : value;
      else copy[key] = key === "meta" ? value : scaled(value, by, key);
    }
    // one size for each point: plotly divides them
    if (name === "marker" && part.size && typeof part.size !== "number") copy.sizeref = (part.sizeref ?? 1) / by;
    return copy;
  }

  // plotly as the page calls it: a figure that is hidden is drawn later, each in the sizes of now, and none again for the size that
  // it has.
  function watched(plotly) {
    const react = (gd, figure, ...rest) => {
      const given = figure?.layout && gd instanceof window.HTMLElement;
      if (given) shown.set(gd, figure);
      const draw = () => {
        const by = factor();
        const sized = given && by !== 1 ? { ...figure, data: scaled(figure.data, by), layout: scaled(figure.layout, by) } : figure;
        return plotly.react(gd, sized, ...rest);
      };
      return given ? landscape.scenes.seen(gd, draw) : draw();
    };
    // Dash asks for the size of each figure that it has just drawn, and once more when it sees its place.
    const resize = (gd) => (landscape.internals.fits(gd) ? Promise.resolve(gd) : plotly.Plots.resize(gd));
    const sized = Object.create(plotly.Plots, { resize: { value: resize } });
    return Object.create(plotly, { react: { value: react }, Plots: { value: sized } });
  }

  // plotly comes with the first figure, whoever asks for it; `coming` where a script has asked before.
  let plotly;
  let coming;
  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: () => plotly || coming,
    set(value) {
      plotly = value?.react ? watched(value) : value;
    },
  });

  // Where plotly is; none outside of the page.
  function address() {
    const prefix = JSON.parse(document.getElementById("_dash-config")?.textContent || "{}").requests_pathname_prefix;
    return prefix && `${prefix}_dash-component-suites/plotly/package_data/plotly.min.js`;
  }

  // The page Explore needs it as soon as its cards are there: it is fetched with the page, and begins before the first figure.
  function fetched() {
    const href = address();
    if (!href) return;
    const early = document.createElement("link");
    const explore = window.location.pathname === href.split("_dash")[0];
    document.head.append(Object.assign(early, { rel: explore ? "preload" : "prefetch", as: "script", href }));
  }

  // Dash waits for what it finds under plotly's name, and asks itself where there is nothing.
  function begin() {
    if (plotly || coming || !address()) return;
    const script = Object.assign(document.createElement("script"), { src: address(), async: true });
    coming = new Promise((done, failed) => {
      script.addEventListener("load", done);
      script.addEventListener("error", failed);
    });
    coming.catch(() => (coming = undefined));
    document.body.append(script);
  }
  fetched();

  function tell() {
    document.getElementById(landscape.ids.presentation)?.setAttribute("aria-pressed", String(factor() !== 1));
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(`#${landscape.ids.presentation}`)) return;
    const large = root.toggleAttribute("data-presentation");
    try {
      window.localStorage.setItem(landscape.constants.presentationKey, large ? "on" : "off");
    } catch {
      // a browser that stores nothing forgets it
    }
    tell();
    for (const gd of document.querySelectorAll(".js-plotly-plot")) if (shown.has(gd)) window.Plotly.react(gd, shown.get(gd));
  });
  new MutationObserver(tell).observe(document.body ?? root, { childList: true });

  landscape.presentation = { scaled, begin };
})();
