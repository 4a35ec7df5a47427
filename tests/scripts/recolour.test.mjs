import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";

import { load, plain } from "./page.mjs";

const { recolour, strip, scaled } = load().landscape;
const packed = (array) => Buffer.from(array.buffer).toString("base64");
const STOPS = [
  [0, "#000000"],
  [0.5, "#ff0000"],
  [1, "#ffffff"],
];
const sent = {
  rows: { a: packed(Int32Array.of(0, 3, 7)) },
  colours: {
    epoch: { values: { a: packed(Float32Array.of(1, 2, 4)) }, low: 1, high: 5, stops: null, value: { label: "epoch" } },
    seed: { values: { a: packed(Float32Array.of(0, 1, 1)) }, low: -0.5, high: 1.5, stops: STOPS, value: { label: "seed" } },
  },
};
const known = recolour.decode(sent);
const base = { trace: 1, run: "a", rows: [7, -1, 0, 5] };

test("a value is found by its snapshot, whatever the order", () => {
  assert.deepEqual(plain([...recolour.valuesOf(base, known.colours.epoch, known.rows)].slice(0, 3)), [4, 1, 1]);
  assert.ok(Number.isNaN(recolour.valuesOf(base, known.colours.epoch, known.rows)[3])); // one that nobody sent
  const stranger = recolour.valuesOf({ ...base, run: "b" }, known.colours.epoch, known.rows);
  assert.ok(Number.isNaN(stranger[0]));
});

test("only traces that a value colours are others, and the figure says what they are now", () => {
  const paint = [
    [0, "line.color", "ray"],
    [1, "line.colorscale", "scale"],
  ];
  const meta = { paint, base: [base], colour: "epoch", scale: null, view: "scene" };
  const { traces, meta: now } = recolour.change(meta, "seed", known, [[0, "#123456"]]);
  assert.deepEqual(Object.keys(traces), ["1"]);
  const { part, cmin, cmax, colorscale } = traces[1];
  assert.deepEqual([part, cmin, cmax, plain(colorscale)], ["line", -0.5, 1.5, STOPS]);
  assert.deepEqual(plain(now.paint), [paint[0], [1, "line.colorscale", "stepped"]]);
  assert.deepEqual([now.colour, plain(now.scale), now.view], ["seed", STOPS, "scene"]);
  assert.deepEqual(plain(meta.paint), paint); // what the figure came with is as it was
  const back = recolour.change(now, "epoch", known, [[0, "#123456"]]);
  assert.deepEqual(plain(back.meta), plain(meta));
  assert.deepEqual(plain(back.traces[1].colorscale), [[0, "#123456"]]);
});

test("a number has the colour between its two stops, and those at the ends are kept", () => {
  const of = scaled(STOPS, 10, 20);
  assert.deepEqual([10, 12.5, 15, 20, 5, 25].map((value) => plain(of(value))), [
    [0, 0, 0],
    [128, 0, 0],
    [255, 0, 0],
    [255, 255, 255],
    [0, 0, 0],
    [255, 255, 255],
  ]);
  assert.deepEqual(plain(of(NaN)), [68, 68, 68]);
  const steps = scaled([[0, "#000000"], [0.5, "#000000"], [0.5, "#ffffff"], [1, "#ffffff"]], -0.5, 1.5);
  assert.deepEqual(plain([steps(0), steps(1)]), [[0, 0, 0], [255, 255, 255]]);
});

test("the two ends of every line have the colours of their points, and nothing else of a strip is touched", () => {
  const x = [0, 1, 2, NaN, 10, 11];
  const { starts, floats } = strip.of({ x, y: x, z: x });
  const before = new Float32Array(floats).fill(7);
  const after = strip.coloured(before, starts, (i) => [255 * (i === 4), 0, 51 * i]);
  const blue = (corner) => Math.round(5 * after[corner * 12 + 10]);
  starts.forEach((start, i) => {
    if (start >= 0) assert.deepEqual([0, 1, 2, 3].map((corner) => blue(start + corner)), [i - 1, i - 1, i, i]);
  });
  assert.equal(after[starts[5] * 12 + 8], 1); // red of point 4
  after.forEach((value, at) => {
    if (at % 12 < 8 || at % 12 === 11) assert.equal(value, 7);
  });
  assert.ok(before.every((value) => value === 7));
});
