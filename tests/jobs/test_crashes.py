"""Law of crashes (J5): whatever ends a job on a sampled run is shown as that, and the run is as
usable as before.
"""

from __future__ import annotations

import os
import signal
import time

import pytest

from landscape_app.dashboard.common import side_rail
from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.jobs import details, rows
from landscape_app.jobs.process import launch
from landscape_app.jobs.state import log_tail, state
from landscape_app.store import derived, lock
from landscape_app.store.run import RunFolder
from tests.jobs.conftest import WORKER, until
from tests.store import samples

SAID = {
    ("exiting", "0"): ("failed", "ended the program (SystemExit: 0)"),
    ("exiting", "3"): ("failed", "ended the program (SystemExit: 3)"),
    ("leaving",): ("interrupted", "exit code 0 and without a final status"),
    ("crashing",): ("interrupted", "ended by SIGSEGV"),
    ("out_of_memory",): ("failed", "MemoryError"),
    ("on_a_full_disk",): ("failed", "No space left on device"),
    ("done_but_for_the_last_word",): ("interrupted", "Killed (SIGKILL)"),
    ("failing",): ("failed", "the loss is"),
    ("nowhere",): ("interrupted", "exit code 1 and without a final status"),  # before its first
}


@pytest.fixture
def sampled(jobs):
    """A run that is sampled to its end and analysed."""
    run = samples.full_run(jobs.runs)
    jobs._folders.append(run.path)
    for name in ("embedding", "measures"):
        derived.write(run.path, name, {}, {}, {"measures": []}, run.digest())
    return run.path


@pytest.mark.slow
@pytest.mark.parametrize("work", SAID, ids="-".join)
def test_a_crash_on_a_sampled_run_is_shown_as_a_crash_and_the_run_stays_usable(work, jobs, sampled):
    word, message = SAID[work]
    launch(sampled, [str(sampled), *work], module=WORKER) if work != ("nowhere",) else launch(
        sampled, ["curvature"], module="tests.nowhere"
    )
    jobs.ended(sampled)
    until(lambda: state(sampled).message)  # who saw it end says so a moment later
    end = state(sampled)
    assert end.state == word
    assert message in end.message
    assert bool(end.traceback) == (word == "failed" and work != ("on_a_full_disk",)) or work == (
        "on_a_full_disk",
    )
    board = Board(jobs.runs)
    entry = board.find("run")
    assert (entry.standing.state, entry.sampled, entry.resumable) == ("analysed", True, True)
    listed = repr(rows.rows([entry], shown=None))
    for said in (
        listed,
        repr(details.details(board, jobs.runs, "run")),
        repr(side_rail.strip_rows(board)),
    ):
        assert word in said or message in said
    assert "Compare run" in listed
    assert "/?runs=run" in listed
    assert "analysed" in listed
    if work == ("crashing",):
        assert "Segmentation fault" in log_tail(sampled)


@pytest.mark.slow
def test_a_job_that_dies_in_the_queue_and_the_one_after_it_are_told_apart(jobs, sampled):
    first = jobs.working("steps", 600, 0.1, id="first")
    launch(sampled, [str(sampled), "done_but_for_the_last_word"], module=WORKER)
    until(lambda: state(sampled).state == "queued" and state(sampled).command == "verify")
    os.killpg(state(sampled).pid, signal.SIGKILL)
    end = jobs.ended(sampled)
    assert (end.state, end.command, end.phase) == ("interrupted", "verify", "")
    os.kill(state(first).pid, signal.SIGKILL)
    jobs.ended(first)
    launch(sampled, [str(sampled), "steps", "1", "0"], module=WORKER)
    assert jobs.ended(sampled).state == "finished", (
        "the second job's word takes the place of the first's"
    )
    assert RunFolder.open(jobs.runs, "run").finished


@pytest.mark.slow
def test_a_job_that_hangs_on_a_sampled_run_is_stalled(jobs, sampled, monkeypatch):
    launch(sampled, [str(sampled), "steps", "600", "0.1"], module=WORKER)
    until(lambda: state(sampled).phase == "sampling")
    os.kill(state(sampled).pid, signal.SIGSTOP)
    monkeypatch.setattr("landscape_app.jobs.state.SILENT", 0.3)
    until(lambda: state(sampled).state == "stalled")
    assert lock.holder(sampled / lock.NAME) == state(sampled).pid
    time.sleep(0.01)
    os.kill(state(sampled).pid, signal.SIGKILL)
    assert jobs.ended(sampled).state == "interrupted"
