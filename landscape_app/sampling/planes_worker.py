"""The part of one thread in evaluating a plane: groups of points, slab after slab of the data."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from landscape_app.datasets.tensors import Rows, slabs_of
from landscape_app.errors import Cancelled
from landscape_app.records.pulse import pulse
from landscape_app.sampling.jumps import reestimate
from landscape_app.sampling.planes_engines import Evaluator
from landscape_app.seeds import stream_seed
from landscape_app.settings import RunSpec
from landscape_app.training.batches import seeded
from landscape_app.training.engine import OneAtATime
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

OUTPUTS = 2**24  # bytes of outputs of which losses are taken at once
KEPT = 2**28  # bytes of prepared data that are kept for the next group
PREPARED = 2**26  # bytes of prepared data at a time where they are not kept
# of what is asked for beside the scores
Also = Callable[["Slab", slice, Tensor, "Tensor | None"], None]
SCORES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


@dataclass(frozen=True)
class Slab:
    """Rows of one side of the data whose losses are computed together: the position of the first of
    them, their targets, and their blocks in the evaluator's form.
    """

    side: str
    first: int
    y: Tensor
    blocks: Callable[[], list[Tensor]]


def slabs(evaluator: Evaluator, problem: Problem) -> list[Slab]:
    """Both sides of the data. They are prepared once if they fit into memory, otherwise at every
    use.
    """
    sides = {"train": (problem.x_train, problem.y_train), "test": (problem.x_test, problem.y_test)}
    keep = sum(len(y) for _, y in sides.values()) * evaluator.shared <= KEPT
    most = min(
        OUTPUTS // (4 * evaluator.points * problem.outputs), PREPARED // max(1, evaluator.shared)
    )
    size = max(1, most // evaluator.rows) * evaluator.rows
    if problem.objective.rows is None:  # the loss is one of whole sets
        size = max(len(y) for _, y in sides.values())
    return [
        Slab(side, number * size, ys, _blocks(evaluator, xs, keep=keep))
        for side, (x, y) in sides.items()
        for number, (xs, ys) in enumerate(zip(slabs_of(x, size), y.split(size), strict=True))
    ]


def _blocks(evaluator: Evaluator, x: Rows, *, keep: bool) -> Callable[[], list[Tensor]]:
    def made() -> list[Tensor]:
        # Even parts: a small rest would be slow.
        return [
            evaluator.prepare(rows) for rows in x.tensor_split(math.ceil(len(x) / evaluator.rows))
        ]

    if not keep:
        return made
    blocks = made()
    return lambda: blocks


class Worker:
    """The network and evaluator of one thread. The data (`slabs`), the anchor and the directions
    (d, parameter) are shared.
    """

    def __init__(
        self,
        problem: Problem,
        evaluator: Evaluator,
        data: list[Slab],
        anchor: Bundle,
        directions: Tensor,
        spec: RunSpec,
        stop: threading.Event,
    ) -> None:
        self.problem, self._evaluator, self._data = problem, evaluator, data
        self._anchor, self._directions, self._spec, self._stop = anchor, directions, spec, stop

    def scores(self, at: np.ndarray) -> dict[str, np.ndarray]:
        """{score: (point,) float64} at the points `at` (point, direction). Raises Cancelled between
        slabs once `stop` is set.
        """
        steps = torch.from_numpy(at).to(self.problem.device)
        weights = self._anchor.weights.expand(len(at), -1)
        for coefficients, direction in zip(steps.T.float(), self._directions, strict=True):
            weights = weights + coefficients[:, None] * direction
        return self.evaluated(self.moved(weights, (at != 0).any(1).tolist()))

    def evaluated(self, bundle: Bundle, also: Also | None = None) -> dict[str, np.ndarray]:
        """{score: (point,) float64} of the points of `bundle`. also: is given each slab, the points
        there, their outputs (point, row, output) and their losses (point, row); then losses are
        as precise as those of snapshots. Raises Cancelled as `scores` does.
        """
        size = self._evaluator.points
        parts = [
            slice(first, min(first + size, len(bundle))) for first in range(0, len(bundle), size)
        ]
        states = [self._evaluator.fold(bundle.part(here)) for here in parts]
        total = {
            name: torch.zeros(len(bundle), dtype=torch.float64, device=self.problem.device)
            for name in SCORES
        }
        for slab in self._data:
            if self._stop.is_set():
                raise Cancelled
            for here, logits in zip(parts, self._outputs(slab, states), strict=True):
                losses = self._add(total, slab, here, logits, precise=also is not None)
                if also is not None:
                    also(slab, here, logits, losses)
        return {name: (value / self._over(name)).cpu().numpy() for name, value in total.items()}

    def _add(
        self, total: dict[str, Tensor], slab: Slab, here: slice, logits: Tensor, *, precise: bool
    ) -> Tensor | None:
        """Add the slab's losses and hits at the points `here`; the losses of its rows."""
        objective = self.problem.objective
        exact = objective.precise(logits) if precise else logits
        losses = None if objective.rows is None else objective.rows(exact, slab.y)
        total[f"{slab.side}_loss"][here] += (
            objective.total(logits, slab.y) if losses is None else losses.double().sum(1)
        ).double()
        if objective.accuracy is not None:
            total[f"{slab.side}_accuracy"][here] += objective.accuracy.hits(
                logits, slab.y, losses
            ).sum(1)
        else:
            total[f"{slab.side}_accuracy"][here] = torch.nan
        return losses

    def _over(self, name: str) -> float:
        """The divisor of the total `name`."""
        y = self.problem.y_train if name.startswith("train") else self.problem.y_test
        objective = self.problem.objective
        if name.endswith("loss") or objective.accuracy is None:
            return objective.norm(y)
        return objective.accuracy.rows(y)

    def _outputs(self, slab: Slab, states: list[Any]) -> list[Tensor]:
        """Outputs (point, row, output) on all rows of `slab`, for each of `states`."""
        by_state: list[list[Tensor]] = [[] for _ in states]
        for block in slab.blocks():
            pulse()
            # innermost, so that the block stays in the cache
            for state, outputs in zip(states, by_state, strict=True):
                outputs.append(self._evaluator.outputs(state, block))
        return [torch.cat(outputs, 2).transpose(1, 2) for outputs in by_state]

    def moved(self, weights: Tensor, moved: list[bool]) -> Bundle:
        """The points with these `weights` (point, parameter). moved: whether each is another than
        the anchor, whose running statistics are not re-estimated.
        """
        buffers = {
            key: value.expand(len(weights), *value.shape[1:]).clone()
            for key, value in self._anchor.buffers.items()
        }
        bundle = Bundle(weights, buffers)
        if self._spec.batchnorm == "re-estimate" and buffers:
            self._reestimate(bundle, moved)
        return bundle

    def _reestimate(self, bundle: Bundle, moved: list[bool]) -> None:
        """Re-estimate point by point where the network draws random numbers (dropout). So each
        point draws the same numbers, whatever points are evaluated with it.
        """
        engine = OneAtATime(self.problem)
        parts = (
            [slice(i, i + 1) for i in range(len(bundle))]
            if self.problem.stochastic
            else [slice(0, len(bundle))]
        )
        for here in parts:
            with seeded(self.problem, stream_seed(self._spec.seed, "surface", "network")):
                reestimate(self.problem, self._spec, engine, bundle.part(here), moved[here])
