// Words about picks, and the player for who wants no motion.
import assert from "node:assert/strict";
import test from "node:test";

import { load, plain } from "./page.mjs";

const { keyboard, player, studyNetworks } = load().landscape;

test("many picked snapshots are counted by run, after the name of the row that picked them", () => {
  const runs = { a: { label: "Good" }, b: { label: "Poor" } };
  assert.equal(keyboard.ofSets({ sets: { a: [1, 2], b: [3], gone: [1] } }, runs), "2 snapshots of Good, 1 snapshot of Poor");
  assert.equal(keyboard.ofSets({ name: "Sharpness", sets: { a: [4] } }, runs), "Sharpness, 1 snapshot of Good");
});

test("a step shows one epoch more, and after the last one the first alone", () => {
  assert.deepEqual(plain(player.stepOn([0, 3], 5)), [0, 4]);
  assert.deepEqual(plain(player.stepOn([2, 5], 5)), [2, 2]);
});

test("networks are gone through from left to right, whichever trace draws them; marks without a run are none", () => {
  const traces = [
    { x: [3, 1], y: [0, 5], customdata: ["c", "a"], text: ["C", "A"] },
    { x: [1, 2], y: [4, NaN], customdata: ["b", "gone"], text: ["B", ""] },
    { x: [0], y: [0] },
  ];
  assert.deepEqual(
    plain(studyNetworks(traces)).map(({ run, trace, text }) => [run, trace, text]),
    [["b", 1, "B"], ["a", 0, "A"], ["c", 0, "C"]],
  );
});
