"""A worker of a study: `python -m landscape_app.cli.worker ORDER`, started by pipeline/workers.py.
It takes tasks from its standard input, and answers on the pipe that its order names.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

from landscape_app.errors import Cancelled
from landscape_app.jobs import session as sessions
from landscape_app.jobs import session_progress
from landscape_app.memory import shared
from landscape_app.store import lock, signature

GRACE = 0.4  # s that a task has to reach a safe point; its study waits a second
EVERY = 0.1  # s between words about progress


def main() -> None:
    """Carry out tasks until the standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the study hears it, and asks
    order = json.loads(sys.argv[1])
    heard = Heard(order["answers"])
    logging.basicConfig(level=order["level"], handlers=[LogRelay(heard)])
    logging.captureWarnings(True)
    session_progress.own_process()
    session_progress.GRACE = GRACE
    sessions.leave_signals()
    threading.Thread(target=heard.listen, name="tasks", daemon=True).start()

    # what takes time to import, after there is someone who notices that the study has ended
    from landscape_app.pipeline.tasks import TASKS, Place

    patience = order.get("patience", 0.0)
    within = partial(_session, order["study"], patience, heard)
    place = Place(Path(order["runs"]), order["study"], within, patience)
    with shared(order["share"]):
        while True:
            task = heard.tasks.get()
            signature.permit(task.get("permitted", ()))
            heard.tells_phases = task.get("phases", False)
            try:
                value = TASKS[task["kind"]](place, task["ids"], task["settings"], heard)
                heard.flush()
                heard.say({"value": value})
            except Cancelled:
                heard.say({"cancelled": True})
                heard.leave_if_stopped()
            except Exception as error:
                told = [type(error).__name__, str(error), traceback.format_exc()]
                heard.say({"error": told})


def _session(
    study: str, patience: float, heard: Heard, path: Path, *, slot: bool = True
) -> AbstractContextManager[session_progress.SessionProgress]:
    """A session on a run, as a part of the job of `study`."""
    enter = partial(sessions.session, path, slot=slot, within=study)
    return lock.patiently(enter, patience, heard.check)


class Heard:
    """The progress of a task, told to the study; and what the study says."""

    def __init__(self, answers: int) -> None:
        self.tasks: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._answers, self._mutex = answers, threading.Lock()
        self._stop = threading.Event()
        self._steps, self._told = 0, time.monotonic()
        self.tells_phases = False

    def listen(self) -> None:
        """Take what the study says, until it ends: then there is nobody left to work for."""
        for line in sys.stdin.buffer:
            words = json.loads(line)
            if "stop" in words:
                self._stop.set()
                session_progress.ask_all()
            else:
                self.tasks.put(words)
        os._exit(0)

    def say(self, words: dict[str, Any]) -> None:
        """One line to the study."""
        with self._mutex:
            left = json.dumps(words).encode() + b"\n"
            while left:
                left = left[os.write(self._answers, left) :]

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        """A phase of the task is none of the study; where the task is all of a job, it is told."""
        self.check()
        if self.tells_phases:
            self.flush()
            self.say({"phase": [name, total, unit]})

    def advance(self, steps: int = 1) -> None:
        """Count `steps`; they are told from time to time."""
        self._steps += steps
        if time.monotonic() - self._told > EVERY:
            self.flush()
        self.check()

    def skip(self, steps: int) -> None:
        """Count steps that an earlier job did."""
        self.say({"skip": steps})

    def check(self) -> None:
        """Raise Cancelled where the study is to stop."""
        if self._stop.is_set():
            raise Cancelled

    def leave_if_stopped(self) -> None:
        """End this process where the study is to stop."""
        if self._stop.is_set():
            os._exit(0)

    def flush(self) -> None:
        """Tell the steps that are not told yet."""
        if self._steps:
            self.say({"advance": self._steps})
        self._steps, self._told = 0, time.monotonic()


class LogRelay(logging.Handler):
    """Gives the records of the log to the study."""

    def __init__(self, heard: Heard) -> None:
        super().__init__()
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        """One line of the log."""
        self._heard.say({"log": [record.levelno, record.getMessage()]})


if __name__ == "__main__":
    main()
