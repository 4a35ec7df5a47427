"""A caller's own loss function: tried on a few batches to learn whether it is a mean or a sum over rows, or neither."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from landscape_app.errors import ModelError
from landscape_app.objectives.accuracy import Scale
from landscape_app.objectives.objective import Batch, Objective
from landscape_app.objectives.single_rows import FAULTS, close, line, single_rows

SCALES: dict[Any, Scale] = {
    functional.poisson_nll_loss: "none",
    functional.hinge_embedding_loss: "none",  # what a loss calls on its outputs -> what they are
    functional.binary_cross_entropy_with_logits: "above 0",
    functional.multilabel_soft_margin_loss: "above 0",
    functional.logsigmoid: "above 0",
    functional.sigmoid: "above 0",
    torch.sigmoid: "above 0",
    Tensor.sigmoid: "above 0",
    functional.softplus: "above 0",
    functional.binary_cross_entropy: "above 0.5",
    functional.cross_entropy: "largest output",
    functional.nll_loss: "largest output",
    functional.log_softmax: "largest output",
    torch.log_softmax: "largest output",
    Tensor.log_softmax: "largest output",
    functional.softmax: "largest output",
    torch.softmax: "largest output",
    Tensor.softmax: "largest output",
}


@dataclass(frozen=True)
class Sample:
    """Outputs (row, output) of the network on a few train rows of mixed targets (row[, target]), in three batches of rows."""

    outputs: Tensor
    targets: Tensor

    def batches(self) -> list[tuple[Tensor, Tensor]]:
        """Three batches of different sizes: as they are, with the outputs of other rows, and with outputs between two rows."""
        n = len(self.outputs)
        cuts = [slice(0, max(2, n // 4)), slice(n // 4, max(n // 4 + 2, n // 2 + n // 8)), slice(0, n)]
        shifted = self.outputs.roll(1, 0)
        kinds = [self.outputs, shifted, (self.outputs + shifted) / 2]  # none leaves the range of the network's outputs
        return [(outputs[cut].clone(), self.targets[cut].clone()) for outputs, cut in zip(kinds, cuts, strict=True)]


def objective_of_callable(loss: Callable[..., Any], sample: Sample) -> tuple[Objective, Scale]:
    """The objective of `loss` (outputs, targets) -> scalar, and what its outputs are where its calls tell.

    Raises ModelError where `loss` fails, is random, changes what it is given, gives no scalar, or has no gradient.
    """
    name = getattr(loss, "__qualname__", type(loss).__qualname__).replace("<locals>.", "")
    scale = tried(loss, name, sample)
    batches = [(outputs, targets, loss(outputs, targets).detach()) for outputs, targets in sample.batches()]
    whole = _whole(loss, name)
    rows = single_rows(loss, name, batches)
    if rows is None:
        why = f"the loss '{name}' is no mean over rows: on a batch it differs from the mean of its values on single rows"
        unsplit = (f"{why}; it is evaluated on whole sets, and there are no losses of single rows",)
        return Objective(name, None, whole=whole, exact=False, unsplit=why, said=unsplit), scale
    summed = any(close(rows(o, t).sum(), v.sum()) and not close(rows(o, t).mean(), v.mean()) for o, t, v in batches if v.numel() == 1)
    said = (f"the loss '{name}' is a sum over rows: training follows it, and recorded losses are per row",) if summed else ()
    return Objective(name, rows, whole=whole, summed=summed, exact=False, said=said), scale


def tried(loss: Callable[..., Any], name: str, sample: Sample) -> Scale:
    """Refuse a loss that cannot be used; else what its outputs are, if it says so."""
    outputs, targets = sample.batches()[2]
    given = outputs.requires_grad_() * 1
    before = given.detach().clone(), targets.clone()
    shown = f"outputs {tuple(outputs.shape)} and targets {tuple(targets.shape)} of type {str(targets.dtype).removeprefix('torch.')}"
    try:
        with torch.random.fork_rng(devices=[outputs.device] if outputs.is_cuda else []):
            with _Seen() as seen:
                value = loss(given, targets)
            again = loss(outputs * 1, targets)
    except FAULTS as error:
        raise ModelError(f"The loss '{name}' fails on {shown}: {line(error)}.{_hint(error, targets)}") from error
    if not (torch.equal(given, before[0]) and torch.equal(targets, before[1])):
        raise ModelError(f"The loss '{name}' changes the outputs or the targets in place: work on copies (.clone()) in it.")
    if not isinstance(value, Tensor) or (value.numel() != 1 and value.shape != outputs.shape[:1]):
        got = f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else f"a {type(value).__name__}"
        raise ModelError(f"The loss '{name}' gives {got}; it must give a tensor with one number (or one a row).")
    if not value.requires_grad:
        raise ModelError(f"The loss '{name}' has no gradient: it does not depend on the outputs by operations that torch can follow.")
    if not torch.equal(value.nan_to_num(), again.nan_to_num()):
        raise ModelError(f"The loss '{name}' gives two values for the same outputs and targets: it draws random numbers or keeps a state.")
    return seen.scale


def _whole(loss: Callable[..., Any], name: str) -> Batch:
    """`loss` on one batch, as a number; NaN where it cannot take outputs that are not finite."""

    def whole(outputs: Tensor, targets: Tensor) -> Tensor:
        try:
            return loss(outputs, targets).mean()  # the mean of a single number is itself
        except FAULTS as error:
            if torch.isfinite(outputs).all():
                raise ModelError(f"The loss '{name}' fails on outputs of this network: {line(error)}.") from error
            return (outputs * torch.nan).sum()

    return whole


class _Seen(TorchFunctionMode):
    """Notes which of SCALES a loss calls (the first that says what the outputs are counts), and how many numbers it makes."""

    def __init__(self) -> None:
        super().__init__()
        self.scale: Scale = None
        self.numbers = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.scale = self.scale or SCALES.get(func)
        result = func(*args, **(kwargs or {}))
        self.numbers += result.numel() if isinstance(result, Tensor) else 0
        return result


def bytes_of(loss: Callable[..., Any], sample: Sample, rows: int) -> float:
    """About how much memory `loss` takes on `rows` rows at once, by how the numbers that it makes grow from half a sample to all."""
    n = len(sample.outputs)
    counts = []
    for part in (slice(0, n // 2), slice(0, n)):
        with _Seen() as seen:
            loss(sample.outputs[part].clone(), sample.targets[part].clone())
        counts.append(max(seen.numbers, 1))
    power = max(1.0, math.log2(counts[1] / counts[0]))
    return 4.0 * counts[1] * (rows / n) ** power


def _hint(error: BaseException, targets: Tensor) -> str:
    if isinstance(error, TypeError) and "argument" in str(error):
        return " A loss takes (outputs, targets)."
    if targets.is_floating_point() and bool((targets == targets.round()).all()):
        return " For class labels give whole numbers (.long()); for a loss on numbers give them the shape of the outputs."
    if not targets.is_floating_point():
        return " For a loss on numbers (MSELoss, BCEWithLogitsLoss, …) give the targets as floating point, in the shape of the outputs."
    return ""
