"""What jobs are doing, as the page tells it: read once for everyone, put into words, acted upon."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.common import ids, job_parts, side_rail
from landscape_app.dashboard.common.board import FRESH, Board
from landscape_app.dashboard.common.job_parts import STATES
from landscape_app.dashboard.jobs import details, rows
from landscape_app.jobs.state import State, state
from landscape_app.settings import AnalysisSpec, CurvatureSpec, RunSpec, parse
from landscape_app.store import catalogue, derived
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.dashboard.conftest import TINY, Page

HOLD = (
    "import sys, time; from pathlib import Path; from landscape_app.store import lock\n"
    "held = lock.take(Path(sys.argv[1]) / lock.NAME); print('held', flush=True); time.sleep(60)"
)


def say(folder: Path, **status: Any) -> None:
    (folder / "status.json").write_text(
        json.dumps({"updated": time.time(), "queued": time.time() - 5, **status})
    )


def held(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds the folder's lock, as a job does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


def test_every_state_of_a_job_has_words() -> None:
    assert set(State.__args__) <= set(STATES)  # type: ignore[attr-defined]


def test_failed_checks_stand_beside_the_word_finished(runs: Path) -> None:
    board = Board(runs)
    assert board.find("done").failed == ()  # type: ignore[union-attr]
    bad = {"label": "Distances", "passed": False}
    derived.write(
        runs / "done", "checks", {}, {}, {"checks": [bad, {"label": "Jumps", "passed": True}]}, "x"
    )
    time.sleep(FRESH)
    entries = board.entries(now=True)
    listed = repr(rows.rows(entries, shown=None))
    panel, study = (repr(details.details(board, runs, id)) for id in ("done", "both"))
    for words in (listed, panel, study):
        assert "1 check failed: Distances" in words
    assert "/checks?runs=done" in panel
    assert "ls-badge-warn" in panel
    assert "1 with failed checks" in rows.count(entries)


def test_the_list_has_everything_with_its_state(runs: Path) -> None:
    entries = {entry.id: entry for entry in Board(runs).entries()}
    assert set(entries) == {"done", "begun", "both", "broken"}
    assert entries["done"].job.state == "finished"
    assert entries["begun"].resumable
    assert entries["both"].runs == ("done", "begun")
    assert entries["broken"].summary.problem
    assert not entries["broken"].resumable


def test_a_job_that_is_killed_is_shown_as_interrupted(runs: Path) -> None:
    board, folder = Board(runs), runs / "begun"
    process = held(folder)
    say(folder, state="running", pid=process.pid, phase="sampling", done=3, total=10)
    assert board.find("begun").job.state == "running"  # type: ignore[union-attr]
    process.kill()
    process.wait()
    time.sleep(FRESH + 0.05)
    entry = board.find("begun")
    assert entry is not None
    assert entry.job.state == "interrupted", "though no file has changed"
    assert entry.resumable


def test_a_crashed_job_on_a_sampled_run_is_told_apart_from_the_run(runs: Path) -> None:
    settings = CurvatureSpec().model_dump(mode="json")
    say(
        runs / "done",
        state="running",
        pid=1,
        command="curvature",
        settings=settings,
        queued=1.0,
        started=1.0,
        updated=2.0,
    )
    board = Board(runs)
    entry = board.find("done")
    assert entry is not None
    told = job_parts.meaning(entry)
    assert told.startswith(
        f"{entry.standing.words[:1].upper()}{entry.standing.words[1:]}. Last job: curvature"
        " interrupted. It ended without a message"
    )
    assert told.endswith("Again starts it from the beginning, with the same settings.")
    assert "Resume" not in told, "its button is called Again"
    assert "curvature interrupted" in repr(details.details(board, runs, "done"))
    (row,) = [row for row in map(repr, side_rail.strip_rows(board)) if "'done'" in row]
    assert f"curvature · run {entry.standing.words}" in row
    say(runs / "begun", state="running", pid=1, command="run", queued=1.0, started=1.0, updated=2.0)
    entry = board.find("begun") if time.sleep(FRESH) is None else None
    assert entry is not None
    assert job_parts.meaning(entry).endswith("Resume goes on from there.")


def test_a_study_that_was_imported_is_finished_where_it_is_compared(runs: Path) -> None:
    study = next(entry for entry in Board(runs).entries() if entry.id == "both")
    assert study.job.state == "idle"
    derived.write(study.path, "shared", {}, {}, {}, "x")
    assert state(study.path).state == "finished", (
        "no job was at work on it here, and all that one makes is there"
    )
    study = Board(runs).find("both")  # type: ignore[assignment]
    assert not study.resumable


def test_a_study_of_a_run_at_work_waits_and_its_row_offers_nothing(runs: Path) -> None:
    process = held(runs / "begun")
    try:
        say(runs / "begun", state="running", pid=process.pid)
        board = Board(runs)
        study = board.find("both")
        assert study is not None
        assert study.waits
        assert not study.resumable
        assert [entry.id for entry in side_rail.strip_entries(board)] == ["begun"]
    finally:
        process.kill()
        process.wait()


def test_what_came_or_went_is_seen_at_once(runs: Path) -> None:
    board = Board(runs)
    before = {entry.id for entry in board.entries()}
    RunFolder.create(runs, "fresh", parse(RunSpec, TINY))
    assert {entry.id for entry in board.entries(now=True)} == before | {"fresh"}
    catalogue.delete(runs, "fresh")
    assert {entry.id for entry in board.entries(now=True)} == before


def test_an_unchanged_reading_sends_nothing(page: Page) -> None:
    first = page.call(f"{ids.JOBS_LIST}.children", {})
    seen = first.get_json()["response"][ids.JOBS_SEEN]["data"]
    again = page.call(f"{ids.JOBS_LIST}.children", {f"{ids.JOBS_SEEN}.data": seen})
    assert (first.status_code, again.status_code) == (200, 204)
    other = page.call(
        f"{ids.JOBS_LIST}.children",
        {f"{ids.JOBS_SEEN}.data": seen, f"{ids.JOBS_LOCATION}.search": "?show=done"},
    )
    assert other.status_code == 200, "another panel is something else to show"


def test_a_step_of_a_job_draws_no_button_anew(page: Page, runs: Path) -> None:
    process = held(runs / "begun")
    state = {"state": "running", "pid": process.pid, "phase": "sampling", "total": 10}
    try:
        say(runs / "begun", **state, done=3)
        lists = {
            f"{ids.JOBS_LIST}.children": ids.JOBS_SEEN,
            f"{ids.STRIP}.children": ids.STRIP_SEEN,
        }
        for drawn, store in lists.items():
            first = page.call(drawn, {}).get_json()["response"]
            assert drawn.partition(".")[0] in first
            time.sleep(FRESH)
            say(runs / "begun", **state, done=4)
            seen = {f"{store}.data": first[store]["data"]}
            step = page.call(drawn, seen).get_json()["response"]
            assert set(step) == {store}, "the cells of the job alone, which this page does not have"
    finally:
        process.kill()
        process.wait()
    time.sleep(FRESH)
    answer = page.call(f"{ids.STRIP}.children", seen).get_json()["response"]
    assert ids.STRIP in answer, "a job that ended has another button"


@pytest.mark.slow
def test_a_thousand_runs_are_followed_in_a_moment(tmp_path: Path) -> None:
    content = {
        "schema": 1,
        "created": 1.0,
        "settings": parse(RunSpec, TINY).model_dump(mode="json"),
    }
    for number in range(1000):
        folder = tmp_path / f"run-{number:04d}"
        folder.mkdir()
        (folder / "spec.json").write_text(json.dumps(content | {"created": float(number)}))
    board = Board(tmp_path)
    begun = time.process_time()
    assert len(board.entries()) == 1000
    first = time.process_time() - begun
    board.entries(now=True)
    second = time.process_time() - begun - first
    assert second < first / 2, "a second look reads no settings again"


@pytest.mark.parametrize(
    ("chosen", "off", "words"),
    [([], True, "ticked"), (["done"], True, "ticked"),
    (["done", "begun"], True, "1 not yet sampled"), (["done", "gone"], True, "1 not yet"),
    (["a"] * 5, True, "ticked")],
)  # fmt: skip
def test_only_sampled_runs_are_compared(
    page: Page, chosen: list[str], off: bool, words: str
) -> None:
    answer = page.call(
        f"{ids.JOBS_COMPARE}.disabled", {f"{ids.JOBS_TICKED}.value": chosen}
    ).get_json()["response"][ids.JOBS_COMPARE]
    assert answer["disabled"] is off
    assert words in answer["children"]


def test_names_are_text(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path, "a", parse(RunSpec, TINY))
    say(
        run.path,
        state="failed",
        message="<script>alert(1)</script>",
        traceback="<img src=x onerror=alert(1)>",
        phase="<b>",
    )
    StudyFolder.create(tmp_path, "s", ["a"], AnalysisSpec())
    board = Board(tmp_path)
    drawn = json.dumps(
        [part.to_plotly_json() for part in side_rail.strip_rows(board)],
        default=lambda one: one.to_plotly_json(),
    )
    assert "Markdown" not in drawn
    assert "dangerously" not in drawn.lower()
    assert "failed" in drawn


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    board = Board(tmp_path)
    assert "New run makes one. Import reads one" in repr(rows.rows(board.entries(), shown=None))


def test_a_strip_shows_at_most_three(tmp_path: Path) -> None:
    for number in range(5):
        say(RunFolder.create(tmp_path, f"r{number}", parse(RunSpec, TINY)).path, state="cancelled")
    assert len(side_rail.strip_entries(Board(tmp_path))) == 3


def press(page: Page, action: str, id: str) -> Any:
    """The response to a click on a button of a row."""
    button = ids.action(action, id, "jobs")
    name = json.dumps(button, separators=(",", ":"), sort_keys=True) + ".n_clicks"
    callback = next(
        callback
        for callback in page.callbacks
        if f"{ids.request('row')}.data" in callback["output"]
    )
    body = page.body(callback, {f"{ids.NONCE}.data": "page"}, name)
    body["inputs"] = [[{"id": button, "property": "n_clicks", "value": 1}]]
    return page.client.post("/_dash-update-component", json=body).get_json()["response"]


def test_resume_asks_for_a_launch_and_cancel_says_what_it_does(page: Page) -> None:
    asked = press(page, "resume", "begun")[ids.request("row")]["data"]
    assert (asked["do"], asked["id"], asked["nonce"]) == ("resume", "begun", "page")
    assert "No job is running on begun" in json.dumps(press(page, "cancel", "begun"))
    assert "never-was is gone" in json.dumps(press(page, "cancel", "never-was"))


def test_cancel_reaches_the_job(page: Page, runs: Path) -> None:
    process = held(runs / "begun")
    try:
        say(runs / "begun", state="running", pid=process.pid)
        assert "next safe point" in json.dumps(press(page, "cancel", "begun"))
        assert (runs / "begun" / "cancel").exists()
    finally:
        process.kill()
        process.wait()
