"""Laws of cancelling: within three seconds, once, whatever the job does (J3); and nobody but the
job is ever signalled (J7).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from landscape_app.errors import RunLockedError
from landscape_app.jobs import cancel as cancelling
from landscape_app.jobs import status
from landscape_app.jobs.cancel import cancel
from landscape_app.jobs.state import state
from landscape_app.store import lock
from landscape_app.store.run import RunFolder
from tests.jobs import racer
from tests.jobs.conftest import until
from tests.patience import patience
from tests.store import children

pytestmark = pytest.mark.slow

RACES = 100


@pytest.mark.parametrize(
    "work",
    [("steps", 600, 0.1), ("stubborn",), ("deaf",)],
    ids=["willing", "in a long step", "deaf"],
)
def test_a_cancelled_job_has_stopped_within_three_seconds(work, jobs):
    folder = jobs.working(*work, phase=work != ("deaf",))
    pid, asked = state(folder).pid, time.monotonic()
    assert cancel(folder)
    end = jobs.ended(folder)
    assert time.monotonic() - asked < patience(3)
    assert (end.state, end.traceback) == ("cancelled", "")
    assert end.message == ("Stopped in the middle of a step." if work[0] == "stubborn" else "")
    until(lambda: not os.path.exists(f"/proc/{pid}"))  # noqa: PTH110
    if work[0] == "deaf":
        assert jobs.ended(jobs.start(folder, "steps", 20, 0.04)).state == "finished", (
            "an old request is no business of a new job"
        )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_a_cancel(number, jobs):
    folder = jobs.working("steps", 600, 0.1)
    os.kill(state(folder).pid, number)
    assert jobs.ended(folder).state == "cancelled"


def test_a_signal_stops_the_command_lines_own_process_in_a_long_call_too(jobs):
    folder = jobs.working("in_a_long_call")
    asked = time.monotonic()
    os.kill(state(folder).pid, signal.SIGTERM)
    end = jobs.ended(folder)
    assert time.monotonic() - asked < patience(3)
    assert (end.state, end.message) == ("cancelled", "Stopped in the middle of a step.")


def test_a_job_that_waits_for_its_slot_is_cancelled_too_and_never_runs(jobs):
    first = jobs.working("steps", 600, 0.1, id="first")
    second = jobs.start(jobs.run("second"), "steps", 1, 0)
    until(lambda: state(second).state == "queued" and state(second).phase == "")
    assert cancel(second)
    end = jobs.ended(second)
    assert (end.state, end.phases) == ("cancelled", [])
    assert state(first).state == "running"


def test_a_cancel_that_races_with_completion_ends_in_one_of_both_and_stays_there(tmp_path):
    """Each round a job of one step; the cancel comes around its end. What was said last must fit
    what was done, and not change.
    """
    ends, runs = [], tmp_path
    folder = RunFolder.create(runs, "run", racer.spec()).path
    for number in range(RACES):
        mine, its = children.context().Pipe()
        process = children.context().Process(
            target=racer.work, args=(str(folder), its), daemon=True
        )
        process.start()
        its.close()
        assert mine.recv() == "begun"
        time.sleep(0.04 * number / RACES)
        asked = cancel(folder)
        process.join()
        try:
            done = mine.recv() == "done"
        except EOFError:
            done = False
        end = json.loads((folder / status.NAME).read_text())
        assert end["state"] == state(folder).state
        assert end["state"] in (["finished"] if done and not asked else ["finished", "cancelled"])
        assert done or end["state"] == "cancelled"
        ends.append(end["state"])
        time.sleep(0.005)
        assert json.loads((folder / status.NAME).read_text()) == end
        assert lock.holder(folder / lock.NAME) is None
    assert set(ends) == {"finished", "cancelled"}, "the race was one"


def test_nobody_is_signalled_for_a_pid_in_an_old_status(jobs):
    folder = jobs.run()
    with subprocess.Popen(["sleep", "60"]) as bystander:
        said = {
            "state": "running",
            "pid": bystander.pid,
            "queued": 1.0,
            "updated": time.time(),
            "phase": "sampling",
        }
        status.write(folder, said)
        assert state(folder).state == "interrupted"
        assert cancel(folder) is False
        assert not cancelling._signal(folder, bystander.pid, signal.SIGKILL)
        hold = (
            "import sys; from pathlib import Path; from landscape_app.store.run import RunFolder; p"
            " = Path(sys.argv[1])\nwith RunFolder.open(p.parent, p.name).lock(): print('held',"
            " flush=True); sys.stdin.read()"
        )
        notebook = subprocess.Popen(
            [sys.executable, "-c", hold, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        with notebook:
            assert notebook.stdout.readline() == b"held\n"
            assert state(folder).pid == notebook.pid
            with pytest.raises(RunLockedError, match=f"process {notebook.pid}"):
                cancel(folder)
            for pid in (bystander.pid, notebook.pid):
                assert not cancelling._signal(folder, pid, signal.SIGKILL)
            cancelling._see_to_it(folder, bystander.pid)
            assert not (folder / status.CANCEL).exists()
            assert (bystander.poll(), notebook.poll()) == (None, None)
            notebook.stdin.close()
        bystander.kill()


def test_a_cancel_of_what_nobody_works_on_changes_nothing(jobs):
    folder = jobs.run()
    assert cancel(folder) is False
    assert state(folder).state == "idle"
    assert sorted(path.name for path in folder.iterdir()) == ["chunks", "spec.json"]
