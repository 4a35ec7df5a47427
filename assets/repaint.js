// Light or dark: template and named colours of every figure of Explore go through Dash, so that its next update does not undo them.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    repaint(scheme, ids) {
      const unchanged = () => window.dash_clientside.no_update;
      if (!scheme || !landscape.known.templates || scheme === landscape.known.scheme) return ids.map(unchanged);
      landscape.known.scheme = scheme;
      const colours = landscape.known.palettes[scheme];
      return ids.map(({ name }) => {
        const gd = document.querySelector(`#${landscape.ids.explore} [data-view="${name}"] .js-plotly-plot`);
        if (!gd || !gd.layout) return unchanged();
        const patch = new window.dash_clientside.Patch();
        patch.assign(["layout", "template"], landscape.known.templates[scheme]);
        for (const [trace, where, colour] of gd.layout.meta.paint) {
          if (colour === "stepped") continue;
          patch.assign(
            ["data", trace, ...where.split(".")],
            colour === "scale" ? landscape.stops(colours.scale) : colours[colour],
          );
        }
        return patch.build();
      });
    },
  });
})();
