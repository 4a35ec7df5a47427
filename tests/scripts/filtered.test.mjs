import assert from "node:assert/strict";
import test from "node:test";

import { load, plain } from "./page.mjs";

const { filtered, picks } = load().landscape;
const run = {
  epochs: 1,
  trajectories: [
    [0, 0],
    [0, 1],
    [1, 1],
    [2, 1],
  ],
};
const rows = [-1, 0, ...run.trajectories.flatMap((_, i) => [picks.rowOf(run, i, 0), picks.rowOf(run, i, 1)])];
const values = [NaN, 9, 100, 200, 1, 10, 3, 30, 2, 20];

test("a quantile lies between its neighbours", () => {
  assert.equal(filtered.quantile([1, 2, 4], 0.5), 2);
  assert.equal(filtered.quantile([1, 2, 4], 0.75), 3);
  assert.equal(filtered.quantile([7], 0.25), 7);
});

test("the middle is of trajectories that jumped and pass", () => {
  const all = plain(filtered.middle(rows, values, run, () => true));
  assert.deepEqual(all, { epochs: [0, 1], low: [1.5, 15], median: [2, 20], high: [2.5, 25] });
  const first = plain(filtered.middle(rows, values, run, (row) => row <= picks.rowOf(run, 1, 0)));
  assert.deepEqual(first, { epochs: [0], low: [1], median: [1], high: [1] });
  assert.deepEqual(plain(filtered.middle(rows, values, run, () => false)).epochs, []);
});

test("what follows is the band there and back, and the median; of runs that are shown", () => {
  const meta = { base: [{ trace: 4, rows }], middle: [{ run: "a", of: 4, band: 1, median: 2 }] };
  const followed = (runs) => plain(filtered.followers(meta, () => ({ y: values }), runs, () => () => true));
  assert.deepEqual(followed({ a: run }), [
    [1, { x: [0, 1, 1, 0], y: [1.5, 15, 25, 2.5] }],
    [2, { x: [0, 1], y: [2, 20] }],
  ]);
  assert.deepEqual(followed({}), []);
  assert.deepEqual(plain(filtered.followers({ base: [] }, null, { a: run }, null)), []);
});
