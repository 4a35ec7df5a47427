"""The train loss along straight lines between states of a network. Weights and running statistics
move together.

It is as fast as points of a plane (see planes_engines). Every point is computed from the two ends,
not from the point before it. The losses are computed like those stored with snapshots: on all train
rows, without augmentation.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from landscape_app.errors import Cancelled
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import pulse
from landscape_app.sampling.machine import Machine
from landscape_app.sampling.planes_engines import Evaluator, choose
from landscape_app.sampling.planes_worker import Slab, slabs
from landscape_app.sampling.point_groups import (
    copies,
    groups_of,
    on_devices,
    single_threaded,
    spread,
)
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

OUTPUTS = 2**26  # bytes of a group's outputs of all rows


def evaluate(
    problem: Problem,
    anchor: Bundle,
    first: Bundle,
    last: Bundle,
    *,
    points: int,
    machine: Machine,
    progress: Progress,
) -> np.ndarray:
    """(line, points) float64: mean train losses at `points` (≥ 2) equally spaced points from each
    of `first` to its one of `last`.

    Eval mode; a floating-point buffer moves with the weights, others stay the first end's. Losses
    that are not finite are kept. `anchor`, a bundle of one, is what the way of evaluating is tried
    at. Raises Cancelled when `progress` does.
    """
    make, _ = choose(problem, anchor)
    at = np.stack(
        np.meshgrid(np.arange(len(first)), np.linspace(0, 1, points), indexing="ij"), -1
    ).reshape(-1, 2)
    outputs = 8 * len(problem.x_train) * problem.outputs
    groups = groups_of(len(at), first.weights.shape[1], OUTPUTS // outputs)
    losses, stop = np.empty(len(at)), threading.Event()

    def evaluated(worker: _Worker, group: slice) -> np.ndarray:
        return worker.losses(between(first, last, at[group]).to(worker.problem.device))

    with single_threaded(), torch.no_grad():
        homes = on_devices(problem, machine)
        data = {device: _train_slabs(make(home), home) for device, home in homes.items()}
        workers = [
            _Worker(own, make(own), data[device], stop)
            for device, own in copies(homes, machine, machine.workers)
        ]
        for group, values in spread(groups, workers, evaluated, stop=stop, progress=progress):
            losses[group] = values
            progress.advance(group.stop - group.start)
    return losses.reshape(len(first), points)


def _train_slabs(evaluator: Evaluator, problem: Problem) -> list[Slab]:
    return [slab for slab in slabs(evaluator, problem) if slab.side == "train"]


def between(first: Bundle, last: Bundle, at: np.ndarray) -> Bundle:
    """The states at `at` (point, 2): the number of a line, and the share of the way from its state
    in `first` to that in `last`.
    """
    line, share = torch.from_numpy(at[:, 0]).long(), torch.from_numpy(at[:, 1])

    def mixed(start: Tensor, end: Tensor) -> Tensor:
        if not start.is_floating_point():
            return start[line]
        weight = share.view(-1, *[1] * (start.dim() - 1))
        return ((1 - weight) * start[line].double() + weight * end[line].double()).to(start.dtype)

    buffers = {key: mixed(value, last.buffers[key]) for key, value in first.buffers.items()}
    return Bundle(mixed(first.weights, last.weights), buffers)


@dataclass(frozen=True)
class _Worker:
    """The network and evaluator of one thread. All threads share the data."""

    problem: Problem
    evaluator: Evaluator
    data: list[Slab]
    stop: threading.Event

    def losses(self, bundle: Bundle) -> np.ndarray:
        """(point,) mean train losses. Raises Cancelled once `stop` is set."""
        size = self.evaluator.points
        starts = range(0, len(bundle), size)
        parts = [self._losses(bundle.part(slice(start, start + size))) for start in starts]
        return torch.cat(parts).cpu().numpy()

    def _losses(self, bundle: Bundle) -> Tensor:
        state, outputs = self.evaluator.fold(bundle), list[Tensor]()
        for slab in self.data:
            if self.stop.is_set():
                raise Cancelled
            for block in slab.blocks():
                pulse()
                outputs.append(self.evaluator.outputs(state, block))
        loss, _ = self.problem.objective.recorded(
            torch.cat(outputs, 2).transpose(1, 2), self.problem.y_train
        )
        return loss.double()
