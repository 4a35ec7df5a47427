// Snapshots that the filter hides. Lines of scenes lose their corners, markers of scenes are filled anew; what is SVG is restyled,
// with NaN in one coordinate, or, in a plane while epochs are played, hidden as it is.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const whole = new WeakMap(); // an array with hidden snapshots → the one without
  const keys = new WeakMap(); // … → the filter that hid them
  const masks = new WeakMap(); // … → which of its points are shown
  const trace = (gd, index) => landscape.internals.trace(gd, index);

  // Which points of a trace plotly was told to draw; undefined: all.
  const drawnMask = (full) => full && (masks.get(full.x) || masks.get(full.y));

  // What a figure draws: `state` gets the whole coordinates of its traces, and which of their points are shown.
  function learn(gd, state) {
    state.originals = new Map();
    state.shown = new Map(); // trace → which of its points are shown; all, where there is none
    state.ahead = false; // whether other points are shown than plotly was told
    state.filter = filtered(gd);
    for (const base of gd.layout.meta.base || []) {
      const full = trace(gd, base.trace);
      const axes = {};
      for (const axis of ["x", "y", "z"]) if (full && full[axis]) axes[axis] = whole.get(full[axis]) || full[axis];
      state.originals.set(base.trace, axes);
    }
    toldAlone(gd, state);
  }

  function toldAlone(gd, state) {
    state.shown.clear();
    for (const { trace: index } of gd.layout.meta.base || []) {
      const mask = drawnMask(trace(gd, index));
      if (mask) state.shown.set(index, mask);
    }
  }

  // The key of the filter that the figure's own arrays went through.
  function filtered(gd) {
    const full = trace(gd, (gd.layout.meta.base || [])[0]?.trace);
    return (full && (keys.get(full.x) || keys.get(full.y))) || "";
  }

  function hidden(shown, original, key) {
    const kept = Float32Array.from(original, (value, i) => (shown[i] ? value : NaN));
    whole.set(kept, original);
    keys.set(kept, key);
    masks.set(kept, shown);
    return kept;
  }

  const alike = (shown, before) => (before ? shown.every((value, i) => value === before[i]) : shown.every(Boolean));

  // Traces whose points are others than before: [{base, axes, shown}].
  function news(meta, state) {
    const result = [];
    for (const base of meta.base) {
      const axes = state.originals.get(base.trace);
      const run = landscape.known.runs[base.run];
      if (!run || !axes.x) continue;
      const shown = landscape.filters.mask(landscape.filter, run, base.rows);
      if (!alike(shown, state.shown.get(base.trace))) result.push({ base, axes, shown });
    }
    return result;
  }

  // Medians and bands are of what is shown.
  function follow(meta, state, set) {
    const { known, filter, filters } = landscape;
    const passesOf = (run) => (row) => filters.passes(filter, known.runs[run], row);
    const following = landscape.filtered.followers(meta, (of) => state.originals.get(of), known.runs, passesOf);
    for (const [index, axes] of following) for (const axis of ["x", "y"]) set(index, axis, axes[axis]);
  }

  // What can show some points of a trace without plotly; none: plotly has to.
  function wayOf(meta, { plays, solid }) {
    if (solid) return landscape.gl;
    return plays && meta.view !== "curves" ? landscape.plane : null;
  }

  /**
   * Hide what the filter hides in a figure, and show the rest. plays: as quickly as it can be, until it is called without.
   * solid: its drawing in WebGL can be reached. set: of a restyle, for what plotly has to draw. Whether anything has changed.
   */
  function apply(gd, state, { plays, solid, set }) {
    const { meta } = gd.layout;
    const wanted = landscape.filter ? landscape.filter.key : "";
    const settles = state.ahead && !plays;
    if (!meta.base || meta.whole || (wanted === state.filter && !settles)) return false;
    if (settles && !solid) {
      landscape.plane.settle(gd);
      toldAlone(gd, state);
    }
    const axis = meta.view === "curves" ? "y" : "x";
    const way = wayOf(meta, { plays, solid });
    const changed = news(meta, state);
    for (const { base, axes, shown } of changed) {
      state.shown.set(base.trace, shown);
      if (way && way.show(gd, base.trace, axes, shown)) continue;
      const kept = landscape.filter ? hidden(shown, axes[axis], wanted) : axes[axis];
      if (solid) landscape.gl.fill(gd, base.trace, { ...axes, [axis]: kept });
      else set(base.trace, axis, kept);
    }
    follow(meta, state, set);
    state.ahead = plays && (state.ahead || changed.length > 0);
    state.filter = wanted;
    state.pick = ""; // what is drawn anew is neither lit nor faded
    return settles || changed.length > 0;
  }

  landscape.hiding = { learn, apply };
})();
