"""Batches in which no row counts in the loss. The mean over no rows is nan, as in torch, and after
it the weights are lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from landscape_app.errors import ModelError
from landscape_app.training.batches import Stream, row_order
from landscape_app.training.problem import Problem

MOST = 20_000_000  # rows looked through, labels only: about 0.5 s


@dataclass(frozen=True)
class Epoch:
    """One epoch of `phase` (training, retraining): its stream, its number from 1, and the setting
    that gives the rows of a batch.
    """

    phase: str
    stream: Stream
    number: int
    setting: str
    size: int


def check_counted(problem: Problem, epochs: Iterable[Epoch]) -> None:
    """Raise ModelError where a batch of `epochs` has no row that counts. Only the first epochs are
    checked, about MOST rows in all.
    """
    counted = _counted(problem)
    if counted is None:
        return
    for epoch in list(epochs)[: max(1, MOST // len(counted))]:
        words = _empty(problem, counted, epoch)
        if words:
            raise ModelError(words)


def why_not_finite(problem: Problem, epoch: Epoch) -> str:
    """The message about a batch of `epoch` without a row that counts; empty if there is none."""
    counted = _counted(problem)
    return "" if counted is None else _empty(problem, counted, epoch)


def _counted(problem: Problem) -> Tensor | None:
    """Which train rows count in the loss: bool (row,) on the processor. None where all rows count,
    or where a sum allows a batch without such rows.
    """
    objective, targets = problem.objective, problem.y_train
    if objective.summed:
        return None
    if objective.weights is not None:
        rows = objective.weights(targets) > 0
    elif objective.accuracy is not None:
        rows = objective.accuracy.counted(targets).expand(targets.shape[:1])
    else:
        return None
    return None if bool(rows.all()) else rows.reshape(len(targets), -1).any(-1).cpu()


def _empty(problem: Problem, counted: Tensor, epoch: Epoch) -> str:
    counts = counted[row_order(epoch.stream, epoch.number, len(counted))]
    padded = torch.nn.functional.pad(counts, (0, -len(counts) % epoch.size))
    empty = torch.nonzero(~padded.view(-1, epoch.size).any(-1)).reshape(-1)
    if not len(empty):
        return ""
    accuracy = problem.objective.accuracy
    ignored = () if accuracy is None else accuracy.ignored
    labels = sorted({int(label) for label in problem.y_train.cpu()[~counted].unique()})
    all_ignored = bool(ignored) and set(labels) <= set(ignored)
    none = (
        f"its labels are all {' or '.join(map(str, labels))}, which the loss ignores"
        if all_ignored
        else "its labels have weight 0"
    )
    return (
        f"No row of batch {int(empty[0]) + 1} in epoch {epoch.number} of {epoch.phase} counts in"
        f" the loss ({epoch.setting} = {epoch.size}): {none}. The mean over no rows is nan. Choose"
        f" a larger {epoch.setting}, or a loss with reduction='sum'."
    )
