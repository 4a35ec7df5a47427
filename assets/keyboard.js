// Figures of Explore without a pointer: Tab comes to each of them, Enter picks its first trajectory, curve or bar, and arrow keys
// step from bar to bar (link.js: along trajectories, Escape clears). What is picked, however it was, is said in one place.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const KEYS = "Enter picks, arrow keys step, Escape clears.";
  const ON = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  let region = null; // where a screen reader hears of picks

  function place() {
    if (!region?.isConnected) {
      region = landscape.make("div", "ls-unseen", undefined, { role: "status", "aria-live": "polite" });
      document.body.append(region);
    }
    return region;
  }

  const tell = (text) => (place().textContent = text);

  // A figure can be come to as long as it shows something.
  function offer(gd) {
    place();
    const name = gd.closest("[data-view]")?.getAttribute("aria-label");
    const label = () => {
      const empty = gd.layout.meta.view === "empty";
      gd.tabIndex = empty ? -1 : 0;
      gd.setAttribute("role", "application");
      gd.setAttribute("aria-label", `${name}. ${KEYS}`);
    };
    gd.on("plotly_afterplot", label);
    label();
  }

  // --- words
  const count = (rows, label) => `${rows.length} ${rows.length === 1 ? "snapshot" : "snapshots"} of ${label}`;

  function ofSets({ name, sets }, runs) {
    const known = Object.entries(sets).filter(([run]) => runs[run]);
    return [name, ...known.map(([run, rows]) => count(rows, runs[run].label))].filter(Boolean).join(", ");
  }

  // As much as any figure knows of it, the one picked in first: Good, seed 0, step 0.5, epoch 12, train loss 0.02
  function ofPoint(pick, source) {
    let best = [];
    for (const gd of [source, ...landscape.graphs()]) {
      const point = gd && landscape.picks.pointOf(gd.layout.meta, pick);
      if (!point) continue;
      const { x, y } = landscape.internals.trace(gd, point.curveNumber);
      const at = { ...point, x: x[point.pointNumber], y: y[point.pointNumber] };
      const parts = landscape.readout.parts(gd, at);
      if (parts.length > best.length) best = parts;
    }
    return best.join(", ");
  }

  function say(pick, source) {
    const { runs } = landscape.known;
    const sets = pick?.kind === "rows" && !pick.rows ? pick.sets || landscape.picks.sample(runs) : pick?.sets;
    if (!pick) tell("Nothing is picked.");
    else tell(sets ? ofSets({ ...pick, sets }, runs) : ofPoint(pick, source));
  }

  // --- keys of the figure that has the focus
  document.addEventListener("keydown", (event) => {
    const gd = event.target;
    if (!gd.matches?.(`#${landscape.ids.explore} .js-plotly-plot`) || event.ctrlKey || event.metaKey || event.altKey) return;
    const { meta } = gd.layout;
    const { runs } = landscape.known;
    let pick = null;
    if (event.key === "Enter" || event.key === " ") {
      const shown = (run, row) => landscape.filters.passes(landscape.filter, runs[run], row);
      const here = landscape.pick && landscape.picks.pointOf(meta, landscape.pick);
      pick = here ? landscape.pick : landscape.picks.first(meta, runs, shown);
    } else if (ON[event.key]) pick = landscape.picks.neighbour(meta, landscape.pick, ON[event.key]);
    if (!pick) return;
    event.preventDefault();
    landscape.choose(pick, gd);
  });

  landscape.keyboard = { offer, say, tell, ofSets };
})();
