"""A user's own loss function. Calls on a few batches tell whether it is a mean over rows, a sum, or
neither.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from landscape_app.errors import ModelError
from landscape_app.objectives.accuracy import Scale
from landscape_app.objectives.objective import Batch, Objective
from landscape_app.objectives.single_rows import FAULTS, close, line, single_rows
from landscape_app.objectives.watch import Watch
from landscape_app.records.dataset import Form

# of labels, as numpy and torch name them
KINDS = ("bool", "uint8", "int8", "int16", "int32", "int64")


@dataclass(frozen=True)
class Sample:
    """Outputs (row, output) of the network on a few train rows of mixed targets (row[, target]), in
    three batches of rows.
    """

    outputs: Tensor
    targets: Tensor

    def batches(self) -> list[tuple[Tensor, Tensor]]:
        """Three batches of different sizes: as they are, with the outputs of other rows, and with
        outputs between two rows.
        """
        n = len(self.outputs)
        cuts = [
            slice(0, max(2, n // 4)),
            slice(n // 4, max(n // 4 + 2, n // 2 + n // 8)),
            slice(0, n),
        ]
        shifted = self.outputs.roll(1, 0)
        # none leaves the range of the network's outputs
        kinds = [self.outputs, shifted, (self.outputs + shifted) / 2]
        return [
            (outputs[cut].clone(), self.targets[cut].clone())
            for outputs, cut in zip(kinds, cuts, strict=True)
        ]


def name_of(loss: Callable[..., Any]) -> str:
    """The name of the function or class `loss`."""
    return str(getattr(loss, "__qualname__", type(loss).__qualname__)).replace("<locals>.", "")


def as_brought(loss: Callable[..., Any], form: Form | None) -> Callable[[Tensor, Tensor], Tensor]:
    """`loss` as a function of stored targets. It gets them in the shape and type in which the user
    gave them (`form`).
    """
    return lambda outputs, targets: loss(outputs, restored(targets, form))


def restored(targets: Tensor, form: Form | None) -> Tensor:
    """Stored targets (batch[, target]) in the shape and type in which the user gave them."""
    if form is None:
        return targets
    if targets.dim() == 2 and form.axes == 1:
        targets = targets[:, 0]
    elif targets.dim() == 1 and form.axes == 2:
        targets = targets[:, None]
    return targets.to(getattr(torch, form.kind)) if form.kind in KINDS else targets


def objective_of_callable(
    loss: Callable[..., Any], name: str, sample: Sample, form: Form | None = None
) -> tuple[Objective, Scale]:
    """The objective of `loss` (outputs, targets) -> scalar, and what its outputs are if known.

    Raises ModelError where `loss` fails, is random, changes what it is given, gives no scalar, or
    has no gradient.
    """
    scale = trial(loss, name, sample, form)
    batches = [
        (outputs, targets, loss(outputs, targets).detach()) for outputs, targets in sample.batches()
    ]
    whole = _whole(loss, name)
    rows = single_rows(loss, name, batches, mapped=not _keeps(loss, sample))
    if rows is None:
        return _of_whole_sets(name, whole), scale
    summed = any(
        close(rows(o, t).sum(), v.sum()) and not close(rows(o, t).mean(), v.mean())
        for o, t, v in batches
        if v.numel() == 1
    )
    note = (
        f"the loss '{name}' is a sum over rows: training follows it, and recorded losses are per"
        " row"
    )
    notes = (note,) if summed else ()
    return Objective(name, rows, whole=whole, summed=summed, exact=False, notes=notes), scale


def _of_whole_sets(name: str, whole: Batch) -> Objective:
    """The objective of a loss that is not a mean over rows."""
    why = (
        f"the loss '{name}' is no mean over rows: on a batch it differs from the mean of its"
        " values on single rows"
    )
    note = f"{why}; it is evaluated on whole sets, and there are no losses of single rows"
    return Objective(name, None, whole=whole, exact=False, unsplit=why, notes=(note,))


def trial(loss: Callable[..., Any], name: str, sample: Sample, form: Form | None = None) -> Scale:
    """Call the loss on a batch. Returns the meaning of its outputs, if the call shows it. form: the
    shape and type of the targets that it gets. Raises ModelError for a loss that cannot be used.
    """
    outputs, targets = sample.batches()[2]
    given = outputs.requires_grad_() * 1
    before = given.detach().clone(), targets.clone()
    handed = restored(targets, form)
    shapes = f"outputs {tuple(outputs.shape)} and targets {tuple(handed.shape)}"
    kind = str(handed.dtype).removeprefix("torch.")
    try:
        with torch.random.fork_rng(devices=[outputs.device] if outputs.is_cuda else []):
            with Watch() as seen:
                value = loss(given, targets)
            again = loss(outputs * 1, targets)
            alone = loss(outputs.detach(), targets)
    except FAULTS as error:
        raise ModelError(
            f"The loss '{name}' fails on {shapes} of type {kind}: {line(error)}."
            f"{_hint(error, handed)}"
        ) from error
    changed = not (torch.equal(given, before[0]) and torch.equal(targets, before[1]))
    wrong = _misuse(shapes, spread=seen.spread, changed=changed)
    wrong = wrong or _no_loss(value, rows=len(outputs)) or _no_function(value, again, alone)
    if wrong:
        raise ModelError(f"The loss '{name}' {wrong}")
    scale: Scale = seen.scale
    return scale


def _misuse(shapes: str, *, spread: bool, changed: bool) -> str:
    """What a loss does wrongly to its arguments; "" if nothing. Each text ends the sentence "The
    loss 'name' …".
    """
    if spread:
        return (
            f"gets {shapes} and compares a column of one with a row of the other, which torch"
            " spreads to every pair of rows. Give both the same shape: (rows,) or (rows, 1)."
        )
    if changed:
        return "changes the outputs or the targets in place: work on copies (.clone()) in it."
    return ""


def _no_loss(value: Any, *, rows: int) -> str:
    """Why `value` cannot be a loss of this number of rows; "" if it can."""
    if not isinstance(value, Tensor):
        got = f"a {type(value).__name__}"
    elif value.is_complex() or value.numel() not in (1, rows) or value.dim() > 2:
        got = f"a tensor of shape {tuple(value.shape)}"
    else:
        return ""
    return f"gives {got}; it must give a tensor with one number (or one a row)."


def _no_function(value: Tensor, again: Tensor, alone: Any) -> str:
    """Why training cannot follow the loss as a function of the outputs; "" if it can. again: its
    value for the same outputs. alone: its value for outputs without a gradient.
    """
    if not value.requires_grad:
        return (
            "has no gradient: it does not depend on the outputs by operations that torch can"
            " follow."
        )
    if isinstance(alone, Tensor) and alone.requires_grad:
        return (
            "depends on trainable tensors other than the outputs (the weights of your network?):"
            " every trajectory has weights of its own. For a penalty on weights use weight_decay"
            " or an optimizer of your own."
        )
    if not torch.equal(value.nan_to_num(), again.nan_to_num()):
        return (
            "gives two values for the same outputs and targets: it draws random numbers or keeps a"
            " state."
        )
    return ""


def _whole(loss: Callable[..., Any], name: str) -> Batch:
    """`loss` on one batch, as a number; NaN where it does not accept outputs that are not
    finite.
    """

    def whole(outputs: Tensor, targets: Tensor) -> Tensor:
        try:
            value: Tensor = loss(outputs, targets).mean()  # the mean of one number is itself
        except FAULTS as error:
            if torch.isfinite(outputs).all():
                raise ModelError(
                    f"The loss '{name}' fails on outputs of this network: {line(error)}."
                ) from error
            return (outputs * torch.nan).sum()
        return value

    return whole


def _keeps(loss: Callable[..., Any], sample: Sample) -> bool:
    """Whether `loss` stores tensors that it makes, for example a list of losses. Under torch.vmap
    these could not be read afterwards.
    """
    with Watch() as seen:
        loss(sample.outputs.clone(), sample.targets.clone())
    gc.collect()
    return any(made() is not None for made in seen.made)


def bytes_of(loss: Callable[..., Any], sample: Sample, rows: int) -> float:
    """An estimate of the memory that `loss` needs for `rows` rows at once, from how its tensors
    grow between half a sample and all of it.
    """
    n = len(sample.outputs)
    counts = []
    for part in (slice(0, n // 2), slice(0, n)):
        with Watch() as seen:
            loss(sample.outputs[part].clone(), sample.targets[part].clone())
        counts.append(max(seen.numbers, 1))
    power = max(1.0, math.log2(counts[1] / counts[0]))
    return float(4.0 * counts[1] * (rows / n) ** power)


def _hint(error: BaseException, targets: Tensor) -> str:
    if isinstance(error, TypeError) and "argument" in str(error):
        return " A loss takes (outputs, targets)."
    if targets.is_floating_point() and bool((targets == targets.round()).all()):
        return (
            " For class labels give whole numbers (.long()); for a loss on numbers give them the"
            " shape of the outputs."
        )
    about = ("dtype", "type", "Long", "Float", "size", "shape", "dimension")
    if (
        not targets.is_floating_point()
        and any(word in str(error) for word in about)
        and "weight" not in str(error)
    ):
        return (
            " For a loss on numbers (MSELoss, BCEWithLogitsLoss, …) give the targets as floating"
            " point, in the shape of the outputs."
        )
    return ""
