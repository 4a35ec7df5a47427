"""The objective of a run, from the user's loss: a name, a loss of torch, or a function. With it the
accuracy that the targets allow.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import psutil
import torch
from torch import Tensor, nn

from landscape_app.errors import ModelError
from landscape_app.objectives.accuracy import Scale, of_targets
from landscape_app.objectives.named_losses import named_loss
from landscape_app.objectives.objective import Objective
from landscape_app.objectives.output_scale import class_scores, threshold
from landscape_app.objectives.torch_losses import SPLIT, ignored_label, module_of, taken_apart
from landscape_app.objectives.user_loss import (
    Sample,
    as_brought,
    bytes_of,
    name_of,
    objective_of_callable,
    trial,
)
from landscape_app.records.dataset import Form

SAMPLE = 48  # rows on which a loss is tried
ALONGSIDE = "the labels (rows,) are compared with the outputs (rows, 1) row by row"
ENTRIES = (
    "several labels a row: accuracy is label_accuracy, the share of label entries that are right"
)


def objective_of(
    loss: str | Callable[..., Any],
    *,
    classes: int,
    targets: tuple[Tensor, Tensor],
    outputs: Callable[[Tensor], Tensor],
    form: Form | None = None,
) -> Objective:
    """The objective of `loss`, a name of the table or a callable (outputs, targets) -> scalar.

    classes: number of classes; 0: the targets are numbers. targets: of the train and the test rows,
    (row,) or (row, target). outputs: (row,) positions of train rows -> (row, output), the network's
    outputs there. form: the shape and type in which a user's function gets the targets. Raises
    ModelError, UnknownNameError.
    """
    if isinstance(loss, str):
        return _of_name(loss, classes, targets)
    _usable(loss)
    index = mixed_rows(targets[0], SAMPLE)
    sample = Sample(outputs(index).detach(), targets[0][index])
    module, width = module_of(loss), sample.outputs.shape[-1]
    objective, scale, ignored = (
        _of_callable(loss, classes, targets, sample, form)
        if module is None
        else _of_module(module, classes, sample, form)
    )
    accuracy = of_targets(targets, outputs=width, classes=classes, scale=scale, ignored=ignored)
    notes = (
        (*objective.notes, ENTRIES)
        if accuracy is not None and accuracy.name == "label_accuracy"
        else objective.notes
    )
    return dataclasses.replace(objective, accuracy=accuracy, notes=notes)


def _of_name(name: str, classes: int, targets: tuple[Tensor, Tensor]) -> Objective:
    """The objective of a loss of the table."""
    objective = named_loss(name)
    if objective.probabilities != bool(classes):
        task = "classification" if classes else "regression"
        raise ModelError(f"The loss '{name}' does not fit these data, which are for {task}.")
    if classes:
        return objective
    accuracy = of_targets(targets, outputs=targets[0].shape[-1], classes=0, scale=None)
    return dataclasses.replace(objective, accuracy=accuracy)


def _of_module(
    module: nn.Module, classes: int, sample: Sample, form: Form | None
) -> tuple[Objective, Scale, tuple[int, ...]]:
    """(objective, the meaning of its outputs, labels that it ignores) of a loss of torch."""
    kind = type(module)
    _check_alike(kind, sample)
    trial(lambda outputs, targets: module(outputs, targets).mean(), kind.__name__, sample)
    objective = taken_apart(module, classes=classes)
    ignored = tuple(label for label in [ignored_label(module)] if classes and label is not None)
    if form is not None and form.axes == 1 and sample.targets.dim() == 2:
        objective = dataclasses.replace(objective, notes=(*objective.notes, ALONGSIDE))
    return objective, SPLIT[kind], ignored


def _of_callable(
    loss: Callable[..., Any],
    classes: int,
    targets: tuple[Tensor, Tensor],
    sample: Sample,
    form: Form | None,
) -> tuple[Objective, Scale, tuple[int, ...]]:
    """(objective, the meaning of its outputs, labels that it ignores) of a user's own function."""
    call, rows = as_brought(loss, form), max(map(len, targets))
    ignored: tuple[int, ...] = ()
    objective, scale = objective_of_callable(call, name_of(loss), sample, form)
    if objective.rows is None:
        _check_memory(objective.name, bytes_of(call, sample, rows), rows)
    scores = bool(classes) and sample.outputs.shape[-1] > 1
    if scores:
        scale, ignored = class_scores(call, sample.outputs, sample.targets)
        if ignored:
            left = (
                f"the loss leaves out the rows of label {', '.join(map(str, ignored))}: they do not"
                " count in the accuracy"
            )
            objective = dataclasses.replace(objective, notes=(*objective.notes, left))
    elif all(bool(((side == 0) | (side == 1)).all()) for side in targets):
        scale = threshold(call, sample.outputs, sample.targets, scale)
    probabilities = scores and scale == "largest output"
    return dataclasses.replace(objective, probabilities=probabilities), scale, ignored


def _check_alike(kind: type[nn.Module], sample: Sample) -> None:
    """Raise ModelError where a loss of entries would repeat one target for several outputs. torch
    would only warn.
    """
    outputs, targets = (tuple(part.shape[1:]) for part in (sample.outputs, sample.targets))
    if (
        SPLIT[kind] != "largest output"
        and sample.targets.is_floating_point()
        and outputs != targets
    ):
        like = (
            " Class labels are whole numbers (.long()), for nn.CrossEntropyLoss()."
            if targets == (1,)
            else ""
        )
        raise ModelError(
            f"The loss '{kind.__name__}' compares every output with a target: the network has"
            f" {outputs[-1]} outputs for a row, and there are {targets[-1]} targets.{like}"
        )


def mixed_rows(targets: Tensor, most: int) -> Tensor:
    """Positions (≤ most,) of rows whose targets differ as much as they can, in an order that mixes
    them.
    """
    key = targets if targets.dim() == 1 else targets[:, 0]
    order = torch.argsort(key, stable=True)
    spread = order[
        torch.linspace(0, len(order) - 1, min(most, len(order))).round().long().to(order.device)
    ]
    # golden-ratio order: neighbours far apart
    return spread[torch.argsort((torch.arange(len(spread)) * 0.6180339887) % 1).to(spread.device)]


def _check_memory(name: str, needed: float, rows: int) -> None:
    free = psutil.virtual_memory().available / 2
    if needed > free:
        raise ModelError(
            f"The loss '{name}' is no mean over rows, so it needs all {rows:,} rows at once: about"
            f" {needed / 2**30:,.1f} GiB, and {free / 2**30:,.1f} GiB may be used. Use fewer rows,"
            " or a loss that is a mean over rows."
        )


def _usable(loss: Any) -> None:
    if inspect.isclass(loss):
        raise ModelError(
            f"The loss is the class {loss.__name__}; give an instance: {loss.__name__}()."
        )
    if not callable(loss):
        raise ModelError(
            f"The loss is a {type(loss).__name__}; give a name, or a callable (outputs, targets) ->"
            " loss."
        )
    if isinstance(loss, nn.Module) and any(p.requires_grad for p in loss.parameters()):
        names = ", ".join(name for name, p in loss.named_parameters() if p.requires_grad)
        raise ModelError(
            f"The loss {type(loss).__name__} has weights of its own ({names}) that would have to be"
            " trained: freeze them."
        )
