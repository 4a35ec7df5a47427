"""All that a snapshot records, at points around the anchor that are not retrained.

The points are evaluated like those of a plane (planes_engines.py says how). Every point is computed
from the anchor. Directions are drawn again for each group of points: a network of millions of
weights does not fit into memory 64 times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from landscape_app.directions import of_spec
from landscape_app.records.points import Points
from landscape_app.records.progress import Progress
from landscape_app.sampling.machine import Machine
from landscape_app.sampling.planes import in_groups
from landscape_app.sampling.planes_engines import choose
from landscape_app.sampling.planes_worker import Slab, Worker
from landscape_app.sampling.point_groups import GROUP, groups_of
from landscape_app.settings import RunSpec
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

Columns = dict[str, np.ndarray]


def groups(points: Points, parameters: int) -> list[slice]:
    """The points in groups that are evaluated together: whole lines where they fit, so that their
    directions are drawn once.
    """
    return groups_of(len(points), parameters, GROUP // points.line * points.line or GROUP)


def recorded(
    problem: Problem,
    anchor: Bundle,
    points: Points,
    parts: Sequence[slice],
    *,
    spec: RunSpec,
    machine: Machine,
    progress: Progress,
) -> tuple[Iterator[tuple[slice, Columns]], str]:
    """(the columns of each of `parts` when it is ready, how it was done in words).

    Columns, each with a leading axis of points: train_loss, test_loss, train_accuracy,
    test_accuracy, distance float64 (accuracies NaN where the task has none), diverged uint8, probe
    (point, m, output), train_probe (point, t, output), losses (point, e) float32; losses are absent
    where the loss is no mean over rows. Values that are not finite are kept. Raises Cancelled when
    `progress` does.
    """
    make, why = choose(problem, anchor)
    theta = anchor.weights[0].cpu()

    def evaluate(worker: Worker, part: slice) -> Columns:
        return _columns(worker, theta, points.part(part), spec)

    ready = in_groups(
        problem, anchor, make, parts, evaluate, spec=spec, machine=machine, progress=progress
    )
    return ready, why


def displaced(theta: Tensor, problem: Problem, points: Points, spec: RunSpec) -> Tensor:
    """The weights (point, parameter) of `points` around `theta` (parameter,), in main memory."""
    drawn = {
        seed: of_spec(theta, problem.layout, spec, seed)
        for seed in np.unique(points.seeds).tolist()
    }
    steps = torch.from_numpy(points.coefficients).float()
    weights = theta.expand(len(points), -1)
    for seeds, coefficients in zip(points.seeds.T.tolist(), steps.T, strict=True):
        weights = weights + coefficients[:, None] * torch.stack([drawn[seed] for seed in seeds])
    return weights


def _columns(worker: Worker, theta: Tensor, points: Points, spec: RunSpec) -> Columns:
    problem = worker.problem
    weights = displaced(theta, problem, points, spec)
    distance = (weights - theta).double().norm(dim=1).numpy()
    moved = (points.coefficients != 0).any(1).tolist()
    answers = _Answers(problem, len(points))
    scores = worker.evaluated(worker.moved(weights.to(problem.device), moved), answers.add)
    columns = scores | {"distance": distance}
    finite = np.isfinite([scores["train_loss"], scores["test_loss"], distance]).all(0)
    return columns | {"diverged": (~finite).astype(np.uint8)} | answers.columns()


class _Answers:
    """The answers on both probes and the losses of single examples, of one group of points."""

    def __init__(self, problem: Problem, count: int) -> None:
        self._problem = problem
        self._rows = {
            "probe": ("test", problem.probe),
            "train_probe": ("train", problem.train_probe),
        }
        self._answers = {
            name: torch.empty(count, len(rows), problem.outputs, device=problem.device)
            for name, (_, rows) in self._rows.items()
        }
        self._losses = torch.empty(count, len(problem.loss_rows), device=problem.device)

    def add(self, slab: Slab, here: slice, logits: Tensor, losses: Tensor | None) -> None:
        """Take what is kept of a slab's outputs (point, row, output) and losses (point, row) at the
        points `here`.
        """
        for name, (side, rows) in self._rows.items():
            if side == slab.side:
                place, local = _inside(rows, slab)
                self._answers[name][here, place] = logits[:, local]
        if slab.side == "train" and losses is not None:
            place, local = _inside(self._problem.loss_rows, slab)
            self._losses[here, place] = losses[:, local].float()

    def columns(self) -> Columns:
        """probe, train_probe and losses, as a snapshot has them."""
        objective, answers = self._problem.objective, self._answers
        if objective.probabilities:
            answers = {name: values.softmax(-1) for name, values in answers.items()}
        losses = {"losses": self._losses} if objective.rows is not None else {}
        return {name: values.cpu().numpy() for name, values in (answers | losses).items()}


def _inside(rows: Tensor, slab: Slab) -> tuple[Tensor, Tensor]:
    """(positions in `rows` of those that the slab has, their positions in the slab)."""
    place = ((rows >= slab.first) & (rows < slab.first + len(slab.y))).nonzero()[:, 0]
    return place, rows[place] - slab.first
