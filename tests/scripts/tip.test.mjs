// The definition beside the pointer: it comes when a person moves onto its word, not when the word comes under the pointer.
import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./page.mjs";

const word = (tip) => ({
  dataset: { tip },
  closest: () => word(tip),
  setAttribute: () => {},
  getBoundingClientRect: () => ({ left: 0, right: 10, top: 0, height: 10 }),
});

test("a word that the page moves under a still pointer is not explained", () => {
  const heard = {};
  const { shown, document } = page(heard);
  load(["elements.js", "tip.js"], document);
  heard.mouseover({ target: word("a") });
  assert.deepEqual(shown(), []);
  heard.mousemove();
  assert.deepEqual(shown(), ["a"]);
  heard.mouseover({ target: word("b") });
  assert.deepEqual(shown(), []);
});

// A document that keeps what listens in `heard`, and what its one box says while it is seen.
function page(heard) {
  const box = { lines: [], on: false, style: {}, offsetWidth: 1, offsetHeight: 1 };
  box.classList = { add: () => (box.on = true), remove: () => (box.on = false) };
  box.replaceChildren = (...lines) => (box.lines = lines.flatMap((line) => line.parts));
  const make = () => {
    const parts = [];
    return { parts, append: (...more) => parts.push(...more) };
  };
  const document = {
    addEventListener: (name, act) => (heard[name] = act),
    getElementById: () => box,
    createElement: make,
    body: { append: () => {} },
  };
  return { document, shown: () => (box.on ? [...box.lines] : []) };
}
