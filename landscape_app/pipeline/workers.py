"""Workers of a study: one process on each core, which take task after task and live as long as the
study. They import the heavy packages once, and compute with one thread each.

Tasks go to a worker as lines of JSON on its standard input, and come back on a pipe of its own with
its progress and its log. A worker ends when its input ends, so none outlives the process that
started it. Where a worker crashes, its task is done again, run by run; a run that alone ends a
worker has failed, and the others are still done.
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landscape_app import errors, imports
from landscape_app.errors import Cancelled, LandscapeError
from landscape_app.forecast.crew_size import affordable
from landscape_app.pipeline.crew import Answer, Crew, Session, Task
from landscape_app.pipeline.lone_crew import Alone
from landscape_app.records.progress import Progress, skip
from landscape_app.settings import RunSpec

log = logging.getLogger("landscape")

MODULE = "landscape_app.cli.worker"
# One thread in each library: the cores are busy with one worker each.
THREADS = (
    *("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    *("VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"),
)
EVERY = 0.1  # s between looks for a cancel
LEAVE = 1.0  # s that workers have to stop by themselves
STOPPED = 130  # exit code of a worker that was asked to stop in the middle of a step


@contextmanager
def crew_of(
    runs: Path, study: str, specs: Sequence[RunSpec], *, session: Session
) -> Iterator[Crew]:
    """Who makes and analyses the runs `specs` of a study: as many workers as are `affordable`, or
    this process.
    """
    count = affordable(specs)
    if count == 1:
        yield Alone(runs, study, session)
        return
    with Workers(runs, study, count) as crew:
        yield crew


@dataclass(eq=False)
class Workers:
    """A crew of `workers` processes for the study `study` in the folder `runs`. They start with
    the first task, and end with the context that this is the manager of.
    """

    runs: Path
    study: str
    workers: int
    _started: list[StudyWorker] = field(default_factory=list)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._started:
            worker.leave()
        for worker in self._started:
            worker.gone(LEAVE)

    def carry_out(self, tasks: Iterable[Task], progress: Progress) -> Iterator[Answer]:
        """See crew.Crew."""
        waiting, answers = deque(tasks), deque[Answer]()
        self._started = [worker for worker in self._started if not worker.ended]
        while waiting and len(self._started) < self.workers:
            self._started.append(StudyWorker.start(self))
        with selectors.DefaultSelector() as selector:
            for worker in self._started:
                selector.register(worker.answers, selectors.EVENT_READ, worker)
            try:
                while waiting or any(worker.task for worker in self._started):
                    for worker in self._started:
                        if worker.task is None and waiting:
                            worker.give(waiting.popleft())
                    progress.check()
                    for key, _ in selector.select(EVERY):
                        self._heard(key.data, waiting, answers, progress, selector)
                    while answers:
                        yield answers.popleft()
            except BaseException:
                self._stop()
                raise

    def _heard(
        self,
        worker: StudyWorker,
        waiting: deque[Task],
        answers: deque[Answer],
        progress: Progress,
        selector: selectors.BaseSelector,
    ) -> None:
        """Read what a worker says."""
        for line in worker.read():
            answer = _understood(line, worker, progress)
            if answer is not None:
                answers.append(answer)
        if worker.ended:
            task, why = worker.task, worker.why()
            selector.unregister(worker.answers)
            os.close(worker.answers)
            place = self._started.index(worker)
            self._started[place] = StudyWorker.start(self)
            selector.register(
                self._started[place].answers, selectors.EVENT_READ, self._started[place]
            )
            if task is None:
                return
            if worker.stopped:
                raise Cancelled
            if len(task.ids) > 1 and task.kind != "joint embedding":
                log.warning("%s Its %d runs are done one by one.", why, len(task.ids))
                waiting.extend(Task(task.kind, (id,), task.settings) for id in task.ids)
            else:
                answers.append(Answer(task, crashed=why))

    def _stop(self) -> None:
        """Ask all that are at work to stop, and end those that do not."""
        busy = [worker for worker in self._started if worker.task is not None]
        for worker in busy:
            worker.ask()
        until = time.monotonic() + LEAVE
        for worker in busy:
            worker.gone(max(0.0, until - time.monotonic()))


@dataclass(eq=False)
class StudyWorker:
    """One worker process, and the task that it is at work on."""

    process: subprocess.Popen[bytes]
    answers: int  # the descriptor that it answers on
    task: Task | None = None
    ended: bool = False
    _rest: bytes = b""

    @staticmethod
    def start(crew: Workers) -> StudyWorker:
        """Start a worker; it imports what it needs while others go on."""
        reading, writing = os.pipe()
        order = {
            "runs": str(crew.runs.absolute()),
            "study": crew.study,
            "answers": writing,
            "share": crew.workers,
            "level": log.getEffectiveLevel(),
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

    def give(self, task: Task) -> None:
        """Give it a task."""
        self.task = task
        self._say({"kind": task.kind, "ids": task.ids, "settings": dict(task.settings)})

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
        if not self.ended:
            self.ended = True
            self.leave()
            os.close(self.answers)

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

    def _say(self, words: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        with suppress(OSError):  # that it has ended is seen where its answers are read
            self.process.stdin.write(json.dumps(words).encode() + b"\n")
            self.process.stdin.flush()


def _understood(line: dict[str, Any], worker: StudyWorker, progress: Progress) -> Answer | None:
    """Do what a line of a worker says; the answer to its task, if it is one."""
    if "log" in line:
        level, message = line["log"]
        log.log(level, "%s", message)
    elif "advance" in line:
        progress.advance(line["advance"])
    elif "skip" in line:
        skip(progress, line["skip"])
    elif "cancelled" in line:
        worker.task = None
        raise Cancelled
    elif "error" in line:
        worker.task = None
        raise _error_of(*line["error"])
    elif "value" in line:
        task, worker.task = worker.task, None
        assert task is not None
        return Answer(task, line["value"])
    return None


def _error_of(kind: str, message: str, trace: str) -> Exception:
    """The error that a task raised in its worker."""
    known = getattr(errors, kind, None)
    if isinstance(known, type) and issubclass(known, LandscapeError):
        error = known.__new__(known)
        Exception.__init__(error, message)
        return error
    return RuntimeError(f"A worker of the study failed:\n{trace}")
