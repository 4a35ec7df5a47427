// Which element takes the focus of one that was replaced.
import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./page.mjs";

const { successor } = load().landscape.focus;
const button = (action, run, place = "jobs") => ({
  id: JSON.stringify({ action, id: run, place, type: "action" }),
  tag: "BUTTON",
  words: `${action} ${run}`,
});
const link = (words, id = "") => ({ id, tag: "A", words });

test("an element with the same id takes the focus, wherever it stands now", () => {
  assert.equal(successor(button("cancel", "a"), [link("a"), button("cancel", "b"), button("cancel", "a")]), 2);
});

test("the button that stands in its place does, and never the same button of another run", () => {
  assert.equal(successor(button("cancel", "a"), [button("cancel", "b"), button("resume", "a")]), 1);
  assert.equal(successor(button("cancel", "a"), [button("cancel", "b")]), -1);
  assert.equal(successor(button("cancel", "a"), [button("cancel", "a", "strip")]), -1);
});

test("what has no lasting id is known by its words", () => {
  assert.equal(successor(link("Study", "mantine-1"), [link("Explore"), link("Study", "mantine-7")]), 1);
  assert.equal(successor(link("Study"), [{ id: "", tag: "BUTTON", words: "Study" }]), -1);
  assert.equal(successor(link(""), [link("")]), -1);
});
