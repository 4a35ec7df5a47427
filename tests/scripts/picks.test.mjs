import assert from "node:assert/strict";
import test from "node:test";

import { load, plain } from "./page.mjs";

const { picks } = load().landscape;
const run = {
  epochs: 2,
  trajectories: [
    [0, 0.5],
    [1, 0.5],
    [0, 1.0],
  ],
};
const short = {
  epochs: 1,
  trajectories: [
    [0, 1.0],
    [0, 0.5 + 1e-12],
  ],
};
const runs = { run, short };

test("rows and places are each other's inverse; row 0 is the anchor", () => {
  const rows = plain(picks.everyRow(run));
  assert.deepEqual(rows, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(plain(picks.place(run, 0)), { trajectory: -1, epoch: 0 });
  for (const row of rows.slice(1)) {
    const { trajectory, epoch } = picks.place(run, row);
    assert.equal(picks.rowOf(run, trajectory, epoch), row);
    assert.ok(plain(picks.rowsOf(run, trajectory)).includes(row));
  }
});

test("a trajectory is the one with the same seed and step size in every run", () => {
  assert.equal(picks.counterpart(run, 0, short), 1);
  assert.equal(picks.counterpart(run, 1, short), -1);
  assert.equal(picks.counterpart(run, 2, short), 0);
});

test("a picked trajectory is lit in every run that has it, its epoch where there is one", () => {
  const lit = plain(picks.lit({ kind: "trajectory", run: "run", focus: picks.rowOf(run, 0, 2) }, runs, []));
  assert.deepEqual(lit, { run: { rows: [1, 2, 3], focus: 3 }, short: { rows: [3, 4], focus: null } });
  assert.deepEqual(
    Object.keys(plain(picks.lit({ kind: "trajectory", run: "run", focus: picks.rowOf(run, 1, 0) }, runs, []))),
    ["run"],
  );
  const anchor = plain(picks.lit({ kind: "trajectory", run: "run", focus: 0 }, runs, []));
  assert.deepEqual(anchor, { run: { rows: [0], focus: 0 }, short: { rows: [0], focus: 0 } });
});

test("nothing is lit by nothing, and by a pick of a run that is gone", () => {
  assert.deepEqual(plain(picks.lit(null, runs, [])), {});
  assert.deepEqual(plain(picks.lit({ kind: "trajectory", run: "gone", focus: 1 }, runs, [])), {});
});

test("a lasso lights what it holds; a single snapshot is the focus", () => {
  const pick = { kind: "lasso", run: "run", sets: { run: [1, 2], short: [3], gone: [1] } };
  assert.deepEqual(plain(picks.lit(pick, runs, [])), {
    run: { rows: [1, 2], focus: null },
    short: { rows: [3], focus: 3 },
  });
});

const meta = {
  view: "diagrams",
  runs: ["run"],
  bars: [
    {
      kind: "sublevel",
      trace: 3,
      stride: 1,
      bar: [7, 9],
      rows: [null, [4, 5]],
      focus: [1, 4],
      edge: [
        [-1, -1],
        [4, 6],
      ],
    },
    { kind: "rips1", trace: 4, stride: 3, bar: [2], edge: [[1, 2]], cycle: [[1, 2, 3]] },
  ],
};

test("a bar lights its own snapshots, edge and cycle; a valley without a list holds every row", () => {
  const of = (kind, bar) =>
    plain(picks.lit({ kind, run: "run", bar }, runs, [{ view: "scene", runs: ["run"] }, meta])).run;
  assert.deepEqual(of("sublevel", 9).rows, [4, 5]);
  assert.deepEqual(of("sublevel", 9).edge, [4, 6]);
  assert.equal(of("sublevel", 7).edge, null);
  assert.equal(of("sublevel", 7).rows.length, 10);
  assert.deepEqual(of("rips1", 2).cycle, [1, 2, 3]);
  assert.deepEqual(of("rips1", 2).rows, [1, 2, 3]);
  assert.equal(of("rips1", 5), undefined);
});

test("a point of a bar is the bar, a point of a path its snapshot, any other nothing", () => {
  const scene = { runs: ["run"], base: [{ trace: 0, run: "run", rows: [0, -1, 5] }] };
  assert.deepEqual(plain(picks.fromPoint(meta, { curveNumber: 4, pointNumber: 2 })), {
    kind: "rips1",
    run: "run",
    bar: 2,
  });
  assert.deepEqual(plain(picks.fromPoint(scene, { curveNumber: 0, pointNumber: 2 })), {
    kind: "trajectory",
    run: "run",
    focus: 5,
  });
  for (const point of [
    { curveNumber: 0, pointNumber: 1 },
    { curveNumber: 0, pointNumber: 9 },
    { curveNumber: 1, pointNumber: 0 },
  ]) {
    assert.equal(picks.fromPoint(scene, point), null);
  }
});

test("a lasso is a set of snapshots in the order of rows, each once", () => {
  const scene = { runs: ["run"], base: [{ trace: 0, run: "run", rows: [5, 2, 5] }] };
  const point = (pointNumber) => ({ curveNumber: 0, pointNumber });
  assert.deepEqual(plain(picks.fromLasso(scene, [point(0), point(1), point(2)])), {
    kind: "lasso",
    run: "run",
    sets: { run: [2, 5] },
  });
  assert.equal(picks.fromLasso(scene, []), null);
});

test("arrows step inside the protocol only", () => {
  const pick = { kind: "trajectory", run: "run", focus: picks.rowOf(run, 1, 2) };
  assert.equal(picks.stepped(pick, runs, 0, -1).focus, picks.rowOf(run, 1, 1));
  assert.equal(picks.stepped(pick, runs, 1, 0).focus, picks.rowOf(run, 2, 2));
  assert.equal(picks.stepped(pick, runs, 0, 1), null);
  assert.equal(picks.stepped({ ...pick, focus: 1 }, runs, -1, 0), null);
  for (const other of [null, { ...pick, focus: 0 }, { kind: "lasso", run: "run" }]) {
    assert.equal(picks.stepped(other, runs, 1, 0), undefined);
  }
});

test("a row of a table shows what is picked by name, by bar, or as part of a lit trajectory", () => {
  const lit = { run: { rows: [1, 2, 3] } };
  assert.ok(
    picks.isOf({ kind: "trajectory", run: "run", focus: 2 }, { kind: "trajectory", run: "run", focus: 1 }, lit),
  );
  assert.ok(
    !picks.isOf({ kind: "trajectory", run: "run", focus: 4 }, { kind: "trajectory", run: "run", focus: 1 }, lit),
  );
  assert.ok(picks.isOf({ kind: "rips0", run: "run", bar: 1 }, { kind: "rips0", run: "run", bar: 1 }, {}));
  assert.ok(!picks.isOf({ kind: "rips0", run: "run", bar: 1 }, { kind: "rips0", run: "run", bar: 2 }, {}));
  assert.ok(picks.isOf({ kind: "rows", name: "a" }, { kind: "rows", name: "a" }, {}));
  assert.ok(!picks.isOf({ kind: "rows", name: "a" }, null, {}));
});

test("bars of another filtration or distance are picked no more", () => {
  const before = { filtration: "train_loss", distance: "euclidean" };
  assert.ok(picks.outdated("sublevel", before, { ...before, filtration: "rank" }));
  assert.ok(!picks.outdated("rips1", before, { ...before, filtration: "rank" }));
  assert.ok(picks.outdated("rips1", before, { ...before, distance: "cosine" }));
  assert.ok(!picks.outdated("trajectory", before, { filtration: "rank", distance: "cosine" }));
  assert.ok(!picks.outdated("sublevel", {}, before));
});

const figure = {
  runs: ["run"],
  base: [{ trace: 4, run: "run", rows: [0, -1, 2, 3] }],
  bars: [
    { trace: 1, kind: "sublevel", bar: [], stride: 1 },
    { trace: 2, kind: "rips0", bar: [7, 8], stride: 3 },
    { trace: 3, kind: "rips1", bar: [7], stride: 1 },
  ],
};
const everyone = () => true;

test("the first pick of a figure is its first bar, else its first snapshot that is shown and no anchor", () => {
  assert.deepEqual(plain(picks.first(figure, runs, everyone)), { kind: "rips0", run: "run", bar: 7 });
  const scene = { ...figure, bars: [] };
  assert.deepEqual(plain(picks.first(scene, runs, everyone)), { kind: "trajectory", run: "run", focus: 2 });
  assert.equal(picks.first(scene, runs, (_, row) => row > 2).focus, 3);
  assert.equal(picks.first(scene, {}, everyone), null);
  assert.equal(picks.first({ runs: [] }, runs, everyone), null);
});

test("arrows go from bar to bar in the order of the figure, and stop at the ends", () => {
  const [one, two, three] = [
    { kind: "rips0", run: "run", bar: 7 },
    { kind: "rips0", run: "run", bar: 8 },
    { kind: "rips1", run: "run", bar: 7 },
  ];
  assert.deepEqual(plain(picks.neighbour(figure, one, 1)), two);
  assert.deepEqual(plain(picks.neighbour(figure, two, 1)), three);
  assert.deepEqual(plain(picks.neighbour(figure, three, 1)), three);
  assert.deepEqual(plain(picks.neighbour(figure, one, -1)), one);
  assert.equal(picks.neighbour(figure, { ...one, run: "short" }, 1), null);
  assert.equal(picks.neighbour(figure, null, 1), null);
});

test("the point of a pick is the point that picks it", () => {
  for (const pick of [
    { kind: "rips0", run: "run", bar: 8 },
    { kind: "rips1", run: "run", bar: 7 },
    { kind: "trajectory", run: "run", focus: 3 },
  ]) {
    assert.deepEqual(plain(picks.fromPoint(figure, picks.pointOf(figure, pick))), pick);
  }
  assert.equal(picks.pointOf(figure, { kind: "trajectory", run: "short", focus: 3 }), null);
  assert.equal(picks.pointOf(figure, { kind: "sublevel", run: "run", bar: 7 }), null);
});

test("the paper's sample is every snapshot of its stretches, in every run", () => {
  const sampled = { a: { ...run, sample: [[4, 6], [9, 9]] }, b: short };
  assert.deepEqual(plain(picks.sample(sampled)), { a: [4, 5, 6, 9], b: [] });
  const lit = plain(picks.lit({ kind: "rows", run: "a" }, sampled, []));
  assert.deepEqual(lit.a.rows, [4, 5, 6, 9]);
});
