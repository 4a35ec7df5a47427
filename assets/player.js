// The rail's controls that need no server: filters, the player, and folding.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const EVERY = 50; // ms between two epochs, where the machine keeps up
  const FLAT = 400; // … at most between two pictures of what is no scene
  const SHARE = 4; // how many times as long as these pictures take is waited before the next ones
  const play = { on: false, timer: 0, range: null, shown: null };
  const none = () => window.dash_clientside.no_update;
  const button = () => document.getElementById(landscape.ids.explorePlay);
  const lastEpoch = () => landscape.filters.lastEpoch(landscape.known.runs);
  const filterOf = (epochs) => landscape.filters.filterOf(landscape.known.runs, play.seeds, play.steps, epochs);

  function label([low, high]) {
    const element = document.getElementById(landscape.ids.exploreEpochsShown);
    if (element) element.textContent = low === high ? `${low}` : `${low}–${high}`;
  }

  const slide = (epochs) => window.dash_clientside.set_props(landscape.ids.exploreEpochs, { value: epochs });

  // The slider's thumbs while epochs are played: telling Dash takes longer than a frame. It hears of the last epoch.
  function move([low, high]) {
    const slider = document.getElementById(landscape.ids.exploreEpochs);
    const thumbs = slider ? [...slider.querySelectorAll("[role=slider]")] : [];
    if (thumbs.length !== 2) {
      slide([low, high]);
      return;
    }
    const share = (epoch) => (100 * epoch) / Math.max(1, lastEpoch());
    [low, high].forEach((epoch, i) => {
      thumbs[i].style.setProperty("--slider-thumb-offset", `${share(epoch)}%`);
      thumbs[i].setAttribute("aria-valuenow", epoch);
    });
    const bar = slider.querySelector("[style*=slider-bar]");
    bar?.style.setProperty("--slider-bar-width", `calc(${share(high - low)}% + 2 * var(--slider-size))`);
  }

  // --- the player moves the last epoch shown to the end of the range; for who wants no motion, each click moves it by one
  const still = () => Boolean(window.matchMedia?.("(prefers-reduced-motion: reduce)").matches);
  const named = () => (still() ? "Show the next epoch" : "Play the retraining");

  // The epochs that a click shows where nothing moves by itself: one more, and after the last one the first alone.
  const stepOn = ([low, high], last) => [low, high < last ? high + 1 : low];

  // {from, low, end} of what is played: what was paused goes on, else the range that was chosen by hand. A range of one epoch
  // plays to the last.
  function course([low, high], shown, last) {
    const end = high > low ? high : last;
    return { from: shown && shown[1] < end ? shown[1] + 1 : low, low, end };
  }

  function start() {
    const range = play.range || [0, lastEpoch()];
    if (still()) {
      slide(stepOn(range, lastEpoch()));
      return;
    }
    Object.assign(play, { on: true, next: 0 }, course(range, play.shown, lastEpoch()));
    mark();
    show(play.from);
  }

  // One epoch: the scenes, and what is no scene when its time has come. The next epoch comes when this one is on the screen, so
  // that a slow machine never lags behind.
  function show(epoch) {
    if (!play.on) return;
    const begun = performance.now();
    play.shown = [play.low, epoch];
    if (epoch >= play.end || !button()) {
      stop();
      return;
    }
    landscape.filter = filterOf(play.shown);
    label(play.shown);
    move(play.shown);
    landscape.paint.scenes();
    if (begun >= play.next) {
      const drawn = performance.now();
      landscape.paint.flat();
      play.next = begun + Math.min(FLAT, SHARE * (performance.now() - drawn));
    }
    requestAnimationFrame(() => {
      play.timer = setTimeout(() => show(epoch + 1), Math.max(0, EVERY - (performance.now() - begun)));
    });
  }

  function halt() {
    play.on = false;
    clearTimeout(play.timer);
    mark();
  }

  // The epoch that was shown last stays, in every figure.
  function stop() {
    halt();
    landscape.filter = filterOf(play.shown);
    label(play.shown);
    move(play.shown);
    landscape.paint.filter();
    slide(play.shown);
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
  });

  landscape.player = { stepOn, course };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    filter(seeds, steps, epochs) {
      const own = String(epochs) === String(play.shown); // the player moved the slider, not a hand
      Object.assign(play, { seeds, steps });
      if (play.on && own) return none();
      if (play.on) halt();
      if (!own) Object.assign(play, { range: epochs, shown: null });
      if (still()) mark();
      if (epochs) label(epochs);
      const filter = filterOf(epochs);
      if (filter?.key !== landscape.filter?.key) {
        landscape.filter = filter;
        landscape.paint.filter();
      }
      return filter && { key: filter.key };
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
