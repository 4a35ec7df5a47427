"""Losses on lines and planes through the anchor. Every point is computed from the anchor, not from
the point before it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from landscape_app.records.progress import Progress
from landscape_app.sampling.machine import Machine
from landscape_app.sampling.planes_engines import Evaluator, choose
from landscape_app.sampling.planes_worker import SCORES, Worker, slabs
from landscape_app.sampling.point_groups import (
    copies,
    groups_of,
    on_devices,
    single_threaded,
    spread,
)
from landscape_app.settings import RunSpec
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

Scores = dict[str, np.ndarray]


@dataclass(frozen=True)
class Plane:
    """A line or plane through the anchor: directions (1 or 2, parameter) float32 in main memory,
    one label each. unit: the meaning of a step of 1 along a direction, in words. facts: what else
    is known about the directions.
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
    scores = {name: np.full(len(at), np.nan) for name in SCORES}

    def evaluated(worker: Worker, group: slice) -> Scores:
        return worker.scores(at[group])

    groups = groups_of(len(at), directions.shape[1])
    ready = in_groups(
        *(problem, anchor, make, groups, evaluated),
        directions=directions,
        spec=spec,
        machine=machine,
        progress=progress,
    )
    for group, values in ready:
        for name in SCORES:
            scores[name][group] = values[name]
    return scores, why


def in_groups(
    problem: Problem,
    anchor: Bundle,
    make: Callable[[Problem], Evaluator],
    groups: Sequence[slice],
    evaluate: Callable[[Worker, slice], Scores],
    *,
    directions: Tensor | None = None,
    spec: RunSpec,
    machine: Machine,
    progress: Progress,
) -> Iterator[tuple[slice, Scores]]:
    """Each group of points with what `evaluate` gives for it, when it is ready; points are counted.
    make: of the evaluator. directions: that `Worker.scores` needs. Raises Cancelled when `progress`
    does.
    """
    # A network that draws from torch's global generator cannot share it between threads.
    workers = 1 if problem.stochastic and spec.batchnorm == "re-estimate" else machine.workers
    axes, stop = anchor.weights[:0] if directions is None else directions, threading.Event()

    def worker(device: str, own: Problem) -> Worker:
        here = anchor.to(device), axes.to(device)
        return Worker(own, make(own), data[device], *here, spec, stop)

    with single_threaded(), torch.no_grad():
        homes = on_devices(problem, machine)
        data = {device: slabs(make(home), home) for device, home in homes.items()}
        pool = [worker(device, own) for device, own in copies(homes, machine, workers)]
        for group, values in spread(groups, pool, evaluate, stop=stop, progress=progress):
            yield group, values
            progress.advance(group.stop - group.start)
