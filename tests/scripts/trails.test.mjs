import assert from "node:assert/strict";
import test from "node:test";

import { load, plain } from "./page.mjs";

const { trails } = load().landscape;
const run = {
  epochs: 2,
  trajectories: [
    [0, 0.5],
    [1, 0.5],
  ],
};
const at = (row) => [`axes`, row];
const rows = (points) => plain(points).map((point) => point && point[1]);
const always = () => true;

test("the pen is lifted between trajectories, after the anchor, and where rows are missing", () => {
  assert.deepEqual(rows(trails.line([1, 2, 3, 4, 5, 6], run, at, always)), [1, 2, 3, null, 4, 5, 6]);
  assert.deepEqual(rows(trails.line([0, 1, 2], run, at, always)), [0, null, 1, 2]);
  assert.deepEqual(rows(trails.line([1, 3], run, at, always)), [1, null, 3]);
  assert.deepEqual(rows(trails.line([1, 2, 3], run, at, (row) => row !== 2)), [1, null, 3]);
  assert.deepEqual(rows(trails.line([], run, at, always)), []);
});

test("single snapshots are told apart from lines", () => {
  assert.deepEqual(rows(trails.alone(trails.line([0, 1, 2, 5], run, at, always))), [0, 5]);
});

test("a cycle is closed, an edge is two points, a hidden focus is not drawn", () => {
  const of = (lit, passes = always) => trails.marksOf(lit, run, at, passes);
  assert.deepEqual(rows(of({ rows: [1, 2, 4], cycle: [1, 2, 4] }).edge), [1, 2, 4, 1]);
  assert.deepEqual(rows(of({ rows: [1], edge: [1, 4], focus: 1 }).edge), [1, 4]);
  assert.deepEqual(rows(of({ rows: [1], focus: 1 }, () => false).focus), []);
  assert.deepEqual(rows(of({ rows: [1], focus: null }).focus), []);
  assert.deepEqual(rows(of({ rows: [0], focus: 0 }).focus), [0]);
});

test("marks of several runs are one list with the pen lifted between them", () => {
  const axes = { x: [10, 11, 12] };
  const index = trails.indexOf(
    [
      { run: "a", trace: 0, rows: [0, 1, 2] },
      { run: "a", trace: 1, rows: [1], follows: true },
      { run: "b", trace: 2, rows: [1, -1, 1] },
    ],
    () => axes,
  );
  const lit = { a: { rows: [1, 2], focus: 2 }, b: { rows: [1], focus: null } };
  const marks = trails.marks(["a", "b", "c"], { lit, runs: { a: run, b: run }, filter: null, index });
  assert.deepEqual(
    plain(trails.values(marks.path, "x")).map((value) => value ?? "up"),
    [11, 12, "up", 10],
  );
  assert.deepEqual(rows(marks.focus), [2]);
});

test("an outline lifts the pen at null and where a number is none", () => {
  assert.equal(trails.outline([[0, 0], [1, 2], null, [3, 4], [NaN, 1], [5, 6.26]]), "M0.0,0.0L1.0,2.0M3.0,4.0M5.0,6.3");
  assert.equal(trails.outline([]), "");
});
