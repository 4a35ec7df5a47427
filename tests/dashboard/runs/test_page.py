"""Laws of the library: a row says what the run's own files say, an edit is stored or refused in
words, and only what has changed is sent.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.runs import callbacks, page, rows
from landscape_app.settings import RunSpec, parse
from landscape_app.store import notes, run_facts, snapshots
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import TINY, components
from tests.dashboard.explore.conftest import open_at, sampled

__all__ = ["open_at", "sampled"]


def _change(id: str, column: str, value: Any) -> dict[str, Any]:
    return {"rowId": id, "colId": column, "value": value, "data": {"id": "another"}}


def _plain(parts: Any) -> Any:
    """Components as a browser gets them."""
    return json.loads(json.dumps(parts, default=lambda part: part.to_plotly_json()))


def test_a_row_says_what_the_run_says(open_at, sampled: Path) -> None:
    context = open_at(sampled)
    row = rows.row_of(context, "good")
    assert row is not None
    run = RunFolder.open(sampled, "good")
    columns = snapshots.read(run).columns
    train, test = (float(columns[f"{side}_accuracy"][0]) for side in ("train", "test"))
    losses = float(columns["test_loss"][0] - columns["train_loss"][0])
    measured = [row[name] for name in ("train_accuracy", "test_accuracy", "gap_accuracy")]  # type: ignore[literal-required]
    np.testing.assert_allclose([*measured, row["gap_loss"]], [train, test, train - test, losses])
    assert row["snapshots"] == run.spec.snapshots
    assert row["size"] == sum(path.stat().st_size for path in run.path.rglob("*") if path.is_file())
    assert (row["regime"], row["data"], row["state"]) == ("Good", run.spec.data, "finished")
    assert row["sampled"]
    assert not row["live"]


def test_every_run_is_a_row_and_no_study_is(context: Context) -> None:
    listed = {row["id"]: row for row in rows.rows(context)}
    assert set(listed) == {"done", "begun", "broken"}
    assert listed["done"]["study"] == listed["begun"]["study"] == "both"
    assert listed["broken"]["state"] == "unreadable"
    assert listed["begun"]["test_accuracy"] is None
    assert rows.count(list(listed.values())) == "3 runs"
    assert rows.row_of(context, "both") is None
    assert rows.studies_of(context.board.entries())["done"] == ["both"]


def test_a_damaged_anchor_gives_no_scores(runs: Path) -> None:
    (runs / "done" / "anchor.safetensors").write_bytes(b"\xff" * 40)
    facts = run_facts.read(runs / "done")
    assert facts.train_accuracy is facts.gap_loss is None
    assert facts.size > 0
    assert run_facts.read(runs / "gone") == run_facts.RunFacts()


def test_an_unchanged_folder_sends_nothing_and_a_changed_one_all(context: Context) -> None:
    seen = rows.token(rows.rows(context))
    with pytest.raises(PreventUpdate):
        callbacks.follow(context, 1, None, seen)
    notes.write(context.runs / "done", label="First")
    context.board.entries(now=True)
    listed, counted, interval, now = callbacks.follow(context, 2, None, seen)
    assert next(row["label"] for row in listed if row["id"] == "done") == "First"
    assert counted == "3 runs"
    assert now != seen
    assert interval == page.every(listed) == page.IDLE
    assert page.every([{**listed[0], "live": True}]) == page.LIVE


def test_a_label_and_a_note_are_stored_as_they_are_typed(context: Context) -> None:
    typed = [_change("done", "label", " First  try "), _change("done", "note", "two\nlines")]
    _, update = callbacks.edit(context, typed)
    assert notes.read(context.runs / "done") == notes.Notes("First try", "two\nlines")
    (row, _) = update["update"]
    assert (row["id"], row["label"], row["note"]) == ("done", "First try", "two\nlines")
    callbacks.edit(context, [_change("done", "label", None)])
    assert notes.read(context.runs / "done").label == ""


def test_a_label_that_is_none_is_refused_and_the_stored_one_shown(context: Context) -> None:
    notes.write(context.runs / "done", label="First")
    told, update = callbacks.edit(context, [_change("done", "label", "x" * 200)])
    assert "at most 80 letters" in json.dumps(told)
    assert update["update"][0]["label"] == "First"


@pytest.mark.parametrize("id", ["../begun", "gone", "both", "/etc"])
def test_only_a_run_of_the_folder_is_labelled(context: Context, id: str) -> None:
    told, update = callbacks.edit(context, [_change(id, "label", "x")])
    assert "Not done" in json.dumps(told)
    assert update["update"] == []
    assert list(context.runs.parent.rglob(notes.NAME)) == []


@pytest.mark.parametrize(
    "changes",
    [None, [], [1], [_change("done", "id", "x")], [_change("done", "label", 5)]],
)
def test_nothing_else_of_a_run_is_edited(context: Context, changes: Any) -> None:
    with pytest.raises(PreventUpdate):
        callbacks.edit(context, changes)


def test_a_run_in_a_locked_folder_says_why_and_is_not_editable(
    context: Context, monkeypatch
) -> None:
    monkeypatch.setattr(notes, "locked", lambda path: "The folder of the run is read-only.")
    assert {row["locked"] for row in rows.rows(context)} == {"The folder of the run is read-only."}
    drawn = json.dumps(_plain(page.layout(context, {})))
    assert "cannot be changed: The folder of the run is read-only." in drawn
    edited = [column for column in page.columns() if "editable" in column]
    assert [column["field"] for column in edited] == ["label", "note"]
    assert all("lsUnlocked" in column["editable"]["function"] for column in edited)


def test_a_foreign_file_of_notes_is_said(context: Context) -> None:
    (context.runs / "done" / notes.NAME).write_text("<b>label</b>")
    context.board.entries(now=True)
    row = rows.row_of(context, "done")
    assert row is not None
    assert row["label"] == ""
    assert "notes.json is ignored" in row["ignored"]


def test_export_links_each_ticked_run(context: Context) -> None:
    opened, dialog = callbacks.export(context, 1, ["done", "../etc"])
    nodes = components(_plain(dialog))
    links = [node["props"]["href"] for node in nodes if node["type"] == "A"]
    assert opened
    assert links == ["/archive/done.tar", "/archive/done.tar?data=1"]
    with pytest.raises(PreventUpdate):
        callbacks.export(context, None, ["done"])


def test_text_of_a_stranger_stays_text(context: Context) -> None:
    notes.write(context.runs / "done", label="<img src=x onerror=alert(1)>", note="<script>")
    context.board.entries(now=True)
    drawn = json.dumps(_plain(page.layout(context, {})))
    assert "<img src=x" in drawn
    assert "dangerously" not in drawn


def test_no_column_has_text_that_would_be_compiled() -> None:
    """AG Grid compiles a text that stands in these places, which the page's policy forbids."""
    compiled = ("valueGetter", "valueSetter", "valueFormatter", "comparator", "cellStyle")
    for column in page.columns():
        assert not [name for name in compiled if isinstance(column.get(name), str)], column


def test_a_thousand_runs_are_read_once(tmp_path: Path, monkeypatch) -> None:
    for number in range(40):
        RunFolder.create(tmp_path, f"run-{number}", parse(RunSpec, {**TINY, "seed": number}))
    context = Context(tmp_path, None, Board(tmp_path))  # type: ignore[arg-type]
    first = rows.rows(context)
    opened: list[Path] = []
    real = run_facts._read
    monkeypatch.setattr(run_facts, "_read", lambda path: opened.append(path) or real(path))
    assert rows.rows(context) == first
    assert opened == []
    with RunFolder.open(tmp_path, "run-7").lock():
        RunFolder.open(tmp_path, "run-7").commit("anchor", "anchor.safetensors", {"a": np.ones(1)})
    context.board.entries(now=True)
    rows.rows(context)
    assert opened == [tmp_path / "run-7"]
