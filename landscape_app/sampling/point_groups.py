"""Points of a line or plane in groups: the threads of this machine evaluate them together."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

import torch

from landscape_app.records.progress import Progress
from landscape_app.records.pulse import Stopped, listening
from landscape_app.sampling.machine import Machine
from landscape_app.training.problem import Problem

GROUP = 32  # points that one thread evaluates at a time: the step of progress and cancelling
WEIGHTS = 2**26  # bytes of a group's weights

Worker = TypeVar("Worker")
Result = TypeVar("Result")


def groups_of(count: int, parameters: int, most: int = GROUP) -> list[slice]:
    """`count` points in groups of at most `most`, with at most WEIGHTS bytes of weights each."""
    size = max(1, min(GROUP, WEIGHTS // (4 * parameters), most))
    return [slice(first, min(first + size, count)) for first in range(0, count, size)]


def on_devices(problem: Problem, machine: Machine) -> dict[str, Problem]:
    """{device: the problem there} for the machine's devices. The problem is not copied for its own
    device.
    """
    home = str(problem.device)
    return {device: problem if device == home else problem.to(device) for device in machine.devices}


def copies(
    homes: dict[str, Problem], machine: Machine, count: int
) -> Iterator[tuple[str, Problem]]:
    """(device, a copy of the problem) for `count` workers, over the machine's devices in turn."""
    for index in range(count):
        device = machine.devices[index % len(machine.devices)]
        yield device, homes[device].copied()


def spread(
    groups: Sequence[slice],
    workers: Sequence[Worker],
    evaluate: Callable[[Worker, slice], Result],
    *,
    stop: threading.Event,
    progress: Progress,
) -> Iterator[tuple[slice, Result]]:
    """Yield groups with their results when they are ready, with a thread per worker. An error or a
    cancel sets `stop` and ends the others.
    """
    result = _by_a_free_worker(workers, evaluate, stop)
    with ThreadPoolExecutor(len(workers), thread_name_prefix="plane") as pool:
        pending = {pool.submit(result, group): group for group in groups}
        try:
            yield from _as_done(pending, progress)
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _by_a_free_worker(
    workers: Sequence[Worker], evaluate: Callable[[Worker, slice], Result], stop: threading.Event
) -> Callable[[slice], Result]:
    """`evaluate` with the first worker that no other thread uses."""
    free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    for worker in workers:
        free.put(worker)

    def result(group: slice) -> Result:
        torch.set_num_threads(1)
        worker = free.get()
        try:
            with torch.no_grad(), listening(Stopped(stop)):
                return evaluate(worker, group)
        finally:
            free.put(worker)

    return result


def _as_done(
    pending: dict[Future[Result], slice], progress: Progress
) -> Iterator[tuple[slice, Result]]:
    while pending:
        done, _ = wait(pending, timeout=0.25, return_when=FIRST_COMPLETED)
        for future in done:
            yield pending.pop(future), future.result()
        progress.check()


@contextmanager
def single_threaded() -> Iterator[None]:
    """Use one torch thread inside the block, because the points are spread over our own threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
