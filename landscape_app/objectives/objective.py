"""The contract of a loss: what training minimises, what is recorded, what each row contributes, and
which rows are right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from landscape_app.objectives.accuracy import Accuracy

# outputs (…, batch, output), targets (…, batch[, target]) -> (…, batch)
Losses = Callable[[Tensor, Tensor], Tensor]
# outputs (batch, output), targets (batch[, target]) -> ()
Batch = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Objective:
    """A loss over outputs (…, batch, output) and targets (…, batch[, target]).

    rows: what every row contributes, (…, batch). The loss over any rows is Σ rows / Σ weights.
    weights: targets -> (…, batch); None: every row has weight 1. None for `rows`: the loss is no
    weighted mean over rows. Then `whole`, the caller's own function, is its only definition, and it
    is evaluated on whole sets; `unsplit` says why, in words.

    summed: training follows the gradient of Σ rows; what is recorded is per row all the same.
    probabilities: the outputs are scores of classes, whose softmax means something. exact: `rows`
    takes float64. notes: what was decided, in words.
    """

    name: str
    rows: Losses | None
    accuracy: Accuracy | None = None
    weights: Callable[[Tensor], Tensor] | None = None
    whole: Batch | None = None
    summed: bool = False
    probabilities: bool = False
    exact: bool = True
    unsplit: str = ""
    notes: tuple[str, ...] = ()

    def minimised(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The loss of a batch for every trajectory, as the caller's function computes it:
        (trajectory, batch, …) -> (trajectory,).
        """
        if self.whole is not None:
            return self._each(outputs, targets)
        assert self.rows is not None
        rows = self.rows(outputs, targets)
        if self.summed:
            return rows.sum(-1)
        return (
            rows.mean(-1)
            if self.weights is None
            else rows.sum(-1) / self.weights(targets).to(rows).sum(-1)
        )

    def total(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Σ rows over the last axis: (…, batch, output) -> (…,); for a loss that cannot be split,
        its value on all of them.
        """
        return (
            self._each(outputs, targets)
            if self.rows is None
            else self.rows(outputs, targets).sum(-1)
        )

    def norm(self, targets: Tensor) -> float:
        """The divisor of a total over all rows with `targets` (row[, target]), for the recorded
        loss.
        """
        if self.rows is None:
            return 1.0
        return (
            float(len(targets))
            if self.weights is None
            else float(self.weights(targets).double().sum())
        )

    def recorded(self, outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor | None]:
        """(the loss over all rows (trajectory,), the contribution of each row (trajectory, row), or
        None where it is not computed).

        outputs (trajectory, row, output), targets (row[, target]) of one side.
        """
        if self.whole is not None:
            value = self._each(outputs, targets)
            return (value / len(targets) if self.summed else value), None
        assert self.rows is not None
        rows = self.rows(self.precise(outputs), targets)
        return (rows.mean(-1) if self.weights is None else rows.sum(-1) / self.norm(targets)), rows

    def precise(self, outputs: Tensor) -> Tensor:
        """The outputs in float64 where the loss accepts it. Where a network is sure, half of the
        digits of a small float32 loss are noise.
        """
        return outputs.double() if self.exact else outputs

    def block(self, rows: int, most: int) -> int:
        """Rows to evaluate at once: `rows`, or all `most` where the loss cannot be split."""
        return most if self.rows is None else rows

    def _each(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Call the caller's function for each trajectory: (…, batch, output) -> (…,)."""
        assert self.whole is not None
        if outputs.dim() == 2:
            return self.whole(outputs, targets)
        # leading axes that the targets have too
        own = targets.dim() - (1 if not targets.is_floating_point() else 2)
        shared = targets if own else targets.expand(len(outputs), *targets.shape)
        return torch.stack(
            [self._each(output, target) for output, target in zip(outputs, shared, strict=True)]
        )
