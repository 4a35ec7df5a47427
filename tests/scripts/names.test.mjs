import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./page.mjs";

const { names } = load().landscape;
const edges = { left: 100, right: 400 };

test("a name inside its picture stays where it is", () => {
  assert.equal(names.inward({ left: 150, right: 300 }, edges), 0);
});

test("a name beyond an edge moves inside, and keeps its beginning where it is too long", () => {
  assert.equal(names.inward({ left: 80, right: 180 }, edges), 23);
  assert.equal(names.inward({ left: 350, right: 450 }, edges), -53);
  assert.equal(names.inward({ left: 350, right: 750 }, edges), -247);
});
