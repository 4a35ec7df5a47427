"""Stopping a job: a file asks it to stop. If it does not react, the holder of the lock gets a
signal.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from landscape_app.errors import RunLockedError
from landscape_app.jobs import status
from landscape_app.store import lock, lock_word
from landscape_app.store.files import write_atomic

# s that a job has to stop by itself; a launched one stops in the middle of a step before that
ASK = 2.0
TERMINATE = 0.3  # s that it has after a SIGTERM
SPEAK = 0.5  # s within which a job that holds the lock says so in its status


def cancel(folder: Path) -> bool:
    """Ask the job on the run or study in `folder` to stop; returns at once. False: no job is at
    work there. Committed work stays.

    Within 3 s the job has stopped, by itself or by a signal that a thread of this process sends.
    Raises RunLockedError if the lock is held by another program than a job, for example a notebook
    that uses the library.
    """
    folder = Path(folder)
    pid = lock.holder(folder / lock.NAME)
    if pid is None:
        return False
    if not _is_job(folder, pid):
        who = lock.described(folder / lock.NAME)
        raise RunLockedError(
            f"'{folder.name}' is in use by {who}, which is not a job (a notebook?). Stop it there."
        )
    write_atomic(folder / status.CANCEL, str(time.time_ns()).encode())
    threading.Thread(target=_see_to_it, args=(folder, pid), name="cancel", daemon=True).start()
    return True


def cancel_and_wait(folder: Path) -> bool:
    """As `cancel`, and return when the job has stopped. Raises RunLockedError also where it has not
    stopped although it was killed.
    """
    folder = Path(folder)
    pid = lock.holder(folder / lock.NAME)
    if pid is None or not cancel(folder):
        return False
    if not _gone(folder, pid, ASK + TERMINATE + 2 * ASK):
        who = lock.described(folder / lock.NAME)
        raise RunLockedError(f"The job on '{folder.name}' ({who}) does not stop.")
    return True


def _is_job(folder: Path, pid: int) -> bool:
    """Whether the holder of the lock is a session that works: it has written its status, or is
    about to, and has not written its last one.
    """
    until = time.monotonic() + SPEAK
    while True:
        job_status = status.read(folder)
        if job_status.pid == pid or pid == lock.UNKNOWN:
            return job_status.state in (*status.LIVE, *status.LAST)
        if time.monotonic() > until or lock.holder(folder / lock.NAME) != pid:
            return False
        time.sleep(0.05)


def _see_to_it(folder: Path, pid: int) -> None:
    """Wait for the job, and signal it if it does not stop. A killed job writes no last status, but
    the file shows that it was asked to stop.
    """
    if _gone(folder, pid, ASK):
        return
    for number, seconds in ((signal.SIGTERM, TERMINATE), (signal.SIGKILL, ASK)):
        if not _signal(folder, pid, number) or _gone(folder, pid, seconds):
            return


def _gone(folder: Path, pid: int, seconds: float) -> bool:
    """Whether `pid` releases the lock within that time."""
    until = time.monotonic() + seconds
    while lock.holder(folder / lock.NAME) == pid:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _signal(folder: Path, pid: int, number: signal.Signals) -> bool:
    """Signal the holder of the lock, if it is still `pid` and the job that the status names. No
    other process is ever signalled, and none where the job is on another machine.

    The process is pinned first, and then the lock is asked again. So a new process that got the
    same pid meanwhile is not signalled.
    """
    if pid in (lock.UNKNOWN, os.getpid()) or not hasattr(os, "pidfd_open"):
        return False
    try:
        pinned = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        job_status = status.read(folder)
        if (
            lock.holder(folder / lock.NAME) != pid
            or job_status.pid != pid
            or job_status.host not in ("", lock_word.this_host())
            or job_status.state not in status.LIVE
        ):
            return False
        signal.pidfd_send_signal(pinned, number)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(pinned)
