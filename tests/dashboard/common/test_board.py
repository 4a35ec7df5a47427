"""Laws of the board: a run of objects that a person gave is told from one a job can make again."""

from __future__ import annotations

from pathlib import Path

from landscape_app.dashboard.common.board import Board
from landscape_app.settings import GIVEN, RunSpec, parse
from landscape_app.store.run import RunFolder


def test_a_run_of_given_objects_says_so(runs: Path) -> None:
    own = {"data": GIVEN, "network": GIVEN, "regime": GIVEN, "weight_decay": 0}
    RunFolder.create(runs, "mine", parse(RunSpec, {**own, "augmentation": False}))
    board = Board(runs)
    mine, done = board.find("mine"), board.find("done")
    assert mine is not None
    assert done is not None
    assert (mine.given, done.given) == (True, False)
    assert board.find("nowhere") is None
