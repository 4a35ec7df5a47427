// The arithmetic of picks in Explore, without a document. A pick names canonical snapshot ids: {kind, run, focus?, bar?, rows?,
// sets?, name?, sampling?}; kinds are trajectory, sublevel, rips0, rips1, rips2, over0 and over1 (the triangulated picture's),
// rows (without sets: the paper's sample), lasso, and point (of a static sampling, which has no snapshots).
// `runs` is what the page knows: {run: {epochs, trajectories: [[seed, step size], …], …}}.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  // --- rows of a run: row 0 is the anchor, then trajectory by trajectory, epoch 0 first
  const width = (run) => run.epochs + 1;
  const place = (run, row) =>
    row === 0
      ? { trajectory: -1, epoch: 0 }
      : { trajectory: Math.floor((row - 1) / width(run)), epoch: (row - 1) % width(run) };
  const rowOf = (run, trajectory, epoch) => 1 + trajectory * width(run) + epoch;
  const rowsOf = (run, trajectory) => Array.from({ length: width(run) }, (_, epoch) => rowOf(run, trajectory, epoch));
  const everyRow = (run) => [0, ...run.trajectories.flatMap((_, trajectory) => rowsOf(run, trajectory))];

  // The trajectory of `other` with the same direction seed and step size, or -1: what a trajectory is called in every run.
  function counterpart(run, trajectory, other) {
    const [seed, step] = run.trajectories[trajectory];
    return other.trajectories.findIndex(([s, a]) => s === seed && Math.abs(a - step) < 1e-9);
  }

  // --- what a pick lights, by run: {rows, focus, edge?, cycle?, bar?}; metas: of every figure that is drawn
  function lit(pick, runs, metas) {
    if (!pick || !runs[pick.run]) return {};
    if (pick.kind === "trajectory") return ofTrajectory(pick, runs);
    if (pick.sets) return ofSets(pick, runs);
    if (pick.kind === "rows" && !pick.rows) return ofSets({ sets: sample(runs) }, runs);
    const bar = ofBar(pick, runs, metas);
    return bar ? { [pick.run]: { ...bar, bar: pick } } : {};
  }

  function ofTrajectory(pick, runs) {
    const result = {};
    const { trajectory, epoch } = place(runs[pick.run], pick.focus);
    for (const [name, run] of Object.entries(runs)) {
      const same = trajectory < 0 ? -1 : counterpart(runs[pick.run], trajectory, run);
      if (trajectory < 0) result[name] = { rows: [0], focus: 0 };
      else if (same >= 0) {
        result[name] = { rows: rowsOf(run, same), focus: epoch < width(run) ? rowOf(run, same, epoch) : null };
      }
    }
    return result;
  }

  // {run: canonical ids} of the paper's sample of every run.
  function sample(runs) {
    const stretch = ([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
    return Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, (run.sample || []).flatMap(stretch)]));
  }

  function ofSets(pick, runs) {
    const known = Object.entries(pick.sets).filter(([name]) => runs[name]);
    return Object.fromEntries(known.map(([name, rows]) => [name, { rows, focus: rows.length === 1 ? rows[0] : null }]));
  }

  function ofBar(pick, runs, metas) {
    for (const meta of metas) {
      if (meta.view !== "diagrams" || meta.runs[0] !== pick.run) continue;
      for (const group of meta.bars) {
        const i = group.kind === pick.kind ? group.bar.indexOf(pick.bar) : -1;
        if (i < 0) continue;
        const edge = group.edge[i][0] < 0 ? null : group.edge[i];
        const focus = group.focus ? group.focus[i] : null;
        if (pick.kind === "sublevel") return { rows: group.rows[i] || everyRow(runs[pick.run]), focus, edge };
        const cycle = group.cycle ? group.cycle[i] : undefined;
        return { rows: group.rows ? group.rows[i] : cycle || edge, focus, edge, cycle };
      }
    }
    return null;
  }

  // --- where a pick comes from: a point of a figure ({curveNumber, pointNumber}), or many
  function fromPoint(meta, point) {
    const group = (meta.bars || []).find(({ trace }) => trace === point.curveNumber);
    if (group) {
      return { kind: group.kind, run: meta.runs[0], bar: group.bar[Math.floor(point.pointNumber / group.stride)] };
    }
    const single = (meta.points || []).find(({ trace }) => trace === point.curveNumber);
    if (single) {
      const { run, sampling, rows } = single;
      return { kind: "point", run, sampling, focus: rows[point.pointNumber] };
    }
    const base = (meta.base || []).find(({ trace }) => trace === point.curveNumber);
    const row = base ? base.rows[point.pointNumber] : -1;
    return row === undefined || row < 0 ? null : { kind: "trajectory", run: base.run, focus: row };
  }

  // --- without a pointer
  // What is picked first in a figure: its first bar, else its first retrained trajectory, at the first epoch that is shown.
  function first(meta, runs, shown) {
    const group = (meta.bars || []).find(({ bar }) => bar.length);
    if (group) return { kind: group.kind, run: meta.runs[0], bar: group.bar[0] };
    for (const { run, sampling, rows } of meta.points || []) {
      if (rows.length) return { kind: "point", run, sampling, focus: rows[0] };
    }
    for (const { run, rows } of meta.base || []) {
      const seen = runs[run] ? rows.filter((row) => row > 0 && shown(run, row)) : [];
      if (seen.length) return { kind: "trajectory", run, focus: Math.min(...seen) };
    }
    return null;
  }

  // The bar of a figure that is `by` bars from the picked one, or the last one there; null where none of them is picked.
  function neighbour(meta, pick, by) {
    const all = (meta.bars || []).flatMap(({ kind, bar }) => bar.map((number) => ({ kind, run: meta.runs[0], bar: number })));
    const at = pick ? all.findIndex(({ kind, run, bar }) => kind === pick.kind && run === pick.run && bar === pick.bar) : -1;
    return at < 0 ? null : all[Math.min(Math.max(at + by, 0), all.length - 1)];
  }

  // The point of a figure that shows the pick, {curveNumber, pointNumber}, or null: what fromPoint was given.
  function pointOf(meta, pick) {
    for (const { trace, run, rows } of pick.kind === "trajectory" ? meta.base || [] : []) {
      const at = run === pick.run ? rows.indexOf(pick.focus) : -1;
      if (at >= 0) return { curveNumber: trace, pointNumber: at };
    }
    for (const { trace, run, sampling, rows } of pick.kind === "point" ? meta.points || [] : []) {
      const at = run === pick.run && sampling === pick.sampling ? rows.indexOf(pick.focus) : -1;
      if (at >= 0) return { curveNumber: trace, pointNumber: at };
    }
    for (const { trace, kind, bar, stride } of meta.runs[0] === pick.run ? meta.bars || [] : []) {
      const at = kind === pick.kind ? bar.indexOf(pick.bar) : -1;
      if (at >= 0) return { curveNumber: trace, pointNumber: at * stride };
    }
    return null;
  }

  function fromLasso(meta, points) {
    const sets = {};
    for (const point of points) {
      const pick = fromPoint(meta, point);
      if (pick && pick.kind === "trajectory") (sets[pick.run] = sets[pick.run] || new Set()).add(pick.focus);
    }
    const names = Object.keys(sets);
    const inOrder = (rows) => [...rows].sort((a, b) => a - b);
    if (!names.length) return null;
    return { kind: "lasso", run: names[0], sets: Object.fromEntries(names.map((name) => [name, inOrder(sets[name])])) };
  }

  // Along the picked trajectory by `epochs`, or to the next one by `trajectories`: another pick, null at the ends; undefined
  // where no trajectory is picked.
  function stepped(pick, runs, trajectories, epochs) {
    if (!pick || pick.kind !== "trajectory" || pick.focus === 0) return undefined;
    const run = runs[pick.run];
    const at = place(run, pick.focus);
    const [trajectory, epoch] = [at.trajectory + trajectories, at.epoch + epochs];
    const inside = trajectory >= 0 && trajectory < run.trajectories.length && epoch >= 0 && epoch < width(run);
    return inside ? { ...pick, focus: rowOf(run, trajectory, epoch) } : null;
  }

  // Whether the row of a table that picks `row` shows what is picked.
  function isOf(row, pick, litRuns) {
    if (!pick || row.kind !== pick.kind) return false;
    if (row.name || pick.name) return row.name === pick.name;
    if (row.kind !== "trajectory") return row.run === pick.run && row.bar === pick.bar;
    return Boolean(litRuns[row.run]) && litRuns[row.run].rows.includes(row.focus);
  }

  // Bars of `kind` that other parts of the page no longer show, once filtration or distance are others.
  function outdated(kind, before, now) {
    const turned = /^(sublevel|over)/.test(kind) && before.filtration && before.filtration !== now.filtration;
    return Boolean(
      turned || (/^(sublevel|over|rips)/.test(kind) && before.distance && before.distance !== now.distance),
    );
  }

  landscape.picks = {
    ...{ place, rowOf, rowsOf, everyRow, counterpart, lit, sample, fromPoint, fromLasso },
    ...{ first, neighbour, pointOf, stepped, isOf, outdated },
  };
})();
