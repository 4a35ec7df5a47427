"""Laws of the commands jobs and cancel: they say and end what is at work, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landscape_app.cli.main import main
from landscape_app.jobs.state import state
from tests.jobs.conftest import until

pytestmark = pytest.mark.slow


def printed(capsys: Any, *words: str, code: int = 0) -> tuple[str, str]:
    """(standard output, standard error) of a command that ends with `code`."""
    capsys.readouterr()
    assert main([*words]) == code
    return tuple(capsys.readouterr())


def test_jobs_lists_what_is_at_work_and_what_waits(jobs: Any, capsys: Any) -> None:
    runs = ("--runs", str(jobs.runs))
    jobs.run("idle")
    assert "No job is at work" in printed(capsys, "jobs", *runs)[0]
    assert "No job in" in printed(capsys, "jobs", "--all", *runs)[0]
    jobs.working("steps", 600, 0.1, id="first")
    second = jobs.start(jobs.run("second"), "steps", 1, 0)
    until(lambda: state(second).state == "queued")
    rows = json.loads(printed(capsys, "jobs", "--json", *runs)[0])
    assert {(row["id"], row["state"]) for row in rows} == {
        ("first", "running"),
        ("second", "queued"),
    }
    lines = printed(capsys, "jobs", *runs)[0].splitlines()
    assert lines[0].split()[:4] == ["id", "kind", "job", "state"]
    running = next(line for line in lines if line.startswith("first"))
    assert "running" in running
    assert "of 600" in running


def test_cancel_returns_when_the_job_has_stopped(jobs: Any, capsys: Any) -> None:
    runs = ("--runs", str(jobs.runs))
    folder = jobs.working("deaf", phase=False)
    text = printed(capsys, "cancel", "run", *runs)[0]
    assert state(folder).state == "cancelled"
    assert "run: cancelled" in text
    assert f"landscape resume run --runs {jobs.runs}" in text
    assert "No job is at work on 'run'" in printed(capsys, "cancel", "run", *runs, code=2)[1]
    assert "no run or study" in printed(capsys, "cancel", "nobody", *runs, code=2)[1]
    assert printed(capsys, "jobs", *runs)[0].startswith("No job is at work")


def test_ended_jobs_are_listed_where_all_are_asked_for(jobs: Any, capsys: Any) -> None:
    runs = ("--runs", str(jobs.runs))
    jobs.ended(jobs.start(jobs.run(), "steps", 20, 0.01))
    rows = json.loads(printed(capsys, "jobs", "--all", "--json", *runs)[0])
    assert [(row["id"], row["state"]) for row in rows] == [("run", "finished")]
    assert printed(capsys, "jobs", *runs)[0].startswith("No job is at work")
