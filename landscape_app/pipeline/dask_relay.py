"""What a Dask worker does: it starts a worker of the study as a process (study_worker.py), gives it
the task, passes on what it says, and ends it where nobody waits for it any more.

So the Dask worker itself computes nothing and answers its scheduler at any time, and a network that
crashes a process takes no Dask worker with it. Only plain values come and go.
"""

from __future__ import annotations

import selectors
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from landscape_app.pipeline.crew import Task
from landscape_app.pipeline.study_worker import LEAVE, StudyWorker
from landscape_app.store import lock
from landscape_app.versions import ANALYSIS_VERSION

EVERY = 0.1  # s between looks whether to stop
OWNER = 1.0  # s between looks whether the job that sent the task still lives
IDLE = 60.0  # s after which a process without a task ends
AT_WORK = ("init", "running", "paused", "closing_gracefully")  # states of a Dask worker

_mutex = threading.Lock()
_idle: dict[tuple[Any, ...], list[tuple[StudyWorker, float]]] = {}
_stopped: set[str] = set()  # groups of tasks


def carry_out(order: Mapping[str, Any], task: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out `task` {"kind", "ids", "settings", and what study_worker tells besides} as `order`
    says: {"crew", "group", "runs", "study", "folder", "hold", "share", "level", "patience",
    "version"}.

    Returns {"steps": how many it counted in its last phase} and one of {"value"}, {"error": [kind,
    message, trace]}, {"crashed": why}, {"stopped": why}: asked (of a run), told (by the job), owner
    (it is gone), closing (this Dask worker).
    """
    from distributed import get_worker

    if order["version"] != ANALYSIS_VERSION:
        words = (
            f"A Dask worker has version {ANALYSIS_VERSION} of the analyses, and this job has"
            f" {order['version']}. Install the same Landscape on both."
        )
        return {"steps": 0, "error": ["EngineLostError", words, ""]}
    relay = Relay(get_worker(), order, str(task["key"]))
    more = {name: order[name] for name in ("patience", "level")}
    key = (order["crew"], order["runs"], order["study"], relay.share, *more.values())
    worker = _taken(key) or StudyWorker.start(
        Path(order["runs"]), order["study"], relay.share, **more
    )
    try:
        more = {name: task[name] for name in ("permitted", "phases")}
        worker.give(Task(task["kind"], tuple(task["ids"]), task["settings"]), **more)
        answer = relay.follow(worker)
    except BaseException:
        worker.gone(0)
        raise
    worker.task = None
    if worker.ended or "stopped" in answer:
        worker.gone(LEAVE)
    else:
        _keep(key, worker)
    return answer | {"steps": relay.steps}


def stop(group: str) -> None:
    """End the tasks of `group` in this Dask worker, also those that begin later."""
    _stopped.add(group)


def leave(crew: str) -> None:
    """End the processes of `crew`, which has no more tasks."""
    for worker in _resting(0.0, crew):
        worker.gone(LEAVE)


class Relay:
    """Between a task's process and the job that sent it."""

    def __init__(self, dask: Any, order: Mapping[str, Any], key: str) -> None:
        self._dask, self._order, self._key = dask, order, key
        self._attempt = uuid.uuid4().hex
        self._looked = time.monotonic()
        self.share = int(order["share"].get(dask.address, dask.state.nthreads))
        self.steps = 0

    def follow(self, worker: StudyWorker) -> dict[str, Any]:
        """What becomes of the task that `worker` was given."""
        self._say([])  # it has begun
        why, since = "", 0.0
        with selectors.DefaultSelector() as selector:
            selector.register(worker.answers, selectors.EVENT_READ)
            while True:
                selector.select(EVERY)
                if answer := self._heard(worker, why):
                    return answer
                if worker.ended:
                    killed = why or ("asked" if worker.stopped else "")
                    return {"stopped": killed} if killed else {"crashed": worker.why()}
                if not why and (why := self._stop()):
                    worker.ask()
                    since = time.monotonic()
                elif why and time.monotonic() - since > LEAVE:
                    worker.gone(0)
                    return {"stopped": why}

    def _heard(self, worker: StudyWorker, why: str) -> dict[str, Any]:
        """Pass on what the process says; its answer to the task, {} where it has none yet."""
        told, answer = list[dict[str, Any]](), dict[str, Any]()
        for words in worker.read():
            self.steps = 0 if "phase" in words else self.steps
            self.steps += words.get("advance", 0) + words.get("skip", 0)
            if "value" in words or "error" in words:
                answer = words
            elif "cancelled" in words:
                answer = {"stopped": why or "asked"}
            else:
                told.append(words)
        if told:
            self._say(told)
        return answer

    def _say(self, told: list[dict[str, Any]]) -> None:
        words = {"key": self._key, "attempt": self._attempt, "words": told}
        self._dask.log_event(self._order["group"], words)

    def _stop(self) -> str:
        """Why the task is to stop; "" where it goes on."""
        if self._order["group"] in _stopped:
            return "told"
        if self._dask.status.name not in AT_WORK:
            return "closing"
        if time.monotonic() - self._looked < OWNER or not self._order["hold"]:
            return ""
        self._looked = time.monotonic()
        path = Path(self._order["folder"]) / lock.NAME
        word = lock.word_of(path)
        same = word is not None and word.token == self._order["hold"]
        return "" if same and lock.holder(path) is not None else "owner"


def _taken(key: tuple[Any, ...]) -> StudyWorker | None:
    """A process of the same job that has no task."""
    with _mutex:
        resting = _idle.get(key, [])
        while resting:
            worker, _ = resting.pop()
            if worker.process.poll() is None:
                return worker
            worker.close()
    return None


def _keep(key: tuple[Any, ...], worker: StudyWorker) -> None:
    """Keep the process for the next task, for a while."""
    with _mutex:
        _idle.setdefault(key, []).append((worker, time.monotonic()))
    timer = threading.Timer(IDLE + 1, _sweep)
    timer.daemon = True
    timer.start()


def _sweep() -> None:
    for worker in _resting(IDLE):
        worker.gone(LEAVE)


def _resting(seconds: float, crew: str = "") -> Iterator[StudyWorker]:
    """The processes (of `crew` alone) that have had no task for so many seconds. They are
    forgotten, and their input is closed.
    """
    now = time.monotonic()
    with _mutex:
        resting = [(key, *each) for key, several in _idle.items() for each in several]
        old = [
            (key, worker, since)
            for key, worker, since in resting
            if now - since >= seconds and crew in ("", key[0])
        ]
        for key, worker, since in old:
            _idle[key].remove((worker, since))
            worker.leave()
    yield from (worker for _, worker, _ in old)
