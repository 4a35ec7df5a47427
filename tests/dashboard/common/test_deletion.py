"""Laws of deleting: what would be lost and missed is said before, what a job works on stays and is
named, and no path of the browser is followed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.common import deletion, ids
from landscape_app.dashboard.common.context import Context
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import TINY, Page


def _yes(page: Page, names: Any, pathname: str = "/runs") -> dict[str, Any]:
    """The answer once a person has said yes to deleting `names`."""
    values = {
        f"{ids.DELETE_YES}.n_clicks": 1,
        f"{ids.DELETE_NAMES}.data": names,
        f"{ids.LOCATION}.pathname": pathname,
    }
    answer = page.call(f"{ids.DELETED}.data", values)
    return answer.get_json()["response"] if answer.status_code == 200 else {}


def _words(context: Context, *names: str) -> str:
    return " ".join(part.children for part in deletion.question(context, names))


def test_the_question_says_what_goes_what_stays_and_what_misses_it(context: Context) -> None:
    assert _words(context, "done") == (
        "done and all its snapshots are deleted. both compares it and will lack it."
    )
    assert "Its runs stay" in _words(context, "both")
    assert _words(context, "gone") == "gone was already deleted."
    with RunFolder.open(context.runs, "done").lock():
        context.board.entries(now=True)
        words = _words(context, "done", "begun")
    assert "begun and all its snapshots are deleted." in words
    assert "done stays, because a job is at work" in words


def test_many_names_are_counted() -> None:
    assert deletion.listed(["a", "b"]) == "a, b"
    assert deletion.listed([f"r{number}" for number in range(1200)]).startswith("1,200: r0, r1, ")
    assert deletion.listed([f"r{number}" for number in range(1200)]).endswith("and 1,194 more")


@pytest.mark.parametrize(("pathname", "goes"), [("/jobs", True), ("/runs", False)])
def test_several_are_deleted_at_once(page: Page, runs: Path, pathname: str, goes: bool) -> None:
    answer = _yes(page, ["begun", "both"], pathname)
    assert "begun, both were deleted." in json.dumps(answer)
    assert (ids.LOCATION in answer) is goes
    assert not (runs / "begun").exists()
    assert (runs / "done").exists()


def test_what_a_job_works_on_stays_and_is_named(page: Page, runs: Path) -> None:
    RunFolder.create(runs, "busy", parse(RunSpec, TINY))
    with RunFolder.open(runs, "busy").lock():
        answer = json.dumps(_yes(page, ["busy", "begun"]))
    assert "begun was deleted." in answer
    assert "'busy' is in use by process" in answer
    assert (runs / "busy").exists()


@pytest.mark.parametrize("names", ["begun", {"begun": 1}, [1], [], None, ["x"] * 6000])
def test_nothing_is_deleted_that_is_no_list_of_names(page: Page, runs: Path, names: Any) -> None:
    there = sorted(path.name for path in runs.iterdir())
    _yes(page, names)
    assert sorted(path.name for path in runs.iterdir()) == there


def test_no_path_is_followed(page: Page, runs: Path) -> None:
    (runs.parent / "other").mkdir()
    assert "Not done" in json.dumps(_yes(page, ["../other", "../../etc"]))
    assert (runs.parent / "other").is_dir()
