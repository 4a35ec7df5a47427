"""Laws of a session and of the state that is told from its folder: a closed list, one last word,
and true figures.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time

import pytest

from landscape_app.errors import Cancelled, RunLockedError
from landscape_app.jobs import state as states
from landscape_app.jobs import status
from landscape_app.jobs.cancel import cancel
from landscape_app.jobs.process import _order
from landscape_app.jobs.request import JobRequest
from landscape_app.jobs.session import session
from landscape_app.jobs.state import log_tail, state
from landscape_app.settings import AnalysisSpec
from landscape_app.store import files
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.jobs.conftest import until


def test_phases_steps_rate_and_the_time_left_are_those_of_the_work(jobs):
    folder = jobs.run()
    with session(folder) as progress:
        assert state(folder).state == "running"
        progress.phase("training", 4, "epochs")
        for _ in range(4):
            progress.advance()
        progress.phase("sampling", 100, "snapshots")
        for _ in range(20):
            time.sleep(0.05)
            progress.advance(2)
        now = until(lambda: (seen := state(folder)).done == 40 and seen.rate and seen)
        assert (now.phase, now.total, now.unit) == ("sampling", 100, "snapshots")
        assert [(phase["name"], phase["done"], phase["unit"]) for phase in now.phases] == [
            ("training", 4, "epochs")
        ]
        # 40 a second, told by a clock that was read a little earlier or later
        assert 20 < now.rate < 50
        assert now.eta == pytest.approx(60 / now.rate, abs=1.5)
        assert 1 < now.elapsed < 10
    end = state(folder)
    assert (end.state, end.eta, end.pid) == ("finished", None, None)
    assert [phase["name"] for phase in end.phases] == ["training", "sampling"]
    assert 1 < end.phases[1]["seconds"] < end.elapsed + 0.01


def test_only_one_session_at_a_time_and_the_loser_leaves_no_trace(jobs):
    folder = jobs.run()
    with session(folder):
        before = json.loads((folder / status.NAME).read_text())
        with pytest.raises(RunLockedError), session(folder):
            pytest.fail("two sessions")
        assert json.loads((folder / status.NAME).read_text())["queued"] == before["queued"]
        assert state(folder).state == "running"
    assert state(folder).state == "finished"


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ValueError("bad"), "failed"),
        (Cancelled(), "cancelled"),
        (KeyboardInterrupt(), "cancelled"),
        (SystemExit(2), "failed"),
    ],
)
def test_whatever_ends_the_block_is_the_last_word(error, word, jobs):
    folder = jobs.run()

    def work():
        with session(folder) as progress:
            progress.phase("training", 3)
            raise error

    with pytest.raises(type(error)):
        work()
    end = state(folder)
    assert end.state == word
    assert bool(end.traceback) == (word == "failed")


@pytest.mark.parametrize("asked", ["study", "member"])
def test_a_cancel_of_a_study_or_of_its_run_ends_both(asked, jobs):
    run = jobs.run()
    study = StudyFolder.create(jobs.runs, "study", ["run"], AnalysisSpec()).path

    def work():
        with session(study) as outer, session(run, slot=False) as inner:
            outer.phase("sampling", 1000)
            assert cancel({"study": study, "member": run}[asked])
            for _ in range(400):
                time.sleep(0.01)
                outer.advance()
                inner.advance()

    with pytest.raises(Cancelled):
        work()
    assert (state(study).state, state(run).state) == ("cancelled", "cancelled")
    assert not (study / status.CANCEL).exists()
    assert not (run / status.CANCEL).exists()


def test_a_last_word_cannot_be_taken_back(jobs):
    folder = jobs.run()
    with contextlib.suppress(Cancelled), session(folder) as progress:
        assert progress.end("finished")
        assert not progress.end("cancelled")
        progress.ask()
        progress.check()
    assert state(folder).state == "finished"


def test_a_session_in_another_thread_leaves_signals_alone_and_waits_for_the_slot(jobs):
    first, second, order = jobs.run("first"), jobs.run("second"), []

    def work():
        with session(second):
            order.append("second")

    with session(first):
        other = threading.Thread(target=work)
        other.start()
        until(lambda: state(second).state == "queued")
        time.sleep(0.3)
        order.append("first")
    other.join()
    assert order == ["first", "second"]
    assert state(second).state == "finished"


def said(**changes):
    return {
        "state": "running",
        "queued": 100.0,
        "started": 101.0,
        "updated": time.time(),
        "phase": "x",
        "done": 1,
        "total": 3,
    } | changes


@pytest.mark.parametrize(
    ("last", "journal", "word"),
    [
        (None, [], "idle"),
        (None, ["prepared"], "interrupted"),
        (said(), [], "interrupted"),
        (said(state="queued"), ["prepared"], "interrupted"),
        (said(state="cancelled"), ["prepared"], "cancelled"),
        (said(state="failed", message="no"), [], "failed"),
        (said(state="finished"), [], "finished"),
        (said(), ["prepared", "finished"], "interrupted"),
        (said(state="failed", message="no"), ["finished"], "failed"),
        (None, ["finished"], "finished"),
    ],
)
def test_with_a_free_lock_the_journal_and_the_last_word_tell_the_state(last, journal, word, jobs):
    folder = jobs.run()
    run = RunFolder.open(jobs.runs, "run")
    for kind in journal:
        run.mark(kind)
    if last is not None:
        status.write(folder, last | {"pid": 1})
    found = state(folder)
    assert (found.state, found.pid, found.eta) == (word, None, None)
    assert found.message == (last or {}).get("message", "")


def test_with_a_held_lock_the_heartbeat_tells_running_from_stalled(jobs):
    folder = jobs.run()
    with RunFolder.open(jobs.runs, "run").lock():
        assert state(folder).state == "running", "a script that calls the library"
        for changes, word in (
            ({}, "running"),
            ({"state": "queued"}, "queued"),
            ({"updated": time.time() - states.SILENT - 1}, "stalled"),
            ({"state": "queued", "updated": time.time() - states.SILENT - 1}, "stalled"),
            ({"state": "finished", "updated": 1.0}, "finished"),
            ({"pid": 1, "state": "failed"}, "running"),
        ):
            status.write(folder, said(pid=states.os.getpid()) | changes)
            assert state(folder).state == word, changes


def test_a_last_word_said_between_the_two_looks_is_heard(jobs, monkeypatch):
    folder, holder = jobs.run(), states.lock.holder
    status.write(folder, said(pid=1))

    def ends_meanwhile(path):
        status.write(folder, said(pid=1, state="finished"))
        return holder(path)

    monkeypatch.setattr(states.lock, "holder", ends_meanwhile)
    assert state(folder).state == "finished"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_status_that_cannot_be_read_is_none(content, jobs):
    folder = jobs.run()
    (folder / status.NAME).write_bytes(content)
    assert state(folder).state == "idle"


def test_the_tail_of_the_log_is_its_last_lines_however_long_it_is(tmp_path):
    assert log_tail(tmp_path) == ""
    (tmp_path / status.LOG).write_bytes(
        b"\xff begins\n" + b"".join(b"line %d\n" % i for i in range(20_000))
    )
    assert log_tail(tmp_path, 2) == "line 19998\nline 19999"
    assert len(log_tail(tmp_path, 100_000)) <= states.TAIL


def test_on_a_full_disk_the_last_word_takes_the_place_of_the_one_before(jobs, monkeypatch):
    folder = jobs.run()
    status.write(folder, said(pid=1, message="x" * 500))

    def full(handle, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_all", full)  # of a new file
    with pytest.raises(OSError, match="No space"):
        status.write(folder, said())
    status.write_last(folder, said(pid=1, state="failed", message="disk full"))
    assert (state(folder).state, state(folder).message) == ("failed", "disk full")


def _worked(folder, seconds, *, state="cancelled", command="run", before=0.0):
    """The status of a job that worked `seconds` and came to no end."""
    now = time.time()
    told = {"state": state, "command": command, "before": before, "queued": now - seconds}
    status.write(folder, {**told, "started": now - seconds, "updated": now})


def test_the_time_of_a_resumed_job_goes_on(jobs):
    folder = jobs.run()
    _worked(folder, 100.0)
    assert state(folder).elapsed == pytest.approx(100, abs=1)
    with session(folder, asked=JobRequest("run")):
        assert 100 <= state(folder).elapsed < 110
        assert state(folder).before == pytest.approx(100, abs=1)
    _worked(folder, 20.0, before=100.0, state="running")  # it was killed
    assert state(folder).elapsed == pytest.approx(120, abs=1)
    assert status.spent(folder, "run") == pytest.approx(120, abs=1)
    order = _order(folder, [], JobRequest("run"))["text"]
    status.write(folder, order)  # as the launch leaves it, before the job says its first word
    with session(folder, asked=JobRequest("run")):
        assert 120 <= state(folder).elapsed < 130


@pytest.mark.parametrize("last", [{"state": "finished"}, {"command": "curvature"}])
def test_another_job_and_one_after_the_end_begin_at_nothing(jobs, last):
    folder = jobs.run()
    _worked(folder, 100.0, **last)
    with session(folder, asked=JobRequest("run")):
        assert state(folder).elapsed < 10
        assert state(folder).before == 0


@pytest.mark.parametrize("before", [-5, "long", None, float("inf"), 1e300, True])
def test_a_time_that_is_none_counts_as_nothing(jobs, before):
    folder = jobs.run()
    _worked(folder, 3.0, before=before)
    assert status.spent(folder, "run") == pytest.approx(3, abs=1)


def test_steps_of_an_earlier_job_are_no_part_of_the_rate(jobs):
    folder = jobs.run()
    with session(folder) as progress:
        progress.phase("sampling", 1000, "snapshots")
        progress.skip(900)
        for _ in range(20):
            time.sleep(0.05)
            progress.advance(1)
        now = until(lambda: (seen := state(folder)).done == 920 and seen.rate and seen)
        assert now.rate < 40
        assert now.eta == pytest.approx(80 / now.rate, abs=1.5)
