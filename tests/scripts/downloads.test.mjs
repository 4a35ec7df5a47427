// What is asked of the server for a file that a person takes away.
import assert from "node:assert/strict";
import test from "node:test";

import { load, plain } from "./page.mjs";

const { address, filtered, fileName, fitted } = load().landscape.downloads;

test("a file is asked for with the settings of the address line, and its own come first", () => {
  assert.equal(
    address("/take/figure/scene.png?runs=a,b&run=b&width=89", "?runs=a&method=pca&width=1", {}),
    "/take/figure/scene.png?runs=a,b&run=b&width=89&method=pca",
  );
  assert.equal(address("/take/shown.csv?runs=a", "", {}), "/take/shown.csv?runs=a");
});

test("what the browser alone knows is written so that it can be read again", () => {
  const camera = JSON.stringify({ eye: { x: 1, y: -2, z: 0.5 } });
  const asked = address("/take/report.html?runs=a", "?dims=2", { camera, pick: null, seeds: "" });
  const query = new globalThis.URLSearchParams(asked.split("?")[1]);
  assert.deepEqual([...query.keys()], ["runs", "dims", "camera", "seeds"]);
  assert.equal(query.get("camera"), camera);
  assert.equal(query.get("seeds"), "");
});

test("a filter is written as the server reads it, and what hides nothing is left out", () => {
  assert.deepEqual(plain(filtered(null)), {});
  assert.deepEqual(plain(filtered({ seeds: new Set([0, 2]), steps: null, low: 3, high: 9, key: "" })), {
    seeds: "0,2",
    steps: null,
    epochs: "3,9",
  });
  assert.equal(filtered({ seeds: new Set(), steps: null, low: 0, high: 1 }).seeds, "");
});

test("the file has the name that the server gives it", () => {
  assert.equal(fileName('attachment; filename="scene-good.png"'), "scene-good.png");
  assert.equal(fileName(null), "landscape");
});

test("a pick that is too long for an address is left out, and that is said", () => {
  const path = "/take/report.html?runs=a";
  assert.deepEqual(plain(fitted(path, "", { pick: "[1]" })), { path: `${path}&pick=%5B1%5D`, note: "" });
  const { path: asked, note } = fitted(path, "?dims=2", { scheme: "dark", pick: "x".repeat(60_000) });
  assert.equal(asked, `${path}&dims=2&scheme=dark&left=pick`);
  assert.match(note, /too large/);
});
