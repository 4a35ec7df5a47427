"""The state of the last job of a run or study, read from its folder. The lock says whether the job
is alive, status.json how far it is.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from landscape_app.jobs import status
from landscape_app.jobs.request import again, title
from landscape_app.jobs.status import JobStatus
from landscape_app.store import derived, lock, lock_word, opening
from landscape_app.store.run import read_journal

SILENT = 60.0  # s without a heartbeat after which a living job counts as stalled
TAIL = 64 * 1024  # bytes of the log that are looked at

State = Literal[
    "queued",
    "running",
    "stalled",
    "finished",
    "cancelled",
    "failed",
    "interrupted",
    "idle",
    "unreadable",
]
AT_WORK = ("queued", "running", "stalled")  # states of a job that is there, or waits for a slot
# results of a study: one that was imported has no journal, and no job was at work on it here
COMPARED = ("shared", "table")
LOST = "Its last status cannot be read (status.json is damaged), so its end is not known."


@dataclass(frozen=True)
class JobState:
    """What the last job of a run or study does or did: one of a fixed list of states, and its
    progress.

    queued: waits for a slot, or is starting. running. stalled: alive, but without a report for a
    minute. finished, cancelled, failed (with message and traceback): its last state. interrupted:
    ended without a last state. idle: no job has begun. unreadable: the run's journal cannot be
    read, so the state is not known. The progress of the run itself is in store/standing.py.

    `command`: what the job was asked to do (run, analyse, curvature, …), "" if not known. `within`:
    the study that the job was a part of. `done` of `total` (0: unknown) `unit`s of `phase`, at
    `rate` per second lately, `eta` seconds to the end of the phase, `elapsed` seconds in all, of
    which earlier jobs worked `before`: a resumed job goes on.
    `host`: the machine that it works or worked on.
    `phases`: the finished ones, {"name", "seconds", "done", "total", "unit"}. `updated`: unix time
    of the last heartbeat. `again`: it did not finish, and can be repeated with the same settings.
    """

    state: State
    command: str = ""
    within: str = ""
    phase: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""
    rate: float | None = None
    elapsed: float | None = None
    before: float = 0.0
    eta: float | None = None
    phases: list[dict[str, Any]] = field(default_factory=list)
    message: str = ""
    traceback: str = ""
    pid: int | None = None
    host: str = ""
    updated: float | None = None
    again: bool = False

    @property
    def words(self) -> str:
        """The job and its state in a few words: curvature interrupted; sampling finished."""
        if self.state == "idle":
            return "none yet"
        part = f" (part of {self.within})" if self.within else ""
        return f"{title(self.command)} {self.state}{self.where}{part}"

    @property
    def where(self) -> str:
        """Where the job is or was, in words, if not on this machine: " on node-3"."""
        return "" if self.host in ("", lock_word.this_host()) else f" on {self.host}"

    @property
    def told(self) -> dict[str, Any]:
        """The state as the command line prints it in JSON."""
        return {
            "command": self.command,
            "state": self.state,
            "within": self.within,
            "message": self.message,
            "updated": self.updated,
        }


def state(folder: Path) -> JobState:
    """The state of the job on the run or study in `folder`. Before it says "interrupted", it reads
    the status a second time.
    """
    folder = Path(folder)
    job_status = status.read(folder)
    pid = lock.holder(folder / lock.NAME)
    if pid is not None:
        return _living(job_status, pid)
    if job_status.state in status.LIVE:
        job_status = status.read(folder)  # it may have said its last word between the two looks
    lines, problem = read_journal(folder)
    if problem:
        return replace(_told("unreadable", job_status), message=problem, traceback="")
    # gone without a last word; one that was asked to stop had to be killed
    if job_status.state in status.LIVE:
        asked = status.asked_at(folder)
        if asked is not None and asked >= (job_status.queued or 0) * 1e9:
            return _told("cancelled", job_status)
        words = _seen(status.end_of(folder, job_status)) or _silent(job_status)
        return replace(_told("interrupted", job_status), message=words)
    if job_status.state:
        return _told(cast(State, job_status.state), job_status)
    # no job said anything: a script that called the library, a copy, a status that was lost
    if job_status.torn and lines:
        return replace(_told("interrupted", job_status), message=LOST)
    ended = any(line["kind"] == "finished" for line in lines) or any(
        derived.has(folder, name) for name in COMPARED
    )
    return _told("finished" if ended else "interrupted" if lines else "idle", job_status)


def log_tail(folder: Path, lines: int = 40) -> str:
    """The last lines of the job's log, at most 64 kB; empty where there is no log."""
    try:
        with os.fdopen(opening.regular(Path(folder) / status.LOG), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _seen(code: int | None) -> str:
    """How the process ended, in a sentence; "" where it is not known."""
    if code is None:
        return ""
    if code >= 0:
        return (
            f"Its process ended with exit code {code} and without a final status. Code that it"
            " called ended it, or it could not start."
        )
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    if -code == signal.SIGKILL:
        return f"Killed ({name}): by a user, or by the system because memory ran out."
    return f"Its process was ended by {name}."


def _silent(job_status: JobStatus) -> str:
    """That a job on another machine is not heard any more, in a sentence; "" for one of this."""
    if job_status.host in ("", lock_word.this_host()):
        return ""
    return f"It worked on {job_status.host}, and has given no sign of life for a minute."


def _living(job_status: JobStatus, pid: int) -> JobState:
    """The state while a process holds the lock: the job of `job_status`, a new job that has not
    written its status yet, or a script that uses the library.
    """
    if pid != lock.UNKNOWN and job_status.pid != pid:
        return JobState("running", pid=pid)
    now: State = "running"
    if job_status.state in ("queued", *status.LAST):
        now = cast(State, job_status.state)  # a last word: it is about to let go
    silent = time.time() - (job_status.updated or 0)
    if now in status.LIVE and silent > SILENT:
        now = "stalled"
    return _told(now, job_status, pid=pid or None)


def _told(now: State, job_status: JobStatus, *, pid: int | None = None) -> JobState:
    """The state `now`, with the numbers of the last status."""
    live = pid is not None and now not in status.LAST
    begun = job_status.queued if job_status.started is None else job_status.started
    rate, before = job_status.rate if live else None, job_status.before
    ahead = (job_status.total - job_status.done) / rate if rate and job_status.total else None
    end = time.time() if live else job_status.updated
    return JobState(
        now,
        command=job_status.command,
        within=job_status.within,
        phase=job_status.phase,
        done=job_status.done,
        total=job_status.total,
        unit=job_status.unit,
        rate=rate,
        elapsed=None if begun is None or end is None else before + max(0.0, end - begun),
        before=before,
        eta=(
            None
            if ahead is None or job_status.updated is None
            else max(0.0, ahead - (time.time() - job_status.updated))
        ),
        phases=list(job_status.phases),
        message=job_status.message,
        traceback=job_status.traceback,
        pid=pid,
        host=job_status.host,
        updated=job_status.updated,
        again=not live and now != "unreadable" and again(job_status) is not None,
    )
