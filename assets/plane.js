// Figures in the plane while epochs are played: markers that are hidden and lines that are drawn without asking plotly, which takes
// 200 ms for a scene of three runs. When the player stops, plotly draws what it is told, and `settle` gives it back its own.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const group = (gd, trace) => gd.querySelector(`.trace${landscape.internals.trace(gd, trace).uid}`);

  // Numbers of the points for which plotly has made a marker.
  function drawnPoints({ x, y }) {
    const result = [];
    for (let i = 0; i < x.length; i += 1) if (Number.isFinite(x[i]) && Number.isFinite(y[i])) result.push(i);
    return result;
  }

  function markers(own, drawn, shown) {
    const nodes = own.querySelectorAll(".points .point");
    if (!nodes.length) return;
    drawnPoints(drawn).forEach((i, place) => {
      const display = shown[i] ? "" : "none";
      const node = nodes[place];
      if (node && node.style.display !== display) node.style.display = display;
    });
  }

  // Plotly gives each piece of a line a path; the first takes them all.
  function line(gd, trace, own, axes, shown) {
    const [first, ...others] = own.querySelectorAll(".js-line");
    if (!first) return;
    const pixel = landscape.internals.inside(gd, trace);
    const pixels = Array.from(axes.x, (x, i) => (shown[i] ? pixel(x, axes.y[i]) : null));
    first.setAttribute("d", landscape.trails.outline(pixels));
    for (const path of others) path.removeAttribute("d");
  }

  landscape.plane = {
    drawnPoints,

    // Only those points of a trace that are `shown` (1 each, else 0). axes: all its coordinates. False where it is not drawn yet.
    show(gd, trace, axes, shown) {
      const own = group(gd, trace);
      if (!own) return false;
      markers(own, landscape.internals.trace(gd, trace), shown);
      line(gd, trace, own, axes, shown);
      return true;
    },

    // Other colours for the markers of a trace. False where it is not drawn yet.
    recolour(gd, trace, { color, cmin, cmax, colorscale }) {
      const full = landscape.internals.trace(gd, trace);
      const nodes = group(gd, trace)?.querySelectorAll(".points .point");
      const points = drawnPoints(full);
      if (nodes?.length !== points.length) return false;
      const of = landscape.scaled(colorscale, cmin, cmax);
      const part = String(full.marker.symbol).endsWith("-open") ? "stroke" : "fill";
      points.forEach((i, place) => nodes[place].style.setProperty(part, `rgb(${of(color[i])})`));
      return true;
    },

    settle(gd) {
      for (const node of gd.querySelectorAll(".points .point")) node.style.display = "";
    },
  };
})();
