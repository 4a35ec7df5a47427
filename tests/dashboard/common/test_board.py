"""Laws of the board: a run of objects that a person gave is told from one a job can make again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from landscape_app.dashboard.common.board import Board
from landscape_app.jobs.state import JobState
from landscape_app.settings import GIVEN, RunSpec, parse
from landscape_app.store.damage import Damage
from landscape_app.store.run import RunFolder
from landscape_app.store.standing import Standing


def test_a_run_of_given_objects_says_so(runs: Path) -> None:
    own = {"data": GIVEN, "network": GIVEN, "regime": GIVEN, "weight_decay": 0}
    RunFolder.create(runs, "mine", parse(RunSpec, {**own, "augmentation": False}))
    board = Board(runs)
    mine, done = board.find("mine"), board.find("done")
    assert mine is not None
    assert done is not None
    assert (mine.given, done.given) == (True, False)
    assert board.find("nowhere") is None


def test_what_is_damaged_of_a_sample_is_made_again_by_resume(runs: Path) -> None:
    done = Board(runs).find("done")
    assert done is not None
    states = {
        "whole": (done, False),
        "a file": (replace(done, damage=Damage(done.path, files=("chunks/0.safetensors",))), True),
        "a result": (replace(done, damage=Damage(done.path, results=("sublevel",))), False),
        "its first line": (replace(done, damage=Damage(done.path, lines=("prepared",))), False),
    }
    finished = JobState("finished")
    for what, (entry, broken) in states.items():
        assert entry.broken is broken, what
        assert replace(entry, job=finished).resumable is broken, what
        assert (replace(entry, job=finished).going_on == "Resume") or not broken


def test_a_study_that_came_without_its_runs_is_told_and_not_resumed(runs: Path) -> None:
    done = Board(runs).find("done")
    assert done is not None
    stopped = replace(done, job=JobState("cancelled"))
    assert (stopped.results_only, stopped.resumable) == (False, True)
    results = replace(stopped, standing=Standing("results", kind="study"))
    assert (results.results_only, results.resumable) == (True, False)
