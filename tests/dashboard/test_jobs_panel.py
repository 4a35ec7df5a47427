"""The panel of the Jobs page: one run or study in full, what can be done to it, and the question
before it is deleted.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

from landscape_app.dashboard.common import ids
from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.jobs import actions, details
from landscape_app.settings import RunSpec, differences, parse
from landscape_app.store import notes, signature
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import TINY, Page
from tests.dashboard.test_jobs_page import held, say


def panel(page: Page, id: str) -> str:
    """The panel of a run or study, as JSON."""
    answer = page.call(
        f"{ids.JOBS_DETAILS}.children", {f"{ids.JOBS_LOCATION}.search": f"?show={id}"}
    )
    return json.dumps(answer.get_json()["response"][ids.JOBS_DETAILS], ensure_ascii=False)


def test_the_panel_tells_phases_rate_and_what_is_left(page: Page, runs: Path) -> None:
    process = held(runs / "begun")
    try:
        now = {
            "phase": "sampling",
            "done": 40,
            "total": 100,
            "unit": "trajectory-epochs",
            "rate": 20.0,
            "started": time.time() - 9,
        }
        say(
            runs / "begun",
            state="running",
            pid=process.pid,
            phases=[{"name": "training", "seconds": 61.0}],
            **now,
        )
        (runs / "begun" / "log.txt").write_text("the last line\n")
        shown = panel(page, "begun")
    finally:
        process.kill()
        process.wait()
    assert all(
        part in shown
        for part in (
            "1 min 01 s",
            "40 of 100 trajectory-epochs",
            "20 trajectory-epochs/s",
            "3 s left",
            "40 %",
            "the last line",
        )
    )


def test_the_panel_shows_why_a_job_failed_as_text(page: Page, runs: Path) -> None:
    say(
        runs / "begun",
        state="failed",
        message="Training diverged: <b>nan</b>",
        traceback="Traceback …",
        phase="training",
    )
    shown = panel(page, "begun")
    assert "Error" in shown
    assert "<b>nan</b>" in shown
    assert "Traceback" in shown


def test_the_panel_of_a_study_lists_its_runs(page: Page) -> None:
    shown = panel(page, "both")
    assert "/jobs?show=done" in shown
    assert "finished" in shown


def test_a_question_stands_until_it_is_answered(page: Page) -> None:
    button = {"id": "done", "type": "ask-delete"}
    name = json.dumps(button, separators=(",", ":")) + ".n_clicks"
    asked = page.callback(f"{ids.DELETE_NAMES}.data")
    body = page.body(asked, {}, name)
    body["inputs"][0] = [{"id": button, "property": "n_clicks", "value": 1}]
    response = page.client.post("/_dash-update-component", json=body).get_json()["response"]
    assert response[ids.DELETE_ASK] == {"opened": True}
    assert response[ids.DELETE_NAMES] == {"data": ["done"]}
    assert "done and all its snapshots" in json.dumps(response[ids.DELETE_TEXT])
    no = page.call(
        f"{ids.DELETE_NAMES}.data", {f"{ids.DELETE_NO}.n_clicks": 1}, f"{ids.DELETE_NO}.n_clicks"
    )
    assert no.get_json()["response"][ids.DELETE_ASK] == {"opened": False}


def test_settings_are_told_by_what_differs_from_the_preset(runs: Path) -> None:
    board = Board(runs)
    done, both = board.find("done"), board.find("both")
    assert done is not None
    assert both is not None
    listed = repr(details.settings_list(done, runs)).partition("All settings")[0]
    changed = differences(parse(RunSpec, TINY), "quick")
    assert changed
    for name, field in RunSpec.model_fields.items():
        assert (f"Td(children={field.title!r}" in listed) is (name in changed), name
    assert details.settings_list(both, runs) is None


def test_a_run_that_names_code_of_a_stranger_is_not_resumed_with_a_click(runs: Path) -> None:
    own = {**TINY, "network": "code:make", "regime": "poor"}
    mine = RunFolder.create(runs, "mine", parse(RunSpec, own))
    board = Board(runs)
    entry = board.find("mine")
    assert entry is not None
    assert actions.untrusted(entry, runs) == "", "it was made here"
    assert "'action': 'resume'" in repr(details.details(board, runs, "mine"))
    (mine.path / signature.FILE).unlink()
    assert "import 'code:make'" in actions.untrusted(entry, runs)
    panel = repr(details.details(board, runs, "mine"))
    assert "import 'code:make'" in panel
    assert "'action': 'resume'" not in panel


def test_a_label_stands_beside_its_id(page: Page, runs: Path) -> None:
    notes.write(runs / "done", label="Wide network")
    for id in ("done", "both"):  # the run, and the study that lists it
        assert '"title": "Wide network · done"' in panel(page, id)


def test_time_and_progress_go_on_after_a_resume(page: Page, runs: Path) -> None:
    process = held(runs / "begun")
    try:
        now = {"phase": "sampling", "done": 70, "total": 100, "unit": "trajectory-epochs"}
        say(
            runs / "begun",
            state="running",
            pid=process.pid,
            before=120.0,
            started=time.time() - 9,
            **now,
        )
        shown = panel(page, "begun")
    finally:
        process.kill()
        process.wait()
    assert re.search(r"Phases · 2 min (09|1\d) s in all", shown)
    assert '"before it was resumed"' in shown
    assert "2 min 00 s" in shown
    assert "70 of 100 trajectory-epochs" in shown
