import assert from "node:assert/strict";
import test from "node:test";

import { load, plain } from "./page.mjs";

const { camera, gl, mixed, stops, tip } = load().landscape;
const view = { width: 1000, height: 600 };
const size = { width: 200, height: 100 };

test("a definition is right of its word, else left of it, and inside the window", () => {
  assert.deepEqual(plain(tip.beside({ left: 80, right: 100, top: 300, height: 20 }, size, view)), {
    left: 110,
    top: 260,
  });
  assert.equal(tip.beside({ left: 880, right: 900, top: 300, height: 20 }, size, view).left, 670);
  assert.equal(tip.beside({ left: 80, right: 100, top: 0, height: 20 }, size, view).top, 6);
  assert.equal(tip.beside({ left: 80, right: 100, top: 590, height: 20 }, size, view).top, 494);
  assert.equal(tip.beside({ left: 20, right: 990, top: 300, height: 20 }, size, view).left, 6);
});

test("the line beside the pointer is under it, above it at the window's foot", () => {
  assert.deepEqual(plain(tip.under({ x: 10, y: 10 }, size, view)), { left: 24, top: 26 });
  assert.deepEqual(plain(tip.under({ x: 990, y: 590 }, size, view)), { left: 792, top: 480 });
});

test("a data-tip is a list of lines as JSON, or a line", () => {
  assert.deepEqual(plain(tip.lines('["name", "", null, "what it is"]')), ["name", "what it is"]);
  assert.deepEqual(plain(tip.lines("plain words")), ["plain words"]);
  assert.deepEqual(plain(tip.lines("12")), ["12"]);
  assert.deepEqual(plain(tip.lines("")), []);
});

test("cameras that differ in the seventh digit are the same", () => {
  const eye = { x: 1, y: 2, z: 3 };
  const here = { eye, center: eye, up: eye };
  assert.ok(camera.same(here, { ...here, eye: { ...eye, x: 1 + 1e-7 } }));
  assert.ok(!camera.same(here, { ...here, up: { ...eye, z: 3.001 } }));
  assert.ok(camera.turns({ "scene.camera.eye": 1 }));
  assert.ok(!camera.turns({ "xaxis.range": 1 }));
  assert.ok(!camera.turns(undefined));
  const figure = { _fullLayout: { scene: { _scene: { getCamera: () => here } } } };
  assert.ok(camera.moved(figure, { ...here, eye: { ...eye, x: 2 } }));
  assert.ok(!camera.moved(figure, here));
  assert.equal(camera.moved(figure, null), false);
});

test("colours are mixed toward the card, from themselves to the card", () => {
  assert.equal(mixed("#204060", "#ffffff", 0), "rgb(32,64,96)");
  assert.equal(mixed("#204060", "#fff", 1), "rgb(255,255,255)");
  assert.equal(mixed("#000000", "#ffffff", 0.5), "rgb(128,128,128)");
  assert.deepEqual(plain(stops(["#000", "#888", "#fff"])), [
    [0, "#000"],
    [0.5, "#888"],
    [1, "#fff"],
  ]);
});

test("vertices keep places and alpha while their colour is blended", () => {
  const vertex = Float32Array.from([7, 8, 9, 1, 0, 0.5, 0.25]);
  assert.deepEqual([...gl.blended(vertex, 7, [0, 1, 0.5], 0.5)], [7, 8, 9, 0.5, 0.5, 0.5, 0.25]);
  assert.deepEqual([...gl.blended(vertex, 7, [0, 1, 0.5], 0)], [...vertex]);
});
