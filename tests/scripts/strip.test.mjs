import assert from "node:assert/strict";
import test from "node:test";

import { load, plain } from "./page.mjs";

const { strip, plane } = load().landscape;
const FLOATS = 12;
const NONE = NaN;

// Two lines, the second after a lifted pen; z and y are whatever is there.
const x = [0, 1, 2, NONE, 10, 11, 12, 13];
const axes = { x, y: x.map((value) => value * 2), z: x.map((value) => value * 3) };

// The strip as plotly 7.1 makes it: of each corner only the two ends of its line matter here.
function plotly({ x: at }) {
  const corners = [];
  const push = (from, to, count) => {
    for (let i = 0; i < count; i += 1) corners.push([from, to]);
  };
  let lifted = false;
  for (let i = 1; i < at.length; i += 1) {
    if (!Number.isFinite(at[i - 1]) || !Number.isFinite(at[i])) {
      if (corners.length) {
        push(...corners[corners.length - 1], 2);
        lifted = true;
      }
      continue;
    }
    if (lifted) push(at[i - 1], at[i], 2);
    lifted = false;
    push(at[i - 1], at[i], 4);
  }
  const floats = new Float32Array(corners.length * FLOATS);
  corners.forEach(([from, to], i) => floats.set([from, to], i * FLOATS));
  return floats;
}

const ends = (floats) =>
  Array.from({ length: floats.length / FLOATS }, (_, i) => [floats[i * FLOATS], floats[i * FLOATS + 1]]);
const only = (shown) => {
  const { starts } = strip.of(axes);
  return plain(ends(strip.some(plotly(axes), strip.runs(starts, shown))));
};

test("each line begins where plotly put it", () => {
  const { starts, floats } = strip.of(axes);
  const made = plotly(axes);
  assert.equal(floats, made.length);
  starts.forEach((start, i) => {
    if (start >= 0) assert.deepEqual(ends(made).slice(start, start + 4), Array(4).fill([x[i - 1], x[i]]));
  });
  assert.deepEqual(
    [...starts].map((start) => start >= 0),
    [false, true, true, false, false, true, true, true],
  );
});

test("a strip of the shown lines is what plotly makes of the shown points alone", () => {
  for (const shown of ["11111111", "11011011", "01111110", "00000000", "11000111", "10101010", "11111001"]) {
    const mask = [...shown].map(Number);
    const kept = { x: x.map((value, i) => (mask[i] ? value : NONE)) };
    const lines = ([from, to], i, all) => i === 0 || from !== all[i - 1][0] || to !== all[i - 1][1];
    assert.deepEqual(only(mask).filter(lines), ends(plotly({ ...axes, ...kept })).filter(lines), shown);
  }
});

test("lines that do not follow each other are joined by corners without an area", () => {
  const corners = only([1, 1, 0, 0, 0, 0, 1, 1]);
  assert.deepEqual(corners.slice(0, 6), Array(6).fill([0, 1]));
  assert.deepEqual(corners.slice(6), Array(6).fill([12, 13]));
});

test("plotly makes a marker for each point that is somewhere", () => {
  assert.deepEqual(plain(plane.drawnPoints({ x: [0, NONE, 2, 3], y: [0, 1, NONE, 3] })), [0, 3]);
});
