// Events of a figure that the page's scripts hear alone: Dash's own listeners go when the pointer comes.
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import test from "node:test";

import { load } from "./page.mjs";

const { internals } = load().landscape;

test("what the scripts hear, nobody else does once the pointer is there; other events stay", () => {
  const events = new EventEmitter();
  const gd = {
    _ev: events,
    on: events.on.bind(events),
    removeListener: events.removeListener.bind(events),
    addEventListener: (name, act) => (gd[name] = act),
  };
  const heard = [];
  internals.hear(gd, "plotly_hover", () => heard.push("page"));
  internals.hear(gd, "plotly_click", () => heard.push("click"));
  for (const name of ["plotly_hover", "plotly_click", "plotly_relayout"]) gd.on(name, () => heard.push("dash"));
  gd.pointerenter();
  for (const name of ["plotly_hover", "plotly_click", "plotly_relayout"]) events.emit(name);
  assert.deepEqual(heard, ["page", "click", "dash"]);
});
