// Picks in Explore: where they come from (points, bars, curves, rows, keys), and that every view hears of them at once.
// A pick names canonical snapshot ids: {kind, run, focus?, bar?, rows?, sets?, name?}; kinds are trajectory, sublevel, rips0,
// rips1, rips2, over0 and over1 (the triangulated picture's), rows and lasso. It is drawn by paint.js without asking the server; only the details panel asks, once a pick.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});
  const STILL = 3; // px that a pointer may move and still mean a click
  const bound = new WeakSet();
  const hovered = new WeakMap();
  let serial = 0;
  let released = 0; // when a pointer last came up, on the clock of performance.now()
  window.addEventListener("pointerup", (event) => { released = event.timeStamp; }, true);

  Object.assign(landscape, { pick: null, known: { runs: {} }, lastRestyle: 0, lastPick: null });

  const graphs = () => [...document.querySelectorAll("#explore .js-plotly-plot")].filter((gd) => gd._fullLayout && gd.layout && gd.layout.meta);
  const viewOf = (gd) => gd.closest("[data-view]")?.dataset.view;
  landscape.graphs = graphs;

  // --- the protocol's arithmetic: row 0 is the anchor, then trajectory by trajectory, epoch 0 first
  const width = (run) => landscape.known.runs[run].epochs + 1;
  const place = (run, row) => (row === 0 ? { trajectory: -1, epoch: 0 } : { trajectory: Math.floor((row - 1) / width(run)), epoch: (row - 1) % width(run) });
  const rowOf = (run, trajectory, epoch) => 1 + trajectory * width(run) + epoch;
  const rowsOf = (run, trajectory) => Array.from({ length: width(run) }, (_, epoch) => rowOf(run, trajectory, epoch));
  landscape.place = place;

  // The trajectory of `other` with the same direction seed and step size: what a trajectory is called in every run it belongs to.
  function counterpart(run, trajectory, other) {
    const [seed, step] = landscape.known.runs[run].trajectories[trajectory];
    return landscape.known.runs[other].trajectories.findIndex(([s, a]) => s === seed && Math.abs(a - step) < 1e-9);
  }

  // --- what a pick lights, by run: {rows, focus, edge, cycle, bar}
  function lit(pick) {
    const found = {};
    if (!pick || !landscape.known.runs[pick.run]) return found;
    if (pick.kind === "trajectory") {
      const at = place(pick.run, pick.focus);
      for (const run of Object.keys(landscape.known.runs)) {
        if (at.trajectory < 0) { found[run] = { rows: [0], focus: 0 }; continue; }
        const trajectory = counterpart(pick.run, at.trajectory, run);
        if (trajectory >= 0) found[run] = { rows: rowsOf(run, trajectory), focus: at.epoch < width(run) ? rowOf(run, trajectory, at.epoch) : null };
      }
    } else if (pick.sets) {
      for (const [run, rows] of Object.entries(pick.sets)) if (landscape.known.runs[run]) found[run] = { rows, focus: rows.length === 1 ? rows[0] : null };
    } else {
      const bar = findBar(pick.run, pick.kind, pick.bar);
      if (bar) found[pick.run] = { ...bar, bar: pick };
    }
    return found;
  }

  function findBar(run, kind, number) {
    for (const gd of graphs()) {
      const meta = gd.layout.meta;
      if (meta.view !== "diagrams" || meta.runs[0] !== run) continue;
      for (const group of meta.bars) {
        const i = group.kind === kind ? group.bar.indexOf(number) : -1;
        if (i < 0) continue;
        if (kind === "sublevel") {
          const edge = group.edge[i][0] < 0 ? null : group.edge[i];
          return { rows: group.rows[i] || everyRow(run), focus: group.focus[i], edge };
        }
        const edge = group.edge[i][0] < 0 ? null : group.edge[i];
        const cycle = group.cycle ? group.cycle[i] : undefined;
        return { rows: group.rows ? group.rows[i] : cycle || edge, focus: group.focus ? group.focus[i] : null, edge, cycle };
      }
    }
    return null;
  }

  const everyRow = (run) => [0, ...landscape.known.runs[run].trajectories.flatMap((_, trajectory) => rowsOf(run, trajectory))];

  // --- picking and clearing
  function choose(pick, source) {
    const begun = performance.now();
    landscape.pick = pick;
    landscape.lit = lit(pick);
    landscape.paint.all(source);
    markRows(pick);
    landscape.lastRestyle = performance.now();
    landscape.lastPick = { begun, ended: landscape.lastRestyle, ms: landscape.lastRestyle - begun, sincePointerUp: landscape.lastRestyle - released, kind: pick ? pick.kind : null };
    document.getElementById("explore")?.setAttribute("data-picked", pick ? pick.kind : "");
    const send = () => window.dash_clientside.set_props("explore-pick", { data: pick ? { ...pick, serial: ++serial } : null });
    requestAnimationFrame(() => setTimeout(send)); // the picture first
  }
  landscape.choose = choose;

  function markRows(pick) {
    for (const row of document.querySelectorAll("#explore .ls-pickable")) row.classList.toggle("ls-lit", Boolean(pick) && isOf(JSON.parse(row.dataset.pick), pick));
  }

  landscape.markRows = markRows;

  function isOf(row, pick) {
    if (row.kind !== pick.kind) return false;
    if (row.name || pick.name) return row.name === pick.name;
    if (row.kind !== "trajectory") return row.run === pick.run && row.bar === pick.bar;
    const here = landscape.lit[row.run];
    return Boolean(here) && here.rows.includes(row.focus);
  }

  function fromPoint(gd, point) {
    const meta = gd.layout.meta;
    for (const group of meta.bars || []) {
      if (group.trace === point.curveNumber) return { kind: group.kind, run: meta.runs[0], bar: group.bar[Math.floor(point.pointNumber / group.stride)] };
    }
    const base = (meta.base || []).find((one) => one.trace === point.curveNumber);
    const row = base ? base.rows[point.pointNumber] : -1;
    return row === undefined || row < 0 ? null : { kind: "trajectory", run: base.run, focus: row };
  }
  landscape.fromPoint = fromPoint;

  function fromLasso(gd, points) {
    const sets = {};
    for (const point of points) {
      const one = fromPoint(gd, point);
      if (one && one.kind === "trajectory") (sets[one.run] = sets[one.run] || new Set()).add(one.focus);
    }
    const runs = Object.keys(sets);
    return runs.length ? { kind: "lasso", run: runs[0], sets: Object.fromEntries(runs.map((run) => [run, [...sets[run]].sort((a, b) => a - b)])) } : null;
  }

  // --- one figure: bound once, whatever Dash draws into it later
  function attach(gd) {
    if (bound.has(gd)) return;
    bound.add(gd);
    landscape.camera.attach(gd);
    gd.on("plotly_hover", (event) => { hovered.set(gd, event.points[0]); landscape.readout.show(gd, event.points[0]); });
    gd.on("plotly_unhover", () => { hovered.delete(gd); landscape.readout.hide(); });
    gd.on("plotly_click", (event) => { if (!gd._fullLayout.scene) accept(gd, event.points[0]); });
    gd.on("plotly_selected", (event) => {
      if (!event || !event.points) return;
      const pick = fromLasso(gd, event.points);
      window.Plotly.update(gd, { selectedpoints: [null] }, { selections: [] });
      if (pick) choose(pick, gd);
    });
    gd.on("plotly_afterplot", () => landscape.paint.fresh(gd));
    tap(gd);
    landscape.paint.fresh(gd);
    gd.dataset.bound = "true";
  }

  // plotly_click never fires for a short tap in a scene: what is under the pointer when it goes down is taken when it comes up.
  function tap(gd) {
    let down = null;
    gd.addEventListener("pointerdown", (event) => {
      if (!gd._fullLayout.scene) return;
      down = { x: event.clientX, y: event.clientY, point: hovered.get(gd), camera: landscape.camera.read(gd) };
    }, true);
    gd.addEventListener("pointerup", (event) => {
      const began = down;
      down = null;
      if (!began || !began.point || !gd._fullLayout.scene) return;
      if (Math.hypot(event.clientX - began.x, event.clientY - began.y) >= STILL || landscape.camera.moved(gd, began.camera)) return;
      accept(gd, began.point);
    }, true);
  }

  function accept(gd, point) {
    const pick = fromPoint(gd, point);
    if (pick) choose(pick, gd);
  }

  // --- keys and rows
  const typing = (target) => Boolean(target.closest && target.closest("input, textarea, select, [role=slider], [role=menu], [role=listbox], [contenteditable=true]"));

  document.addEventListener("keydown", (event) => {
    if (!document.getElementById("explore")) return;
    const row = event.target.closest && event.target.closest(".ls-pickable[data-pick]");
    if (row && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); choose(JSON.parse(row.dataset.pick)); return; }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && landscape.pick) choose(null);
    const by = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [1, 0], ArrowDown: [-1, 0] }[event.key];
    if (by && step(...by)) event.preventDefault();
  });

  // Along the picked trajectory, or to the next one.
  function step(trajectories, epochs) {
    const pick = landscape.pick;
    if (!pick || pick.kind !== "trajectory" || pick.focus === 0) return false;
    const at = place(pick.run, pick.focus);
    const trajectory = at.trajectory + trajectories;
    const epoch = at.epoch + epochs;
    if (trajectory < 0 || trajectory >= landscape.known.runs[pick.run].trajectories.length || epoch < 0 || epoch >= width(pick.run)) return true;
    choose({ ...pick, focus: rowOf(pick.run, trajectory, epoch) });
    return true;
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest && event.target.closest("#explore .ls-pickable[data-pick]");
    if (row) choose(JSON.parse(row.dataset.pick));
  });

  // plotly is asked for when the first figure is put in place; by then it can be here.
  (() => {
    const prefix = JSON.parse(document.getElementById("_dash-config")?.textContent || "{}").requests_pathname_prefix;
    if (!prefix) return;
    const early = document.createElement("link");
    early.rel = window.location.pathname === prefix ? "preload" : "prefetch";
    early.as = "script";
    early.href = `${prefix}_dash-component-suites/plotly/package_data/plotly.min.js`;
    document.head.append(early);
  })();

  // --- figures come and go with the page
  let scheduled = false;
  function scan() {
    scheduled = false;
    for (const gd of document.querySelectorAll("#explore .js-plotly-plot")) if (gd.on && gd._fullLayout && gd.layout && gd.layout.meta) attach(gd);
  }
  new MutationObserver(() => {
    landscape.gl.release();
    if (scheduled || !document.getElementById("explore")) return;
    scheduled = true;
    setTimeout(scan, 30);
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.explore = Object.assign(window.dash_clientside.explore || {}, {
    learn(known) {
      landscape.known = known || { runs: {} };
      if (landscape.pick && !landscape.known.runs[landscape.pick.run]) choose(null);
      scan();
      landscape.paint.late();
      return window.dash_clientside.no_update;
    },
  });
})();
