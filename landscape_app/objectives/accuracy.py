"""Which predictions are right: by the largest output, by a threshold, or by the sign; only where
the targets are classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

Rule = Literal["largest output", "above 0", "above 0.5", "sign"]
# what the outputs of a loss are: "none": no scores of classes; None: not known
Scale = Rule | Literal["none"] | None
SINGLE, ENTRIES = "accuracy", "label_accuracy"


@dataclass(frozen=True)
class Accuracy:
    """The share of rows that are right (`accuracy`), or of label entries (`label_accuracy`: several
    labels a row).

    ignored: rows with one of these labels do not count. one_hot: the targets are rows of zeros and
    a one.
    """

    rule: Rule
    name: str = SINGLE
    ignored: tuple[int, ...] = ()
    one_hot: bool = False

    def hits(self, outputs: Tensor, targets: Tensor, losses: Tensor | None) -> Tensor:
        """The right share of every row, (…, batch) float64; 0 where its loss or output is not
        finite, or its label is ignored.
        """
        finite = torch.isfinite(losses) if losses is not None else ~outputs.isnan().any(-1)
        if self.rule == "largest output":
            labels = targets.argmax(-1) if self.one_hot else targets
            return (_largest(outputs, labels) & finite & self.counted(targets)).double()
        threshold = 0.5 if self.rule == "above 0.5" else 0.0
        wanted = targets > (0.0 if self.rule == "sign" else 0.5)
        # class labels 0 and 1 for one output
        if wanted.dim() < outputs.dim() and not targets.is_floating_point():
            wanted = wanted[..., None]
        return ((outputs > threshold) == wanted).double().mean(-1) * finite

    def counted(self, targets: Tensor) -> Tensor:
        """Which rows count, bool: (…, batch), or () where all do."""
        if not self.ignored or targets.is_floating_point():
            return torch.ones((), dtype=torch.bool, device=targets.device)
        return ~torch.isin(targets, torch.tensor(self.ignored, device=targets.device))

    def share(self, outputs: Tensor, targets: Tensor, losses: Tensor | None) -> Tensor:
        """The accuracy over all rows: outputs (trajectory, row, output), targets (row[, target]) ->
        (trajectory,).
        """
        return self.hits(outputs, targets, losses).sum(-1) / self.rows(targets)

    def rows(self, targets: Tensor) -> float:
        """How many rows of `targets` (row[, target]) count."""
        return float(self.counted(targets).expand(targets.shape[:1]).sum())


def _largest(outputs: Tensor, labels: Tensor) -> Tensor:
    """Whether the first of the largest outputs (…, batch, output) is that of the label, bool
    (…, batch).

    Without equal ones a comparison answers, in half the time of argmax; quickest where the rows
    are last in memory.
    """
    largest = outputs == outputs.amax(-1, keepdim=True)
    if not bool((largest.sum(-1) == 1).all()):
        return outputs.argmax(-1) == labels
    inside = labels.clamp(0, outputs.shape[-1] - 1)
    at = inside.expand(outputs.shape[:-1])[..., None]
    return largest.gather(-1, at)[..., 0] & (inside == labels)


def of_targets(
    targets: tuple[Tensor, ...],
    *,
    outputs: int,
    classes: int,
    scale: Scale,
    ignored: tuple[int, ...] = (),
) -> Accuracy | None:
    """The accuracy that `targets` (those of both sides) allow; None where they are no classes.

    Class numbers: the largest output, or for one output the threshold. Zeros and ones: the largest
    output where each row has a single one, else the threshold. −1 and 1: the sign. scale: "above 0"
    for a loss of logits, "above 0.5" for one of probabilities, "largest output" for one of classes,
    "none" for one of neither; None: not known.
    """
    threshold: Rule = "above 0" if scale == "above 0" else "above 0.5"
    if classes and outputs > 1:
        return None if scale == "none" else Accuracy("largest output", ignored=ignored)
    if classes:
        return Accuracy(threshold)
    if scale == "none" or any(side.shape[-1] != outputs for side in targets):
        return None
    name = SINGLE if outputs == 1 else ENTRIES
    if all(bool(((side == 0) | (side == 1)).all()) for side in targets):
        if outputs > 1 and all(bool((side.sum(-1) == 1).all()) for side in targets):
            return Accuracy("largest output", one_hot=True)
        return None if scale == "largest output" else Accuracy(threshold, name)
    if all(bool((side.abs() == 1).all()) for side in targets):
        return Accuracy("sign", name)
    return None
