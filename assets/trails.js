// Which points of a figure a pick lights, and in which order the pen goes through them, without a document.
// A point is [axes, i]: its coordinates are axes.x[i], axes.y[i] and, in a scene, axes.z[i]; null lifts the pen.
(() => {
  "use strict";
  const landscape = (window.landscape = window.landscape || {});

  // {run: {row: point}} of what a figure draws; bases: meta.base, axesOf: the coordinates of a trace
  function indexOf(bases, axesOf) {
    const index = new Map();
    for (const base of bases) {
      if (base.follows) continue;
      if (!index.has(base.run)) index.set(base.run, new Map());
      const rows = index.get(base.run);
      const axes = axesOf(base.trace);
      base.rows.forEach((row, i) => {
        if (row >= 0 && !rows.has(row)) rows.set(row, [axes, i]);
      });
    }
    return index;
  }

  // Points of `rows` in order; the pen is lifted where two rows do not follow each other. run: what is known of it.
  function line(rows, run, point, passes) {
    const points = [];
    let before = null;
    for (const row of rows) {
      const found = passes(row) ? point(row) : undefined;
      const apart =
        before !== null && (row !== before + 1 || landscape.picks.place(run, row).epoch === 0 || before === 0);
      if (found && apart) points.push(null);
      if (found) points.push(found);
      before = found ? row : null;
      if (!found && points.length && points[points.length - 1]) points.push(null);
    }
    return points;
  }

  // What the pick lights among the runs of a figure, as lists of points: {path, edge, focus}.
  function marks(names, { lit, runs, filter, index }) {
    const result = { path: [], edge: [], focus: [] };
    const add = (part, points) => {
      if (points.length) result[part].push(...(result[part].length ? [null] : []), ...points);
    };
    for (const name of names) {
      if (!lit[name] || !runs[name]) continue;
      const of = marksOf(
        lit[name],
        runs[name],
        (row) => index.get(name)?.get(row),
        (row) => landscape.filters.passes(filter, runs[name], row),
      );
      add("path", lit[name].cycle ? [] : of.path);
      add("edge", of.edge);
      add("focus", of.focus);
    }
    return result;
  }

  // … of one run; `path` also where a cycle is lit. point(row): its point, or undefined; passes(row): whether it is shown.
  function marksOf(lit, run, point, passes) {
    const chain = (rows) => rows.map((row) => point(row) || null);
    const focused = lit.focus !== null && lit.focus !== undefined && passes(lit.focus);
    return {
      path: line(lit.rows, run, point, passes),
      edge: lit.cycle ? chain([...lit.cycle, lit.cycle[0]]) : lit.edge ? chain(lit.edge) : [],
      focus: focused ? chain([lit.focus]) : [],
    };
  }

  // Points with the pen up before and after them: a set of single snapshots has no lines to show it.
  const alone = (points) => points.filter((point, i) => point && !points[i - 1] && !points[i + 1]);

  // A path in SVG through pixels [[x, y] or null, …]; the pen is lifted at null and where a number is none.
  function outline(pixels) {
    let pen = "M";
    const text = [];
    for (const pixel of pixels) {
      const [x, y] = pixel || [NaN, NaN];
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        pen = "M";
        continue;
      }
      text.push(`${pen}${x.toFixed(1)},${y.toFixed(1)}`);
      pen = "L";
    }
    return text.join("");
  }

  const values = (points, axis) => points.map((point) => (point ? point[0][axis][point[1]] : NaN));

  landscape.trails = { indexOf, line, marks, marksOf, alone, outline, values };
})();
