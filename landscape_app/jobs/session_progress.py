"""Progress of a session. The worker counts it; a thread writes it to status.json and looks for a
cancel.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from landscape_app.errors import Cancelled
from landscape_app.jobs import job_limits, status
from landscape_app.jobs.job_limits import JobLimits
from landscape_app.jobs.rate import Rate
from landscape_app.jobs.request import JobRequest
from landscape_app.store import lock, lock_word, names

log = logging.getLogger("landscape")

BEAT = 0.25  # s between looks for a cancel, and between writes while something changes
IDLE_BEAT = 1.0  # s between writes while nothing does
# s that a job in a process of its own has to reach a safe point; then it stops where it is, which
# the store survives
GRACE = 1.5

_sessions: list[SessionProgress] = []  # of this process, outermost first
_own_process = threading.Event()  # set where nothing but the session goes on in this process


def own_process() -> None:
    """Declare that this process belongs to the command line. If a session is asked to stop and does
    not in time, it then ends the process, as for a launched job.
    """
    _own_process.set()


class SessionProgress:
    """The Progress that a session yields. The worker calls `phase`, `advance` and `check`, from any
    thread.
    """

    def __init__(
        self,
        folder: Path,
        asked: JobRequest | None = None,
        *,
        nested: bool = False,
        within: str = "",
    ) -> None:
        """nested: this progress is part of a session that is already running in this process.
        within: of the session of the study `within`, which is running in another process.
        """
        self._folder, self._told = folder, not within
        outer = _sessions[0] if nested and _sessions else None
        launched = int(os.environ.get(status.LAUNCHED) or 0)
        now = time.time()
        self._status: dict[str, Any] = {
            "state": "queued",
            "pid": os.getpid(),
            "host": lock_word.this_host(),
            "argv": sys.argv,
            "queued": launched / 1e9 or now,
            "before": status.spent(folder, "" if asked is None else asked.command),
            "started": None,
            "updated": now,
            "phase": "",
            "done": 0,
            "total": 0,
            "unit": "",
            "rate": None,
            "phases": [],
            "message": "",
            "traceback": "",
            **({} if asked is None else asked.stored),
            "within": within if outer is None or within else outer._folder.name,
        }
        # a cancel asked before was meant for another; the clock of who asks may be another
        self._since, self._earlier = launched or time.time_ns(), status.asked_at(folder)
        self._mutex = threading.RLock()
        self._over = threading.Event()
        self._asked = threading.Event()
        self._asked_at = 0.0
        # of the job as a whole: a worker of it leaves them to its study
        self._limits = JobLimits() if within else job_limits.of_environment()
        self._phase_begun = time.monotonic()
        self._rate = Rate()
        self._lost = False  # another machine has the folder now, because this one was silent
        self._changed = True
        self._written = 0.0
        self._write()

    # What the worker calls

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        """Begin a phase of `total` steps (0: unknown). The previous phase is recorded with its
        seconds.
        """
        self.check()
        words = f"{name} ({total} {unit})" if total else name
        if self._told and _sessions[:1] == [self]:
            log.info("%s", words, extra={"phase": name})
        elif total:  # of a run inside a study: what takes long, with its name
            log.info("%s: %s", self._folder.name, words)
        with self._mutex:
            self._close_phase()
            self._status |= {"phase": name, "done": 0, "total": total, "unit": unit, "rate": None}
            self._changed = True

    def advance(self, steps: int = 1) -> None:
        """Count `steps` more. Raises Cancelled if a cancel was asked for."""
        with self._mutex:
            self._status["done"] += steps
            self._changed = True
        self.check()

    def skip(self, steps: int) -> None:
        """Count `steps` that an earlier job did; they are not part of the rate."""
        with self._mutex:
            self._status["done"] += steps
            self._rate.clear()
            self._changed = True

    def check(self) -> None:
        """Raise Cancelled if a cancel was asked for."""
        if self._asked.is_set() and not self._over.is_set():
            raise Cancelled

    # What the session calls

    def begin(self) -> None:
        """Leave the state "queued", because the session has the slot. A cancel that was asked for
        during the start takes effect before any work.
        """
        self._listen()
        self.check()
        with self._mutex:
            self._status |= {"state": "running", "started": time.time()}
            self._phase_begun = time.monotonic()
            self._write()

    def ask(self) -> bool:
        """Ask for a cancel; False if it was already asked for."""
        if self._asked.is_set():
            return False
        self._asked_at = time.monotonic()
        self._asked.set()
        return True

    def end_stopped(self, message: str = "") -> bool:
        """Write as the last state that it was stopped: by a person, or by a limit."""
        passed = self._limits.stopped
        return self.end("failed" if passed else "cancelled", message=passed or message)

    def end(self, state: str, *, message: str = "", trace: str = "") -> bool:
        """Write the last state. Only the first call counts; False for a later one."""
        with self._mutex:
            if self._over.is_set():
                return False
            self._over.set()
            self._close_phase()
            told = {"message": message[: status.MESSAGE], "traceback": trace[-status.TRACE :]}
            self._status |= {"state": state, "rate": None, **told, "updated": time.time()}
            if self._lost:
                return True
            try:
                status.write_last(self._folder, self._status)
            except OSError as error:
                log.warning(
                    "The last word of %s, '%s', could not be written: %s",
                    self._folder.name,
                    state,
                    error,
                )
            with suppress(OSError):
                names.remove(self._folder / status.CANCEL)
            return True

    @property
    def over(self) -> bool:
        """Whether the last state is written, or is being written."""
        return self._over.is_set()

    @contextmanager
    def listed(self) -> Iterator[None]:
        """During the block the session receives the signals to this process."""
        _sessions.append(self)
        try:
            yield
        finally:
            _sessions.remove(self)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Write the heartbeat during the block."""
        stop = threading.Event()
        thread = threading.Thread(target=self._beat, args=(stop,), name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    # The heartbeat

    def _beat(self, stop: threading.Event) -> None:
        while not stop.wait(BEAT):
            self._listen()
            if _sessions[:1] == [self] and self._limits.stop(self._status["started"]):
                ask_all()
            with self._mutex:
                self._status["rate"] = self._rate.of(int(self._status["done"]))
                if not self._over.is_set() and (
                    self._changed or time.monotonic() - self._written >= IDLE_BEAT
                ):
                    self._write()
            if (
                self._asked.is_set()
                and time.monotonic() - self._asked_at > GRACE
                and (status.LAUNCHED in os.environ or _own_process.is_set())
            ):
                _stop_here(self)

    def _listen(self) -> None:
        """Whether a cancel was asked for since this job was launched, or it has lost its folder."""
        if not self._lost and lock.taken_over(self._folder / lock.NAME):
            self._lost = True
            log.error("%s: another machine works on it now; this job stops.", self._folder.name)
        if self._lost:
            self.ask()
        asked = status.asked_at(self._folder)
        if asked is not None and (asked >= self._since or asked != self._earlier):
            self.ask()

    def _close_phase(self) -> None:
        now, old = time.monotonic(), self._status
        if old["phase"]:
            seconds = round(now - self._phase_begun, 3)
            old["phases"] = [
                *old["phases"],
                {"name": old["phase"], "seconds": seconds}
                | {k: old[k] for k in ("done", "total", "unit")},
            ]
        self._phase_begun = now
        self._rate.clear()

    def _write(self) -> None:
        if self._lost:
            return
        self._status["updated"] = time.time()
        self._changed, self._written = False, time.monotonic()
        try:
            status.write(self._folder, self._status)
        except OSError as error:
            log.debug("status.json of %s could not be written: %s", self._folder.name, error)


def current() -> dict[str, Any] | None:
    """The progress of the outermost session of this process, as in status.json: phase, done, total,
    unit, rate, … None: there is no session.
    """
    return dict(_sessions[0]._status) if _sessions else None


def ask_all() -> bool:
    """Ask every session of this process for a cancel. False if all had been asked before and none
    is writing its last state.
    """
    first = [session.ask() for session in _sessions]  # each of them, so no generator
    return any(first) or any(session.over for session in _sessions)


def asked_seconds() -> float:
    """Seconds since the first session of this process was asked for a cancel; 0 if none was."""
    return max(
        (time.monotonic() - session._asked_at for session in _sessions if session._asked.is_set()),
        default=0.0,
    )


def _stop_here(asked: SessionProgress) -> None:
    """End this process during a step that does not end, unless the session has just ended by
    itself.
    """
    if not asked.end_stopped("Stopped in the middle of a step."):
        return
    for session in reversed(_sessions):
        session.end_stopped("Stopped in the middle of a step.")
    log.info(
        "cancelled in the middle of a step. What is committed stays. `landscape resume` goes on"
        " from there."
    )
    logging.shutdown()
    os._exit(130)
