"""Losses on lines and planes through the anchor: every point is computed from the anchor, never
from the point before it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from landscape_app.records.progress import Progress
from landscape_app.records.pulse import Stopped, listening
from landscape_app.sampling.machine import Machine
from landscape_app.sampling.planes_engines import choose
from landscape_app.sampling.planes_worker import SCORES, Worker, slabs
from landscape_app.settings import RunSpec
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

GROUP = 32  # points of which one thread takes care at a time: the step of progress and cancelling
WEIGHTS = 2**26  # bytes of a group's weights

Scores = dict[str, np.ndarray]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Plane:
    """A line or plane through the anchor: directions (1 or 2, parameter) float32 in main memory,
    one label each.

    unit: what a step of 1 along a direction means, in words; facts: what else is known about the
    directions.
    """

    directions: Tensor
    labels: tuple[str, ...]
    unit: str
    facts: dict[str, Any] = field(default_factory=dict)


def grid(points: int, extent: float, *, dims: int) -> tuple[np.ndarray, np.ndarray]:
    """(alpha (a,), beta (b,)): `points` (odd) values from −extent to extent with an exact 0 in the
    middle; beta is [0] on a line.
    """
    half = points // 2
    axis = np.arange(-half, half + 1) * (extent / half)
    return axis, axis if dims == 2 else np.zeros(1)


def evaluate(
    problem: Problem,
    anchor: Bundle,
    directions: Tensor,
    at: np.ndarray,
    *,
    spec: RunSpec,
    machine: Machine,
    progress: Progress,
) -> tuple[Scores, str]:
    """({score: (point,) float64 for SCORES}, how it was done) at θo + at·directions for `at`
    (point, direction).

    Mean losses and accuracies over all rows, in eval mode; values that are not finite are kept.
    Running statistics are the anchor's, or re-estimated at every point but the anchor itself where
    `spec` says so. Raises Cancelled when `progress` does.
    """
    make, why = choose(problem, anchor)
    # A network that draws from torch's global generator cannot share it between threads.
    workers = 1 if problem.stochastic and spec.batchnorm == "re-estimate" else machine.workers
    stop = threading.Event()
    free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    size = max(1, min(GROUP, WEIGHTS // (4 * directions.shape[1])))
    groups = [slice(first, min(first + size, len(at))) for first in range(0, len(at), size)]
    result = {name: np.full(len(at), np.nan) for name in SCORES}

    def work(group: slice) -> Scores:
        torch.set_num_threads(1)
        worker = free.get()
        try:
            with torch.no_grad(), listening(Stopped(stop)):
                return worker.scores(at[group])
        finally:
            free.put(worker)

    with single_threaded(), torch.no_grad():
        homes = on_devices(problem, machine)
        data = {device: slabs(make(home), home) for device, home in homes.items()}
        for index in range(workers):
            device = machine.devices[index % len(machine.devices)]
            own = homes[device].copied()
            here = anchor.to(device), directions.to(device)
            free.put(Worker(own, make(own), data[device], *here, spec, stop))
        for group, found in spread(groups, work, workers, stop, progress):
            for name in SCORES:
                result[name][group] = found[name]
            progress.advance(group.stop - group.start)
    return result, why


def on_devices(problem: Problem, machine: Machine) -> dict[str, Problem]:
    """{device: the problem there} for the machine's devices; the problem's own is not copied."""
    home = str(problem.device)
    return {device: problem if device == home else problem.to(device) for device in machine.devices}


def spread(
    groups: list[slice],
    work: Callable[[slice], Found],
    workers: int,
    stop: threading.Event,
    progress: Progress,
) -> Iterator[tuple[slice, Found]]:
    """Groups with their results as they are done; an error or a cancel stops the others."""
    with ThreadPoolExecutor(workers, thread_name_prefix="plane") as pool:
        pending: dict[Future[Found], slice] = {pool.submit(work, group): group for group in groups}
        try:
            while pending:
                done, _ = wait(pending, timeout=0.25, return_when=FIRST_COMPLETED)
                for future in done:
                    yield pending.pop(future), future.result()
                progress.check()
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def single_threaded() -> Iterator[None]:
    """One torch thread inside: points are spread over threads of ours."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
