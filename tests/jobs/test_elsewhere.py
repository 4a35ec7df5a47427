"""Laws of a job on another machine: it is judged by its last sign of life, its run is its own until
that is a minute old, it hears a cancel, and no process of this machine is signalled for it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from landscape_app.errors import Cancelled, RunLockedError
from landscape_app.jobs import cancel as cancelling
from landscape_app.jobs import status
from landscape_app.jobs.cancel import cancel
from landscape_app.jobs.process import launch
from landscape_app.jobs.session import session
from landscape_app.jobs.state import state
from landscape_app.store import catalogue, lock, lock_word
from landscape_app.store.garbage import garbage
from landscape_app.store.run import RunFolder
from tests.jobs.elsewhere import HOST, at_work
from tests.patience import until
from tests.store import samples


@pytest.fixture
def folder(tmp_path):
    return samples.full_run(tmp_path).path


@pytest.mark.parametrize("word", ["running", "queued"])
def test_it_is_judged_by_its_last_sign_of_life(word, folder):
    at_work(folder, silent=lock_word.SILENT - 20, state=word)
    there = state(folder)
    assert (there.state, there.host, there.pid, there.phase) == (word, HOST, None, "sampling")
    assert there.words == f"sampling {word} on {HOST}"
    at_work(folder, silent=lock_word.SILENT + 2, state=word)
    gone = state(folder)
    assert gone.state == "interrupted"
    assert HOST in gone.message


def test_its_run_is_its_own_until_it_is_silent_for_a_minute(folder):
    runs = folder.parent
    (folder / ".status.json.1-00000000.tmp").write_text("")
    os.utime(folder / ".status.json.1-00000000.tmp", (1, 1))
    at_work(folder)
    with pytest.raises(RunLockedError, match=f"a job on {HOST}"), session(folder):
        pytest.fail("two jobs on one run")
    with pytest.raises(RunLockedError, match=HOST):
        catalogue.delete(runs, folder.name)
    with pytest.raises(RunLockedError, match=HOST):
        launch(folder, ["no", "matter"])
    assert garbage(runs) == []
    at_work(folder, silent=lock_word.SILENT + 2)
    assert garbage(runs) != []
    with session(folder):
        assert lock.word_of(folder / lock.NAME).host == lock_word.this_host()
        assert state(folder).host == lock_word.this_host()
    assert lock.word_of(folder / lock.NAME) is None, "nobody waits for who has let go"
    catalogue.delete(runs, folder.name)


@pytest.mark.parametrize(
    "text", ["", "[", "5", '{"host": 5}', '{"host": "a\\nb", "pid": 1, "token": "x"}', "[" * 400]
)
def test_a_lock_that_says_nothing_of_sense_is_free(text, folder):
    (folder / lock.NAME).write_text(text)
    assert lock.holder(folder / lock.NAME) is None
    with RunFolder.open(folder.parent, folder.name).lock():
        pass


@pytest.mark.slow
def test_a_cancel_reaches_it_and_signals_nobody(folder, monkeypatch):
    """The status names a process of this machine, which also holds the lock of the system."""
    take = "import sys, time; from pathlib import Path; from landscape_app.store import lock\n"
    take += "held = lock.take(Path(sys.argv[1])); print('held', flush=True); time.sleep(600)"
    command = [sys.executable, "-c", take, str(folder / lock.NAME)]
    bystander = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert bystander.stdout.readline() == "held\n"
        at_work(folder, pid=bystander.pid)
        monkeypatch.setattr(cancelling, "ASK", 0.3)
        assert cancel(folder)
        assert status.asked_at(folder) is not None
        time.sleep(1)
        assert bystander.poll() is None
        assert not cancelling._signal(folder, bystander.pid, signal.SIGTERM)
    finally:
        bystander.kill()
        bystander.wait()
        bystander.stdout.close()


def stopped(folder, first, then=lambda: None):
    """A session during which `first` makes it stop, and what comes `then`."""
    with session(folder) as progress:
        first()
        until(lambda: progress._asked.is_set())
        then()
        progress.check()


def test_a_cancel_is_heard_from_a_machine_whose_clock_is_late(folder):
    def asked_late():
        (folder / status.CANCEL).write_text(str(time.time_ns() - 10**12))

    with pytest.raises(Cancelled):
        stopped(folder, asked_late)
    (folder / status.CANCEL).write_text(str(time.time_ns() - 10**12))
    with session(folder) as progress:
        progress._listen()
        progress.check()


def test_a_job_that_was_silent_too_long_leaves_its_run_to_the_other(folder):
    """It was stopped, or its machine slept: another took the run over meanwhile."""

    def taken():
        theirs = {"host": HOST, "pid": 1, "token": "theirs"}
        (folder / lock.NAME).write_text(json.dumps(theirs))

    def at_work_there():
        (folder / status.NAME).write_text(json.dumps({"state": "running", "host": HOST}))

    with pytest.raises(Cancelled):
        stopped(folder, taken, at_work_there)
    assert status.read(folder).host == HOST, "nor does it write over what the other says"
    assert lock.word_of(folder / lock.NAME).host == HOST


def test_a_holder_gives_signs_of_life(folder, monkeypatch):
    monkeypatch.setattr(lock, "BEAT", 0.05)
    with RunFolder.open(folder.parent, folder.name).lock():
        os.utime(folder / lock.NAME, (1, 1))
        until(lambda: time.time() - (folder / lock.NAME).stat().st_mtime < lock_word.SILENT)
