"""Workers of a study: one process on each core, which take task after task and live as long as the
study. They import the heavy packages once, and compute with one thread each.

A worker ends when its input ends, so none outlives the process that started it. Where a worker
crashes, its task is done again, run by run; a run that alone ends a worker has failed, and the
others are still done.
"""

from __future__ import annotations

import logging
import selectors
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landscape_app.errors import Cancelled
from landscape_app.forecast.crew_size import affordable
from landscape_app.pipeline.crew import Answer, Crew, Session, Task, error_of, one_by_one
from landscape_app.pipeline.lone_crew import Alone
from landscape_app.pipeline.study_worker import LEAVE, StudyWorker
from landscape_app.records.progress import Progress, skip
from landscape_app.settings import RunSpec

log = logging.getLogger("landscape")

EVERY = 0.1  # s between looks for a cancel


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
    `begin` or the first task, and end with the context that this is the manager of.
    """

    runs: Path
    study: str
    workers: int
    plans_first: bool = False
    _started: list[StudyWorker] = field(default_factory=list)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._started:
            worker.leave()
        for worker in self._started:
            worker.gone(LEAVE)

    def begin(self) -> None:
        """See crew.Crew."""
        self._start_up_to(self.workers)

    def carry_out(self, tasks: Iterable[Task], progress: Progress) -> Iterator[Answer]:
        """See crew.Crew."""
        waiting, answers = deque(tasks), deque[Answer]()
        self._started = [worker for worker in self._started if not worker.ended]
        self._start_up_to(self.workers if waiting else 0)
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

    def _start_up_to(self, count: int) -> None:
        while len(self._started) < count:
            self._started.append(self._start())

    def _start(self) -> StudyWorker:
        return StudyWorker.start(self.runs, self.study, self.workers)

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
            worker.close()
            place = self._started.index(worker)
            self._started[place] = self._start()
            selector.register(
                self._started[place].answers, selectors.EVENT_READ, self._started[place]
            )
            if task is None:
                return
            if worker.stopped:
                raise Cancelled
            if single := one_by_one(task, why):
                waiting.extend(single)
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
        raise error_of(*line["error"])
    elif "value" in line:
        task, worker.task = worker.task, None
        assert task is not None
        return Answer(task, line["value"])
    return None
