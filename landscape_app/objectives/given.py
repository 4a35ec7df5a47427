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
from landscape_app.objectives.accuracy import Rule
from landscape_app.objectives.objective import Batch, Losses, Objective

FAULTS = (RuntimeError, ValueError, TypeError, IndexError, AttributeError, KeyError, NotImplementedError, AssertionError, ZeroDivisionError)
CLOSE = 2e-5  # relative: float32 sums in another order differ by less
SCALES: dict[Any, Rule] = {  # what a loss calls on its outputs -> what they are
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


def objective_of_callable(loss: Callable[..., Any], sample: Sample) -> tuple[Objective, Rule | None]:
    """The objective of `loss` (outputs, targets) -> scalar, and what its outputs are where its calls tell.

    Raises ModelError where `loss` fails, is random, changes what it is given, gives no scalar, or has no gradient.
    """
    name = getattr(loss, "__qualname__", type(loss).__qualname__).replace("<locals>.", "")
    scale = tried(loss, name, sample)
    batches = [(outputs, targets, loss(outputs, targets).detach()) for outputs, targets in sample.batches()]
    whole: Batch = lambda outputs, targets: loss(outputs, targets).mean()  # noqa: E731 - a scalar's mean is itself
    rows = _rows(loss, batches)
    if rows is None:
        why = f"the loss '{name}' is no mean over rows: on a batch it differs from the mean of its values on single rows"
        unsplit = (f"{why}; it is evaluated on whole sets, and there are no losses of single rows",)
        return Objective(name, None, whole=whole, exact=False, unsplit=why, said=unsplit), scale
    summed = any(_close(rows(o, t).sum(), v.sum()) and not _close(rows(o, t).mean(), v.mean()) for o, t, v in batches if v.dim() == 0)
    said = (f"the loss '{name}' is a sum over rows: training follows it, and recorded losses are per row",) if summed else ()
    return Objective(name, rows, whole=whole, summed=summed, exact=False, said=said), scale


def tried(loss: Callable[..., Any], name: str, sample: Sample) -> Rule | None:
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
        raise ModelError(f"The loss '{name}' fails on {shown}: {_line(error)}.{_hint(error, targets)}") from error
    if not (torch.equal(given, before[0]) and torch.equal(targets, before[1])):
        raise ModelError(f"The loss '{name}' changes the outputs or the targets in place: work on copies (.clone()) in it.")
    if not isinstance(value, Tensor) or value.dim() > 1 or (value.dim() == 1 and len(value) != len(outputs)):
        got = f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else f"a {type(value).__name__}"
        raise ModelError(f"The loss '{name}' gives {got}; it must give a tensor with one number (or one a row).")
    if not value.requires_grad:
        raise ModelError(f"The loss '{name}' has no gradient: it does not depend on the outputs by operations that torch can follow.")
    if not torch.equal(value.nan_to_num(), again.nan_to_num()):
        raise ModelError(f"The loss '{name}' gives two values for the same outputs and targets: it draws random numbers or keeps a state.")
    return seen.scale


def _rows(loss: Callable[..., Any], batches: list[tuple[Tensor, Tensor, Tensor]]) -> Losses | None:
    """The loss of single rows, where their mean or their sum is the loss of each batch; None where it is not."""
    for rows in (_mapped(loss), _looped(loss)):
        try:
            each = [rows(outputs, targets) for outputs, targets, _ in batches]
        except FAULTS:
            continue
        values = [value.mean() if value.dim() else value for _, _, value in batches]
        pairs = list(zip(each, values, strict=True))
        if all(_close(row.mean(), value) for row, value in pairs) or all(_close(row.sum(), value) for row, value in pairs):
            return rows
    return None


def _looped(loss: Callable[..., Any]) -> Losses:
    """Rows one by one: outputs (…, batch, output), targets (…, batch[, target]) -> (…, batch)."""

    def rows(outputs: Tensor, targets: Tensor) -> Tensor:
        if outputs.dim() > 2:
            own = 1 if not targets.is_floating_point() else 2
            shared = targets if targets.dim() > own else targets.expand(len(outputs), *targets.shape)
            return torch.stack([rows(output, target) for output, target in zip(outputs, shared, strict=True)])
        return torch.stack([loss(outputs[i : i + 1], targets[i : i + 1]).reshape(()) for i in range(len(outputs))])

    return rows


def _mapped(loss: Callable[..., Any]) -> Losses:
    """The same by torch.vmap, for losses that do not branch on their values."""
    single = torch.vmap(lambda output, target: loss(output[None], target[None]).reshape(()))

    def rows(outputs: Tensor, targets: Tensor) -> Tensor:
        lead = outputs.shape[:-1]
        own = targets.shape[-1:] if targets.is_floating_point() else ()
        flat: Tensor = single(outputs.reshape(-1, outputs.shape[-1]), targets.expand(*lead, *own).reshape(-1, *own))
        return flat.view(lead)

    return rows


class _Seen(TorchFunctionMode):
    """Notes which of SCALES a loss calls (the first that says what the outputs are counts), and how many numbers it makes."""

    def __init__(self) -> None:
        super().__init__()
        self.scale: Rule | None = None
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


def _close(one: Tensor, other: Tensor) -> bool:
    a, b = float(one), float(other)
    return math.isfinite(a) and math.isfinite(b) and abs(a - b) <= CLOSE * max(abs(a), abs(b)) + 1e-9


def _line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")


def _hint(error: BaseException, targets: Tensor) -> str:
    if isinstance(error, TypeError) and "argument" in str(error):
        return " A loss takes (outputs, targets)."
    if targets.is_floating_point() and bool((targets == targets.round()).all()):
        return " For class labels give whole numbers (.long()); for a loss on numbers give them the shape of the outputs."
    if not targets.is_floating_point():
        return " For a loss on numbers (MSELoss, BCEWithLogitsLoss, …) give the targets as floating point, in the shape of the outputs."
    return ""
