import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./page.mjs";

const { filters, picks, player } = load().landscape;
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

test("a mask says of each row what passes says, and shows where the pen is lifted", () => {
  const rows = [0, 1, 2, -1, 5, 6, 7];
  const filter = filters.filterOf(runs, [1, 2], [0.5, 1.0], [1, 2]);
  const expected = rows.map((row) => (row < 0 || filters.passes(filter, run, row) ? 1 : 0));
  assert.deepEqual([...filters.mask(filter, run, rows)], expected);
  assert.ok(expected.includes(0) && expected.includes(1));
  assert.deepEqual([...filters.mask(null, run, rows)], Array(rows.length).fill(1));
});

test("the player goes on where it was paused, and begins again when it has come to the end", () => {
  const course = (...how) => ({ ...player.course(...how) });
  assert.deepEqual(course([2, 9], null, 12), { from: 2, low: 2, end: 9 });
  assert.deepEqual(course([2, 9], [2, 5], 12), { from: 6, low: 2, end: 9 });
  assert.deepEqual(course([2, 9], [2, 9], 12), { from: 2, low: 2, end: 9 });
  assert.deepEqual(course([4, 4], null, 12), { from: 4, low: 4, end: 12 }); // one epoch plays to the last
});
