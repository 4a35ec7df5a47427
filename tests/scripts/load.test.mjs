import assert from "node:assert/strict";
import test from "node:test";

import { load, NAMES } from "./page.mjs";

const shape = (window) => ({
  landscape: Object.keys(window.landscape).sort(),
  clientside: Object.fromEntries(
    Object.entries(window.dash_clientside).map(([name, functions]) => [name, Object.keys(functions).sort()]),
  ),
});

test("scripts use each other only when they are called, so they load in any order", () => {
  const forwards = shape(load());
  assert.deepEqual(shape(load([...NAMES].reverse())), { ...forwards, clientside: { ...forwards.clientside } });
});
