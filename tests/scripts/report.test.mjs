import assert from "node:assert/strict";
import test from "node:test";

import { load, NAMES, plain, REPORT } from "./page.mjs";

const window = load([...REPORT, ...NAMES]);
const { standIn } = window.landscape;
const dash = window.dash_clientside;

test("the scripts of the page find what they ask of Dash", () => {
  assert.equal(typeof dash.set_props, "function");
  assert.ok(dash.no_update);
  assert.equal(typeof dash.explore.learn, "function"); // the page's own stand beside it
});

test("properties that are set go to whoever asked for them, and nowhere else", () => {
  const heard = [];
  standIn.hear("one", (properties) => heard.push(properties));
  dash.set_props("one", { value: 1 });
  dash.set_props("other", { value: 2 });
  assert.deepEqual(plain(heard), [{ value: 1 }]);
});

test("a patch changes what it names, in a copy", () => {
  const figure = { data: [{ line: { color: "red", width: 1 } }, { x: [1] }], layout: { template: 1 } };
  const patch = new dash.Patch();
  patch.assign(["data", 0, "line", "color"], "blue");
  patch.assign(["layout", "template"], 2);
  patch.assign(["data", 1, "marker", "color"], "green");
  const changed = standIn.patched(figure, patch.build());
  assert.deepEqual(plain(changed), {
    data: [{ line: { color: "blue", width: 1 } }, { x: [1], marker: { color: "green" } }],
    layout: { template: 2 },
  });
  assert.equal(figure.data[0].line.color, "red");
  assert.equal(changed.data[1].x, figure.data[1].x); // arrays of points are not copied
});

test("a switch of topology is heard", () => {
  const parts = [];
  standIn.hear(window.landscape.ids.explorePart, ({ value }) => parts.push(value));
  dash.set_props(window.landscape.ids.explorePart, { value: "tree" });
  assert.deepEqual(plain(parts), ["tree"]);
});
