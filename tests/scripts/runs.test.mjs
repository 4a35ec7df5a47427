import assert from "node:assert/strict";
import test from "node:test";

import { load, plain } from "./page.mjs";

const window = load();
const { library } = window.landscape;
const row = (id, sampled = true) => ({ id, sampled });

test("unknown numbers are last, whether the order rises or falls", () => {
  const order = (falling) =>
    [null, 0.5, undefined, -1, 2, NaN].sort((a, b) => library.compare(a, b, null, null, falling) * (falling ? -1 : 1));
  assert.deepEqual(order(false).slice(0, 3), [-1, 0.5, 2]);
  assert.deepEqual(order(true).slice(0, 3), [2, 0.5, -1]);
});

test("two to four sampled runs can be compared, any number deleted", () => {
  const off = (rows) => library.chosen(rows).off;
  assert.ok(off([]) && off([row("a")]));
  assert.ok(!off([row("a"), row("b")]) && !off("abcd".split("").map((id) => row(id))));
  assert.ok(off("abcde".split("").map((id) => row(id))));
  const waiting = library.chosen([row("a"), row("b", false)]);
  assert.ok(waiting.off && waiting.label.includes("1 not yet sampled") && !waiting.none);
  assert.ok(library.chosen([]).none);
  assert.deepEqual(plain(library.chosen([row("b"), row("a")]).ids), ["b", "a"]);
});

test("compare leads to Explore with the ticked runs, in their order", () => {
  const { compare, wanted } = window.dash_clientside.library;
  assert.equal(compare(1, ["b", "a"]), "/?runs=b,a");
  assert.deepEqual(plain(wanted(2, ["b"])), { ids: ["b"], at: 2 });
});
