"""A worker of a study as whoever started it sees it: a process with pipes (its own side is
cli/worker.py). Tasks go to it as lines of JSON on its standard input. Their answers, its progress
and its log come back on a pipe of its own. It ends when its input ends.

This imports nothing heavy: a Dask worker starts such processes, too.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landscape_app import imports
from landscape_app.pipeline.crew import Task

log = logging.getLogger("landscape")

MODULE = "landscape_app.cli.worker"
# One thread in each library: the cores are busy with one worker each.
THREADS = (
    *("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    *("VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"),
)
LEAVE = 1.0  # s that a worker has to stop by itself
STOPPED = 130  # exit code of a worker that was asked to stop in the middle of a step


@dataclass(eq=False)
class StudyWorker:
    """One worker process, and the task that it is at work on."""

    process: subprocess.Popen[bytes]
    answers: int  # the descriptor that it answers on
    task: Task | None = None
    ended: bool = False
    _rest: bytes = b""

    @staticmethod
    def start(runs: Path, study: str, share: int, **more: Any) -> StudyWorker:
        """Start a worker for the study called `study` in the folder `runs`, one of `share` on this
        machine; it imports what it needs while others go on. more: what else its order says.
        """
        reading, writing = os.pipe()
        order = {
            "runs": str(runs.absolute()),
            "study": study,
            "answers": writing,
            "share": share,
            "level": log.getEffectiveLevel(),
            **more,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", MODULE, json.dumps(order)],
            env=os.environ | imports.environment() | dict.fromkeys(THREADS, "1"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=(writing,),
        )
        os.close(writing)
        os.set_blocking(reading, False)
        return StudyWorker(process, reading)

    def give(self, task: Task, **more: Any) -> None:
        """Give it a task. more: what else it is told with it."""
        self.task = task
        words = {"kind": task.kind, "ids": task.ids, "settings": dict(task.settings)}
        self._say(words | more)

    def ask(self) -> None:
        """Ask it to stop."""
        self._say({"stop": True})

    def leave(self) -> None:
        """Close its input, at which it ends."""
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()

    def gone(self, seconds: float) -> None:
        """Wait until it has ended; kill it after `seconds`."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.close()

    def close(self) -> None:
        """Close its pipes: it has ended."""
        self.ended = True
        self.leave()
        if self.answers >= 0:
            os.close(self.answers)
            self.answers = -1

    def read(self) -> Iterator[dict[str, Any]]:
        """The lines that it has said since."""
        while True:
            try:
                part = os.read(self.answers, 2**16)
            except BlockingIOError:
                return
            if not part:
                self.process.wait()
                self.leave()
                self.ended = True
                return
            *lines, self._rest = (self._rest + part).split(b"\n")
            for line in lines:
                yield json.loads(line)

    @property
    def stopped(self) -> bool:
        """Whether it ended because it was asked to."""
        return self.process.returncode in (STOPPED, -15)

    def why(self) -> str:
        """How it ended, in a sentence."""
        code = self.process.returncode
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return (
            f"Its process ended without a word ({how}): the system may have run out of memory, or"
            " code that it called ended it."
        )

    def _say(self, words: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None
        with suppress(OSError):  # that it has ended is seen where its answers are read
            self.process.stdin.write(json.dumps(words).encode() + b"\n")
            self.process.stdin.flush()
