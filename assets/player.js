// The rail's controls that need no server: filters, the player, folding, the address line, and the change of scheme.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const EVERY = 90; // ms between two epochs, where the machine keeps up
  const play = { timer: 0, range: null, on: false };
  const none = () => window.dash_clientside.no_update;
  const button = () => document.getElementById("explore-play");

  function lastEpoch() {
    return Math.max(0, ...Object.values(landscape.known.runs).map((run) => run.epochs));
  }

  function everyone(of) {
    return new Set(Object.values(landscape.known.runs).flatMap((run) => run.trajectories.map((pair) => pair[of])));
  }

  // null where all of what there is was chosen
  function chosen(values, of) {
    const wanted = new Set((values || []).map(Number));
    return [...everyone(of)].every((value) => wanted.has(value)) ? null : wanted;
  }

  function filterOf(seeds, steps, epochs) {
    const [low, high] = epochs || [0, lastEpoch()];
    const filter = { seeds: chosen(seeds, 0), steps: chosen(steps, 1), low, high };
    if (!filter.seeds && !filter.steps && low <= 0 && high >= lastEpoch()) return null;
    filter.key = JSON.stringify([filter.seeds && [...filter.seeds], filter.steps && [...filter.steps], low, high]);
    return filter;
  }

  // --- the player moves the last epoch shown from the first to the end
  function start() {
    const [low, high] = play.range || [0, lastEpoch()];
    play.on = true;
    play.low = low;
    play.end = high > low ? high : lastEpoch();
    mark();
    show(low);
  }

  // One epoch; the next one when this one is drawn (see filter), so that a slow machine never lags behind.
  function show(epoch) {
    if (!play.on) return;
    play.epoch = epoch;
    play.since = performance.now();
    window.dash_clientside.set_props("explore-epochs", { value: [play.low, epoch] });
  }

  function next(epochs) {
    if (!play.on || !epochs || epochs[1] !== play.epoch) return;
    if (play.epoch >= play.end) stop();
    else play.timer = setTimeout(() => show(play.epoch + 1), Math.max(10, EVERY - (performance.now() - play.since)));
  }

  function stop() {
    play.on = false;
    clearTimeout(play.timer);
    mark();
  }

  function mark() {
    const one = button();
    if (!one) return;
    one.textContent = play.on ? "❚❚" : "▶";
    one.setAttribute("aria-pressed", String(play.on));
    one.setAttribute("aria-label", play.on ? "Pause" : "Play the retraining");
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#explore-play")) play.on ? stop() : start();
    const fold = event.target.closest?.("#explore-fold");
    if (fold) {
      const folded = document.getElementById("explore").classList.toggle("ls-folded");
      fold.textContent = folded ? "»" : "«";
      fold.setAttribute("aria-expanded", String(!folded));
      fold.setAttribute("aria-label", folded ? "Open the rail" : "Fold the rail away");
      fold.title = fold.getAttribute("aria-label");
    }
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    filter(seeds, steps, epochs) {
      if (!play.on) play.range = epochs;
      const label = document.getElementById("explore-epochs-shown");
      if (label && epochs) label.textContent = epochs[0] === epochs[1] ? `${epochs[0]}` : `${epochs[0]}–${epochs[1]}`;
      const filter = filterOf(seeds, steps, epochs);
      requestAnimationFrame(() => next(epochs));
      if ((filter && filter.key) === (landscape.filter && landscape.filter.key)) return none();
      landscape.filter = filter;
      landscape.paint.filter();
      return filter ? { key: filter.key } : null;
    },

    address(method, dims, colour, filtration, distance, part, runs) {
      const values = { method, dims, colour, filtration, distance, part };
      const changed = Object.entries(values).filter(([name, value]) => value !== landscape.known.defaults[name]);
      const query = [`runs=${runs.map(encodeURIComponent).join(",")}`, ...changed.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)].join("&");
      window.history.replaceState(window.history.state, "", `${window.location.pathname}?${query}`);
      const kind = landscape.pick && landscape.pick.kind; // a bar is one of its own filtration and distance
      const before = landscape.bars_of || {};
      const turned = /^(sublevel|over)/.test(kind) && before.filtration && before.filtration !== filtration;
      const moved = /^(sublevel|over|rips)/.test(kind) && before.distance && before.distance !== distance;
      landscape.bars_of = { filtration, distance };
      if (turned || moved) landscape.choose(null);
      return none();
    },

    // Template and named colours of every figure, through Dash, so that its next update does not undo them.
    repaint(scheme, ids) {
      if (!scheme || !landscape.known.templates || scheme === landscape.known.scheme) return ids.map(none);
      landscape.known.scheme = scheme;
      const colours = landscape.known.palettes[scheme];
      return ids.map(({ name }) => {
        const gd = document.querySelector(`#explore [data-view="${name}"] .js-plotly-plot`);
        if (!gd || !gd.layout) return none();
        const patch = new window.dash_clientside.Patch();
        patch.assign(["layout", "template"], landscape.known.templates[scheme]);
        for (const [trace, where, colour] of gd.layout.meta.paint) {
          if (colour === "stepped") continue;
          patch.assign(["data", trace, ...where.split(".")], colour === "scale" ? landscape.stops(colours.scale) : colours[colour]);
        }
        return patch.build();
      });
    },
  });
})();
