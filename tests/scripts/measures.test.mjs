import assert from "node:assert/strict";
import test from "node:test";

import { load, plain } from "./page.mjs";

const { measureList } = load().landscape;
const row = (name, group, ...tip) => ({ name, label: name.replace("_", " "), group, tip });
const data = {
  key: [row("weight_norm", "", "‖θ‖")],
  rows: [
    row("weight_norm", "Scores", "‖θ‖"),
    row("train_loss", "Scores", "Train loss at the anchor."),
    row("end_spread", "Retraining", "Mean distance between ends.", "Random directions are orthogonal."),
    row("return_ratio", "Retraining", "0: it is back."),
  ],
};
const listed = (query, ...opened) =>
  plain(measureList.families(data, query, new Set(opened))).map(({ name, rows, count, open }) => [
    name,
    rows.map((line) => line.name),
    count,
    open,
  ]);

test("a row matches where each word is in its label, name, family or texts", () => {
  const spread = data.rows[2];
  for (const query of ["", " ", "SPREAD", "end_spread", "retrain", "orthogonal mean", "ends."]) {
    assert.equal(measureList.matches(spread, query), true, query);
  }
  assert.equal(measureList.matches(spread, "spread loss"), false);
});

test("families are folded until one is opened, and hold no key measure twice", () => {
  assert.deepEqual(listed("", "Retraining"), [
    ["Scores", ["train_loss"], 1, false],
    ["Retraining", ["end_spread", "return_ratio"], 2, true],
  ]);
});

test("a search opens the families with a match and leaves out the others", () => {
  assert.deepEqual(listed("back"), [["Retraining", ["return_ratio"], 2, true]]);
  assert.deepEqual(listed("nothing of this"), []);
});
