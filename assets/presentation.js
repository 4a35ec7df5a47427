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

  // plotly as the page calls it: a figure that is hidden is drawn later, and each in the sizes of now.
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
    return Object.create(plotly, { react: { value: react } });
  }

  // plotly comes with the first figure, whoever asks for it.
  let plotly;
  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: () => plotly,
    set(value) {
      plotly = value?.react ? watched(value) : value;
    },
  });

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

  landscape.presentation = { scaled };
})();
