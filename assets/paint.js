// How a pick and a filter are drawn. Scenes (WebGL): pre-made overlay traces are filled and the rest is mixed toward the card.
// Everything else is SVG: an overlay group of our own and one class, no redraw. Figures name their parts in layout.meta.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const FADE = 0.78;
  const SVG = "http://www.w3.org/2000/svg";
  const known = new WeakMap(); // gd → {originals, index, pick, filter}: what is drawn in it now
  const whole = new WeakMap(); // an array with hidden snapshots → the one without
  const keys = new WeakMap(); // … → the filter that hid them
  const own = new WeakSet(); // figures in which a restyle of ours is under way
  landscape.lit = {};
  landscape.filter = null;

  const idle = (work) => (window.requestIdleCallback ? window.requestIdleCallback(work, { timeout: 3000 }) : setTimeout(work, 300));
  const scheme = () => (document.documentElement.getAttribute("data-mantine-color-scheme") === "dark" ? "dark" : "light");
  const palette = () => landscape.known.palettes[scheme()];
  const solid = (gd) => Boolean(gd._fullLayout && gd._fullLayout.scene && gd._fullLayout.scene._scene && gd.isConnected);
  const plane = (meta) => meta.view === "scene" || meta.view === "joint";

  // --- where each snapshot is in a figure
  function stateOf(gd) {
    if (!known.has(gd)) known.set(gd, { pick: "", filter: "" });
    return known.get(gd);
  }

  function learn(gd) {
    const state = stateOf(gd);
    state.originals = new Map();
    state.shown = new Map(); // trace → its hidden or whole coordinate, as drawn
    state.index = new Map();
    for (const base of gd.layout.meta.base || []) {
      const full = gd._fullData[base.trace];
      const axes = {};
      for (const axis of ["x", "y", "z"]) if (full && full[axis]) axes[axis] = whole.get(full[axis]) || full[axis];
      state.originals.set(base.trace, axes);
      if (full && full.y && whole.has(full.y)) state.shown.set(base.trace, full.y);
      if (full && full.x && whole.has(full.x)) state.shown.set(base.trace, full.x);
      if (base.follows) continue;
      if (!state.index.has(base.run)) state.index.set(base.run, new Map());
      const rows = state.index.get(base.run);
      base.rows.forEach((row, i) => { if (row >= 0 && !rows.has(row)) rows.set(row, [axes, i]); });
    }
    return state;
  }

  const at = (state, run, row) => state.index.get(run)?.get(row);
  landscape.at = (gd, run, row) => {
    const found = at(stateOf(gd), run, row);
    return found ? ["x", "y", "z"].filter((axis) => found[0][axis]).map((axis) => found[0][axis][found[1]]) : null;
  };

  function passes(run, row) {
    const filter = landscape.filter;
    if (!filter || row === 0) return true;
    const here = landscape.place(run, row);
    const [seed, step] = landscape.known.runs[run].trajectories[here.trajectory] || [];
    return here.epoch >= filter.low && here.epoch <= filter.high && (!filter.seeds || filter.seeds.has(seed)) && (!filter.steps || filter.steps.has(step));
  }

  // Places of `rows` in order; null where the pen is lifted because two rows do not follow each other.
  function line(state, run, rows) {
    const points = [];
    let before = null;
    for (const row of rows) {
      const found = passes(run, row) ? at(state, run, row) : undefined;
      if (found && before !== null && (row !== before + 1 || landscape.place(run, row).epoch === 0 || before === 0)) points.push(null);
      if (found) points.push(found);
      before = found ? row : null;
      if (!found && points.length && points[points.length - 1]) points.push(null);
    }
    return points;
  }

  const chain = (state, run, rows) => rows.map((row) => at(state, run, row) || null);
  const values = (points, axis) => points.map((point) => (point ? point[0][axis][point[1]] : NaN));

  // What the pick lights among the runs of a figure, as lists of points: paths, edges, the focus.
  function marks(gd) {
    const state = stateOf(gd);
    const found = { path: [], edge: [], focus: [] };
    for (const run of gd.layout.meta.runs) {
      const lit = landscape.lit[run];
      if (!lit || !landscape.known.runs[run]) continue;
      const add = (name, points) => { if (points.length) found[name].push(...(found[name].length ? [null] : []), ...points); };
      add("path", lit.cycle ? [] : line(state, run, lit.rows));
      if (lit.cycle) add("edge", chain(state, run, [...lit.cycle, lit.cycle[0]]));
      else if (lit.edge) add("edge", chain(state, run, lit.edge));
      if (lit.focus !== null && lit.focus !== undefined && passes(run, lit.focus)) add("focus", chain(state, run, [lit.focus]));
    }
    return found;
  }

  // --- scenes: straight into WebGL where that is possible, else one restyle
  function scene(gd) {
    const state = stateOf(gd);
    const meta = gd.layout.meta;
    const active = meta.runs.some((run) => landscape.lit[run]);
    const wanted = active ? JSON.stringify(meta.runs.map((run) => landscape.lit[run] || 0)) + scheme() + (landscape.filter?.key || "") : "";
    if (wanted === state.pick) return;
    const filled = marks(gd);
    const turned = active !== Boolean(state.pick);
    const quick = landscape.gl.usable(gd);
    const change = changes();
    for (const name of ["path", "edge", "focus"]) {
      const points = filled[name].length ? filled[name] : [null];
      const axes = Object.fromEntries(["x", "y", "z"].map((axis) => [axis, Float32Array.from(values(points, axis))]));
      if (quick) landscape.gl.fill(gd, meta.overlay[name], axes);
      else for (const axis of ["x", "y", "z"]) change.set(meta.overlay[name], axis, axes[axis]);
    }
    if (turned && quick) landscape.gl.fade(gd, faded(gd), landscape.mixed(palette().card, palette().card, 0), active ? FADE : 0);
    else if (turned) fade(gd, meta, active, change);
    state.pick = wanted;
    change.apply(gd);
  }

  // Every trace but the overlays and the anchor of a scene of one run.
  function faded(gd) {
    const { overlay, paint } = gd.layout.meta;
    const kept = new Set([...Object.values(overlay), ...paint.filter(([, , name]) => name === "text").map(([trace]) => trace)]);
    return gd._fullData.map((_, trace) => trace).filter((trace) => !kept.has(trace));
  }

  function fade(gd, meta, active, change) {
    const { card, scale, ...colours } = palette();
    const ordered = landscape.stops(scale);
    const shade = (list) => (active ? list.map(([place, colour]) => [place, landscape.mixed(colour, card, FADE)]) : list);
    const open = new Set(faded(gd));
    for (const [trace, where, name] of meta.paint) {
      if (!open.has(trace)) continue;
      if (name === "scale" || name === "stepped") change.set(trace, where, shade(meta.scale || ordered));
      else change.set(trace, where, active ? landscape.mixed(colours[name] || card, card, FADE) : colours[name] || card);
    }
  }

  // A restyle of many traces in one call; plotly skips what is undefined.
  function changes() {
    const traces = [];
    const update = {};
    return {
      set(trace, key, value) {
        if (!traces.includes(trace)) traces.push(trace);
        (update[key] = update[key] || {})[trace] = value;
      },
      apply(gd) {
        if (!traces.length) return;
        own.add(gd);
        const done = () => own.delete(gd);
        window.Plotly.restyle(gd, Object.fromEntries(Object.entries(update).map(([key, by]) => [key, traces.map((trace) => by[trace])])), traces).then(done, done);
      },
    };
  }

  // --- hidden snapshots: NaN in one coordinate; scenes are filled anew, what is SVG is restyled
  function filter(gd) {
    const state = stateOf(gd);
    const meta = gd.layout.meta;
    const wanted = landscape.filter ? landscape.filter.key : "";
    if (!meta.base || meta.whole || wanted === state.filter) return;
    const quick = solid(gd) && landscape.gl.usable(gd);
    const axis = meta.view === "curves" ? "y" : "x";
    const change = changes();
    for (const base of meta.base) {
      const axes = state.originals.get(base.trace);
      if (!landscape.known.runs[base.run] || !axes[axis]) continue;
      const kept = landscape.filter ? hidden(base, axes[axis], wanted) : axes[axis];
      if (alike(state.shown.get(base.trace) || axes[axis], kept)) continue;
      state.shown.set(base.trace, kept);
      if (quick) landscape.gl.fill(gd, base.trace, { ...axes, [axis]: kept });
      else change.set(base.trace, axis, kept);
    }
    state.filter = wanted;
    state.pick = ""; // what is drawn anew is neither lit nor faded
    change.apply(gd);
  }

  const alike = (a, b) => a.every((value, i) => Number.isNaN(value) === Number.isNaN(b[i]));

  function hidden(base, original, key) {
    const kept = Float32Array.from(original);
    base.rows.forEach((row, i) => { if (row >= 0 && !passes(base.run, row)) kept[i] = NaN; });
    whole.set(kept, original);
    keys.set(kept, key);
    return kept;
  }

  // The key of the filter that the figure's own arrays went through.
  function filtered(gd) {
    const base = (gd.layout.meta.base || [])[0];
    const full = base && gd._fullData[base.trace];
    return (full && (keys.get(full.x) || keys.get(full.y))) || "";
  }

  // --- SVG: an overlay of our own, drawn anew after every plot
  function over(gd) {
    const meta = gd.layout && gd.layout.meta;
    if (!meta || meta.view === "empty" || !gd._fullLayout || solid(gd) || !known.has(gd)) return;
    const active = meta.runs.some((run) => landscape.lit[run]);
    gd.classList.toggle("ls-faded", active);
    for (const trace of meta.front || []) gd.querySelector(`.trace${gd._fullData[trace].uid}`)?.classList.add("ls-kept");
    let layer = gd.querySelector(".ls-over");
    if (layer) layer.remove();
    if (!active) return;
    layer = document.createElementNS(SVG, "g");
    layer.setAttribute("class", "ls-over");
    gd.querySelector("svg.main-svg").appendChild(layer);
    if (meta.view === "diagrams") landscape.bars(gd, layer, put);
    else lines(gd, layer, meta);
  }

  function put(layer, tag, name, attributes) {
    const element = document.createElementNS(SVG, tag);
    element.setAttribute("class", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    layer.appendChild(element);
  }

  function pixels(gd, point) {
    const { xaxis, yaxis } = gd._fullLayout._plots.xy;
    return [xaxis._offset + xaxis.d2p(point[0].x[point[1]]), yaxis._offset + yaxis.d2p(point[0].y[point[1]])];
  }

  const outline = (gd, points) => {
    let pen = "M";
    const text = [];
    for (const point of points) {
      const [x, y] = point ? pixels(gd, point) : [NaN, NaN];
      if (!Number.isFinite(x) || !Number.isFinite(y)) { pen = "M"; continue; }
      text.push(`${pen}${x.toFixed(1)},${y.toFixed(1)}`);
      pen = "L";
    }
    return text.join("");
  };

  function lines(gd, layer, meta) {
    const state = stateOf(gd);
    for (const run of meta.runs) {
      const lit = landscape.lit[run];
      if (!lit || !landscape.known.runs[run]) continue;
      const slot = landscape.known.runs[run].slot + 1;
      const points = line(state, run, lit.rows);
      if (!lit.cycle || meta.view === "curves") put(layer, "path", plane(meta) ? "ls-pick-path" : `ls-path-${slot}`, { d: outline(gd, points) });
      if (plane(meta) && (lit.cycle || lit.edge)) put(layer, "path", "ls-pick-edge", { d: outline(gd, chain(state, run, lit.cycle ? [...lit.cycle, lit.cycle[0]] : lit.edge)) });
      // A set of single snapshots has no lines to show it.
      const alone = points.filter((point, i) => point && !points[i - 1] && !points[i + 1]);
      const dots = alone.length || plane(meta) ? (plane(meta) ? points.filter(Boolean) : alone) : [];
      for (const point of dots) dot(gd, layer, point, "ls-dot", 3.2);
      if (lit.focus !== null && lit.focus !== undefined && passes(run, lit.focus)) {
        const focus = at(state, run, lit.focus);
        if (focus) dot(gd, layer, focus, "ls-focus", 5.5);
      }
    }
  }

  function dot(gd, layer, point, name, r) {
    const [cx, cy] = pixels(gd, point);
    if (Number.isFinite(cx) && Number.isFinite(cy)) put(layer, "circle", name, { cx, cy, r });
  }

  // --- all figures: the one picked in first
  function draw(gd) {
    if (!landscape.known.palettes || !known.has(gd)) return;
    if (solid(gd)) scene(gd);
    else over(gd);
  }

  landscape.paint = {
    all(source) {
      const list = landscape.graphs();
      for (const gd of [...list.filter((one) => one === source), ...list.filter((one) => one !== source)]) draw(gd);
    },
    filter() {
      for (const gd of landscape.graphs()) if (known.has(gd)) { filter(gd); draw(gd); }
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
      if (own.has(gd)) return over(gd);
      const state = learn(gd);
      state.filter = filtered(gd);
      state.pick = "";
      if (solid(gd) && landscape.gl.usable(gd)) {
        landscape.gl.front(gd, meta.front);
        landscape.gl.forget(gd, gd._fullData.map((_, trace) => trace));
        idle(() => { if (solid(gd) && landscape.gl.usable(gd)) landscape.gl.prepare(gd, faded(gd)); });
      }
      filter(gd);
      draw(gd);
    },
  };
})();
