// Light or dark: template and named colours of every figure of Explore go through Dash, so that its next update does not undo them.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  // What makes the figure of a card one of the page's scheme; undefined where there is none yet.
  function repainted(name) {
    const { scheme, templates } = landscape.known;
    const gd = document.querySelector(`#${landscape.ids.explore} [data-view="${name}"] .js-plotly-plot`);
    if (!gd?.layout) return undefined;
    const patch = new window.dash_clientside.Patch();
    patch.assign(["layout", "template"], templates[scheme]);
    for (const [trace, where, colour] of gd.layout.meta.paint) {
      if (colour === "stepped") continue;
      patch.assign(["data", trace, ...where.split(".")], landscape.painted(gd.layout.meta, colour, scheme));
    }
    return patch.build();
  }
  landscape.repainted = repainted;

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    repaint(scheme, ids) {
      const unchanged = () => window.dash_clientside.no_update;
      if (!scheme || !landscape.known.templates || scheme === landscape.known.scheme) return ids.map(unchanged);
      landscape.known.scheme = scheme;
      return ids.map(({ name }) => repainted(name) || unchanged());
    },
  });
})();
