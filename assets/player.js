// The rail's controls that need no server: filters, the player, and folding.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const EVERY = 90; // ms between two epochs, where the machine keeps up
  const play = { timer: 0, range: null, on: false };
  const none = () => window.dash_clientside.no_update;
  const button = () => document.getElementById(landscape.ids.explorePlay);

  const lastEpoch = () => landscape.filters.lastEpoch(landscape.known.runs);

  // --- the player moves the last epoch shown from the first to the end; for who wants no motion, each click moves it by one
  const still = () => Boolean(window.matchMedia?.("(prefers-reduced-motion: reduce)").matches);
  const named = () => (still() ? "Show the next epoch" : "Play the retraining");

  // The epochs that a click shows where nothing moves by itself: one more, and after the last one the first alone.
  const stepOn = ([low, high], last) => [low, high < last ? high + 1 : low];

  function start() {
    const [low, high] = play.range || [0, lastEpoch()];
    if (still()) {
      window.dash_clientside.set_props(landscape.ids.exploreEpochs, { value: stepOn([low, high], lastEpoch()) });
      return;
    }
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
    window.dash_clientside.set_props(landscape.ids.exploreEpochs, { value: [play.low, epoch] });
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
    const element = button();
    if (!element) return;
    element.textContent = play.on ? "❚❚" : "▶";
    element.setAttribute("aria-pressed", String(play.on));
    element.setAttribute("aria-label", play.on ? "Pause" : named());
    element.title = element.getAttribute("aria-label");
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.(`#${landscape.ids.explorePlay}`)) play.on ? stop() : start();
    const fold = event.target.closest?.(`#${landscape.ids.exploreFold}`);
    if (fold) {
      const folded = document.getElementById(landscape.ids.explore).classList.toggle("ls-folded");
      fold.textContent = folded ? "»" : "«";
      fold.setAttribute("aria-expanded", String(!folded));
      fold.setAttribute("aria-label", folded ? "Show the controls" : "Hide the controls");
      fold.title = fold.getAttribute("aria-label");
    }
  });

  landscape.player = { stepOn };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    filter(seeds, steps, epochs) {
      if (!play.on) play.range = epochs;
      if (still()) mark();
      const label = document.getElementById(landscape.ids.exploreEpochsShown);
      if (label && epochs) label.textContent = epochs[0] === epochs[1] ? `${epochs[0]}` : `${epochs[0]}–${epochs[1]}`;
      const filter = landscape.filters.filterOf(landscape.known.runs, seeds, steps, epochs);
      requestAnimationFrame(() => next(epochs));
      if ((filter && filter.key) === (landscape.filter && landscape.filter.key)) return none();
      landscape.filter = filter;
      landscape.paint.filter();
      return filter ? { key: filter.key } : null;
    },

    // A bar that is picked belongs to its filtration and distance: it is let go when they change.
    turned(filtration, distance) {
      if (landscape.pick && landscape.picks.outdated(landscape.pick.kind, landscape.barsOf || {}, { filtration, distance })) {
        landscape.choose(null);
      }
      landscape.barsOf = { filtration, distance };
      return none();
    },
  });
})();
