import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./page.mjs";

const { filters, picks } = load().landscape;
const run = {
  epochs: 3,
  trajectories: [
    [0, 0.5],
    [1, 1.0],
  ],
};
const runs = { run, other: { epochs: 5, trajectories: [[2, 1.0]] } };

test("all of everything hides nothing", () => {
  assert.equal(filters.filterOf(runs, [0, 1, 2], [0.5, 1.0], [0, 5]), null);
  assert.equal(filters.filterOf(runs, ["0", "1", "2"], ["0.5", "1"], null), null);
});

test("a filter hides what was not chosen, and never the anchor", () => {
  const filter = filters.filterOf(runs, [1, 2], [0.5, 1.0], [1, 2]);
  const shown = (trajectory, epoch) => filters.passes(filter, run, picks.rowOf(run, trajectory, epoch));
  assert.ok(filters.passes(filter, run, 0));
  assert.deepEqual(
    [0, 1, 2, 3].map((epoch) => shown(1, epoch)),
    [false, true, true, false],
  );
  assert.deepEqual(
    [0, 1, 2, 3].map((epoch) => shown(0, epoch)),
    [false, false, false, false],
  );
  assert.ok(filters.passes(null, run, 3));
});

test("equal filters have equal keys, others another", () => {
  const key = (...how) => filters.filterOf(runs, ...how)?.key;
  assert.equal(key([1], [1.0], [0, 5]), key(["1"], ["1.0"], [0, 5]));
  assert.notEqual(key([1], [1.0], [0, 5]), key([1], [1.0], [0, 4]));
});

test("the last epoch is that of the longest run, and 0 without runs", () => {
  assert.equal(filters.lastEpoch(runs), 5);
  assert.equal(filters.lastEpoch({}), 0);
});
