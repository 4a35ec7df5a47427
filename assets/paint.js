// How a pick and a filter are drawn. Scenes (WebGL): pre-made overlay traces are filled and the rest is mixed toward the card.
// Everything else is SVG: an overlay group of our own and one class, no redraw. Figures name their parts in layout.meta.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const FADE = 0.78;
  const SVG = "http://www.w3.org/2000/svg";
  const known = new WeakMap(); // figure → {originals, shown, index, pick, filter}: what is drawn in it now
  const own = new WeakSet(); // figures in which a restyle of ours is under way
  landscape.lit = {};
  landscape.filter = null;

  const idle = (work) =>
    window.requestIdleCallback ? window.requestIdleCallback(work, { timeout: 3000 }) : setTimeout(work, 300);
  const scheme = () =>
    document.documentElement.getAttribute("data-mantine-color-scheme") === "dark" ? "dark" : "light";
  const palette = () => landscape.known.palettes[scheme()];
  const trace = (gd, index) => landscape.internals.trace(gd, index);
  const solid = (gd) => Boolean(landscape.internals.scene(gd) && gd.isConnected);
  const quickly = (gd) => solid(gd) && landscape.gl.usable(gd); // its drawing can be reached
  const passes = (run, row) => landscape.filters.passes(landscape.filter, landscape.known.runs[run], row);
  const plane = (meta) => meta.view === "scene" || meta.view === "joint";

  // --- where each snapshot is in a figure
  function stateOf(gd) {
    if (!known.has(gd)) known.set(gd, { pick: "", filter: "" });
    return known.get(gd);
  }

  function learn(gd) {
    const state = stateOf(gd);
    landscape.hiding.learn(gd, state);
    state.index = landscape.trails.indexOf(gd.layout.meta.base || [], (index) => state.originals.get(index));
    return state;
  }

  // --- scenes: straight into WebGL where that is possible, else one restyle
  function scene(gd) {
    const state = stateOf(gd);
    const meta = gd.layout.meta;
    const active = meta.runs.some((run) => landscape.lit[run]);
    const wanted = active
      ? JSON.stringify(meta.runs.map((run) => landscape.lit[run] || 0)) + scheme() + (landscape.filter?.key || "")
      : "";
    if (wanted === state.pick) return;
    const {
      known: { runs },
      lit,
      filter: hiding,
    } = landscape;
    const filled = landscape.trails.marks(meta.runs, { lit, runs, filter: hiding, index: state.index });
    const turned = active !== Boolean(state.pick);
    const quick = quickly(gd);
    const change = changes();
    for (const name of ["path", "edge", "focus"]) {
      const points = filled[name].length ? filled[name] : [null];
      const axes = Object.fromEntries(
        ["x", "y", "z"].map((axis) => [axis, Float32Array.from(landscape.trails.values(points, axis))]),
      );
      if (quick) landscape.gl.fill(gd, meta.overlay[name], axes);
      else for (const axis of ["x", "y", "z"]) change.set(meta.overlay[name], axis, axes[axis]);
    }
    if (turned && quick) {
      landscape.gl.fade(gd, faded(gd), landscape.mixed(palette().card, palette().card, 0), active ? FADE : 0);
    } else if (turned) fade(gd, meta, active, change);
    state.pick = wanted;
    change.apply(gd);
  }

  const every = (gd) => landscape.internals.traces(gd).map((_, index) => index);

  // Every trace but the overlays and the anchor of a scene of one run.
  function faded(gd) {
    const { overlay, paint } = gd.layout.meta;
    const kept = new Set([
      ...Object.values(overlay),
      ...paint.filter(([, , name]) => name === "text").map(([index]) => index),
    ]);
    return every(gd).filter((index) => !kept.has(index));
  }

  function fade(gd, meta, active, change) {
    const { card, scale, ...colours } = palette();
    const ordered = landscape.stops(scale);
    const shade = (list) =>
      active ? list.map(([place, colour]) => [place, landscape.mixed(colour, card, FADE)]) : list;
    const open = new Set(faded(gd));
    for (const [index, where, name] of meta.paint) {
      if (!open.has(index)) continue;
      if (name === "fading") change.set(index, where, shade(meta.fading[scheme()]));
      else if (name === "scale" || name === "stepped") change.set(index, where, shade(meta.scale || ordered));
      else {
        change.set(index, where, active ? landscape.mixed(colours[name] || card, card, FADE) : colours[name] || card);
      }
    }
  }

  // A restyle of many traces in one call; plotly skips what is undefined.
  function changes() {
    const traces = [];
    const update = {};
    return {
      set(index, key, value) {
        if (!traces.includes(index)) traces.push(index);
        (update[key] = update[key] || {})[index] = value;
      },
      // drawsPoints: plotly then also draws what was hidden or lit.
      apply(gd, { drawsPoints = false } = {}) {
        if (!traces.length) return;
        if (!drawsPoints) own.add(gd);
        const done = () => own.delete(gd);
        window.Plotly.restyle(
          gd,
          Object.fromEntries(Object.entries(update).map(([key, by]) => [key, traces.map((index) => by[index])])),
          traces,
        ).then(done, done);
      },
    };
  }

  // --- hidden snapshots. Whether anything has changed.
  function filter(gd, plays = false) {
    const change = changes();
    const changed = landscape.hiding.apply(gd, stateOf(gd), { plays, solid: quickly(gd), set: change.set });
    change.apply(gd);
    return changed;
  }

  // --- SVG: an overlay of our own, drawn anew after every plot
  function over(gd) {
    const meta = gd.layout && gd.layout.meta;
    if (!meta || meta.view === "empty" || !landscape.internals.drawn(gd) || solid(gd) || !known.has(gd)) return;
    const active = meta.runs.some((run) => landscape.lit[run]);
    gd.classList.toggle("ls-faded", active);
    for (const index of meta.front || []) gd.querySelector(`.trace${trace(gd, index).uid}`)?.classList.add("ls-kept");
    let layer = gd.querySelector(".ls-over");
    if (layer) layer.remove();
    const single = landscape.pick?.kind === "point" ? landscape.picks.pointOf(meta, landscape.pick) : null;
    if (!active && !single) return;
    layer = document.createElementNS(SVG, "g");
    layer.setAttribute("class", "ls-over");
    gd.querySelector("svg.main-svg").appendChild(layer);
    if (single) dotAt(layer, pixelOf(gd, single), "ls-focus", 5.5);
    else if (meta.view === "diagrams") landscape.bars(gd, layer, put);
    else lines(gd, layer, meta);
  }

  function put(layer, tag, name, attributes) {
    const element = document.createElementNS(SVG, tag);
    element.setAttribute("class", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    layer.appendChild(element);
  }

  const pixels = (gd, [axes, i]) => landscape.internals.pixel(gd, axes.x[i], axes.y[i]);

  function lines(gd, layer, meta) {
    const state = stateOf(gd);
    const outline = (points) => landscape.trails.outline(points.map((point) => point && pixels(gd, point)));
    for (const name of meta.runs) {
      const [lit, run] = [landscape.lit[name], landscape.known.runs[name]];
      if (!lit || !run) continue;
      const point = (row) => state.index.get(name)?.get(row);
      const { path, edge, focus } = landscape.trails.marksOf(lit, run, point, (row) => passes(name, row));
      const className = plane(meta) ? "ls-pick-path" : `ls-path-${run.look + 1}`;
      if (!lit.cycle || meta.view === "curves") put(layer, "path", className, { d: outline(path) });
      if (plane(meta) && edge.length) put(layer, "path", "ls-pick-edge", { d: outline(edge) });
      for (const single of plane(meta) ? path.filter(Boolean) : landscape.trails.alone(path)) {
        dot(gd, layer, single, "ls-dot", 3.2);
      }
      for (const focused of focus.filter(Boolean)) dot(gd, layer, focused, "ls-focus", 5.5);
    }
  }

  // Where a point is, which may be on axes of its trace's own.
  function pixelOf(gd, { curveNumber, pointNumber }) {
    const { x, y } = trace(gd, curveNumber);
    return landscape.internals.pixel(gd, x[pointNumber], y[pointNumber], curveNumber);
  }

  const dot = (gd, layer, point, name, r) => dotAt(layer, pixels(gd, point), name, r);

  function dotAt(layer, [cx, cy], name, r) {
    if (Number.isFinite(cx) && Number.isFinite(cy)) put(layer, "circle", name, { cx, cy, r });
  }

  // --- all figures: the one picked in first
  function draw(gd) {
    if (!landscape.known.palettes || !known.has(gd)) return;
    if (solid(gd)) scene(gd);
    else over(gd);
  }

  const filtering = () => landscape.graphs().filter((gd) => known.has(gd));

  // A scene takes a frame of its own (50 ms each with software WebGL): what was picked is seen before the others are drawn.
  let turn = 0;
  function eachFrame([gd, ...rest], mine, done) {
    const next = () => {
      if (mine !== turn) return; // something else was picked since
      if (!gd) {
        done();
        return;
      }
      if (gd.isConnected) draw(gd);
      eachFrame(rest, mine, done);
    };
    requestAnimationFrame(() => setTimeout(next)); // the frame before is on the screen
  }

  landscape.paint = {
    // The figure picked in and all that is flat now, the other scenes frame by frame; then done(), unless all() came again.
    all(source, done) {
      const list = landscape.graphs();
      const later = list.filter((gd) => gd !== source && solid(gd));
      const now = list.filter((gd) => !later.includes(gd) && gd !== source);
      for (const gd of [source, ...now]) if (list.includes(gd)) draw(gd);
      turn += 1;
      eachFrame(later, turn, done);
    },
    // Everything as the filter says.
    filter() {
      landscape.filtered.mark();
      for (const gd of filtering()) {
        if (filter(gd) && solid(gd)) landscape.internals.redraw(gd);
        draw(gd);
      }
    },
    // While epochs are played: the scenes alone, as quickly as they can be drawn …
    scenes() {
      for (const gd of filtering().filter(quickly)) if (filter(gd, true)) landscape.internals.frame(gd);
    },
    // … and all that is not a scene, and what is picked.
    flat() {
      landscape.filtered.mark();
      for (const gd of filtering()) {
        if (!quickly(gd)) filter(gd, true);
        draw(gd);
      }
    },
    // The colours of traces are others, {trace: {part, color, …}}: plotly need not make their points anew.
    recolour(gd, traces) {
      if (quickly(gd)) {
        for (const [index, given] of Object.entries(traces)) landscape.gl.recolour(gd, Number(index), given);
        landscape.internals.redraw(gd);
        return;
      }
      const change = changes();
      for (const [index, given] of Object.entries(traces)) {
        if (!solid(gd) && landscape.plane.recolour(gd, Number(index), given)) continue;
        change.set(Number(index), `${given.part}.color`, given.color);
      }
      change.apply(gd, { drawsPoints: solid(gd) });
    },
    // Figures that were drawn before it was known of what.
    late() {
      for (const gd of landscape.graphs()) if (!known.has(gd)) landscape.paint.fresh(gd);
    },
    // plotly has drawn a figure: what was hidden or lit in it must be again.
    fresh(gd) {
      landscape.gl.hold(gd);
      const meta = gd.layout && gd.layout.meta;
      if (!meta || meta.view === "empty" || !landscape.known.palettes) return;
      if (own.has(gd)) {
        over(gd);
        return;
      }
      learn(gd).pick = "";
      if (quickly(gd)) {
        landscape.gl.front(gd, meta.front);
        landscape.gl.forget(gd, every(gd));
        idle(() => {
          if (quickly(gd)) landscape.gl.prepare(gd, faded(gd));
        });
      }
      landscape.recolour?.fit(gd);
      filter(gd);
      draw(gd);
    },
  };
})();
