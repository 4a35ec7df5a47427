"""A crew on other machines: the workers of a Dask cluster, which have the runs folder under the
same path. Each task is a Dask task (dask_relay.py); its results are files in that folder.

Where a Dask worker is lost, its scheduler gives the task to another one, which goes on from what is
committed. Where the scheduler is lost, EngineLostError says so. Nothing here is imported, nor Dask,
unless an address of a scheduler is given.
"""

from __future__ import annotations

import concurrent.futures
import logging
import queue
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landscape_app.errors import Cancelled, EngineLostError, first_line
from landscape_app.pipeline import dask_relay
from landscape_app.pipeline.crew import Answer, Task, error_of, one_by_one
from landscape_app.pipeline.dask_cluster import Cluster
from landscape_app.pipeline.dask_flights import Flight
from landscape_app.pipeline.permissions import Permissions
from landscape_app.records.progress import Progress
from landscape_app.store import lock, lock_word
from landscape_app.versions import ANALYSIS_VERSION

log = logging.getLogger("landscape")

EVERY = 0.1  # s between looks for a cancel
STOP = 2.0  # s that tasks have to stop
PATIENCE = lock_word.SILENT + 30  # s that a task waits for a run whose last worker was lost
FOREIGN = ("runs", "plan", "curvature", "whole run")  # kinds that may import what a run names


@dataclass
class DaskCrew:
    """The workers of `cluster`, for the job whose lock is that of `folder`. study: its id where it
    is a study, otherwise "".
    """

    cluster: Cluster
    runs: Path
    folder: Path
    study: str = ""
    plans_first: bool = True
    _permissions: Permissions = field(init=False)
    _id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self._permissions = Permissions(self.runs)

    def __enter__(self) -> DaskCrew:
        return self

    def __exit__(self, *_: object) -> None:
        self._tell(dask_relay.leave, self._id)

    @property
    def workers(self) -> int:
        """See crew.Crew."""
        return self.cluster.slots

    def begin(self) -> None:
        """See crew.Crew."""

    def carry_out(self, tasks: Iterable[Task], progress: Progress) -> Iterator[Answer]:
        """See crew.Crew. Raises EngineLostError, too."""
        waiting = list(tasks)
        if not waiting:
            return
        self.cluster.wait_for_worker(progress.check)
        group = f"landscape-{uuid.uuid4().hex}"
        order = self._order(group)
        flights: dict[concurrent.futures.Future[Any], Flight] = {}
        with self._listening(group) as told:
            try:
                while waiting or flights:
                    while waiting:
                        flight = self._begun(order, waiting.pop(0))
                        flights[flight.future] = flight
                    progress.check()
                    concurrent.futures.wait(
                        flights, EVERY, return_when=concurrent.futures.FIRST_COMPLETED
                    )
                    _hear(told, flights.values(), progress)
                    self.cluster.check()
                    for future in [future for future in flights if future.done()]:
                        yield from self._answers(flights.pop(future), waiting, progress)
            except BaseException as error:
                self._stop(group, flights.values(), lost=isinstance(error, EngineLostError))
                raise

    def _order(self, group: str) -> dict[str, Any]:
        """What all tasks are told."""
        word = lock.word_of(self.folder / lock.NAME)
        return {
            "crew": self._id,
            "group": group,
            "runs": str(self.runs.absolute()),
            "study": self.study,
            "folder": str(self.folder.absolute()),
            "hold": "" if word is None else word.token,
            "share": self.cluster.shares(),
            "level": log.getEffectiveLevel(),
            "patience": PATIENCE,
            "version": ANALYSIS_VERSION,
        }

    def _begun(self, order: dict[str, Any], task: Task) -> Flight:
        """Give the task to the scheduler."""
        permitted = self._permissions.of(task.ids if task.kind in FOREIGN else ())
        key = uuid.uuid4().hex
        words = {
            "key": key,
            "kind": task.kind,
            "ids": list(task.ids),
            "settings": dict(task.settings),
            "permitted": permitted,
            "phases": task.kind == "whole run",
        }
        executor = self.cluster.executor(self.runs, task)
        return Flight(task, key, executor.submit(dask_relay.carry_out, order, words))

    def _answers(self, flight: Flight, waiting: list[Task], progress: Progress) -> Iterator[Answer]:
        """What has become of a task: its answer, or tasks that are put to those `waiting`."""
        task, answer = flight.task, self._outcome(flight)
        flight.count(answer["steps"], progress)
        if task.kind in FOREIGN:
            self._permissions.renew(task.ids)
        if "error" in answer:
            raise error_of(*answer["error"])
        if "value" in answer:
            yield Answer(task, answer["value"])
        elif "crashed" in answer:
            single = one_by_one(task, answer["crashed"])
            waiting.extend(single)
            if not single:
                yield Answer(task, crashed=answer["crashed"])
        elif answer["stopped"] == "closing":
            waiting.append(task)
        else:
            raise Cancelled

    def _outcome(self, flight: Flight) -> dict[str, Any]:
        """What the Dask task returned. A worker that is lost again and again has crashed."""
        try:
            return dict(flight.future.result())
        except concurrent.futures.CancelledError:
            raise self.cluster.lost() from None
        except Exception as error:
            if type(error).__name__ == "KilledWorker":
                words = "Its Dask workers ended without a word, one after another."
                return {"steps": 0, "crashed": words}
            kind = type(error).__name__
            raise EngineLostError(
                f"A Dask worker cannot do this work: {kind}: {first_line(error)}. Landscape must be"
                " installed there in the same version."
            ) from error

    @contextmanager
    def _listening(self, group: str) -> Iterator[queue.SimpleQueue[dict[str, Any]]]:
        """What the tasks of `group` say."""
        told: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        client = self.cluster.client
        client.subscribe_topic(group, lambda event: told.put(event[1]))
        try:
            yield told
        finally:
            with suppress(Exception):  # the scheduler is gone
                client.unsubscribe_topic(group)

    def _stop(self, group: str, flights: Iterable[Flight], *, lost: bool) -> None:
        """End the tasks: those that have not begun are taken back, the others are told to stop."""
        flights = [flight for flight in flights if not flight.future.done()]
        begun = [flight for flight in flights if flight.begun]
        for flight in flights:
            if not flight.begun:
                flight.future.cancel()
        until = time.monotonic() + STOP
        if not lost:
            self._tell(dask_relay.stop, group)
            concurrent.futures.wait([flight.future for flight in begun], STOP)
        while time.monotonic() < until and _held(self.runs, begun):
            time.sleep(EVERY)

    def _tell(self, what: Any, name: str) -> None:
        """Call `what(name)` in every Dask worker that answers in time."""

        def call() -> None:
            with suppress(Exception):
                self.cluster.client.run(what, name, on_error="ignore")

        if self.cluster.running:
            thread = threading.Thread(target=call, name="dask", daemon=True)
            thread.start()
            thread.join(STOP / 2)


def _held(runs: Path, flights: Sequence[Flight]) -> bool:
    """Whether a run of these tasks is still in use."""
    ids = [id for flight in flights for id in flight.task.ids]
    return any(lock.holder(runs / id / lock.NAME) is not None for id in ids)


def _hear(
    told: queue.SimpleQueue[dict[str, Any]], flights: Iterable[Flight], progress: Progress
) -> None:
    """Do what the tasks have said."""
    by_key = {flight.key: flight for flight in flights}
    while True:
        try:
            words = told.get_nowait()
        except queue.Empty:
            return
        if flight := by_key.get(words["key"]):
            flight.hear(words, progress)
