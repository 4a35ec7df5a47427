"""Whether a network can be trained and sampled on a data set: one answer for `explore` and for the
command line.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.datasets.labels import like_classes
from landscape_app.errors import DataError, ModelError, first_line
from landscape_app.networks.copies import in_mode, private
from landscape_app.networks.forward_call import as_float32, call, checked_outputs, graph_ends
from landscape_app.networks.inspection import usable
from landscape_app.networks.weight_fit import some
from landscape_app.objectives.construction import SAMPLE, mixed_rows
from landscape_app.records.dataset import Dataset
from landscape_app.seeds import lent_generators
from landscape_app.training.constants import constants
from landscape_app.training.problem import Problem

ROWS = 4  # on which a network is tried
FAILURES = (RuntimeError, ValueError, TypeError, IndexError)  # of a loss


@dataclass(frozen=True)
class Accepted:
    """A copy of a network that can be trained here, the data with as many classes as it has
    outputs, and what was decided, in lines.
    """

    network: nn.Module
    data: Dataset
    notes: tuple[str, ...]


def accepted(
    network: nn.Module, data: Dataset, *, own_loss: bool = False, own_function: bool = False
) -> Accepted:
    """`network` and `data`, fitted to each other. The caller's network, and torch's global
    generator, do not change.

    own_loss: the loss is the caller's function, which decides how many outputs belong to a target.
    own_function: it is none of torch's, so whole numbers that do not fit the outputs as classes are
    numbers to it. Raises ModelError, naming the module, the parameter or the shape, where the
    network cannot be used on such rows.
    """
    own = usable(network)
    x = torch.tensor(data.x_train[:ROWS])
    with lent_generators(0):
        _make_buffers(own, x)
        outputs, alone = _evaluated(own, x)
        lines = [*alone, *_trained(own, network, x)]
    if outputs.dtype != torch.float32:
        lines.append(
            f"the network's outputs are {str(outputs.dtype).removeprefix('torch.')}: they are"
            " converted to float32"
        )
        own.register_forward_hook(as_float32)
    return Accepted(
        own, _with_classes(data, outputs.shape[1], own_loss, own_function), tuple(lines)
    )


def answers(network: nn.Module, data: Dataset) -> Callable[[Tensor], Tensor]:
    """Positions (row,) of train rows -> outputs (row, output) of a copy of `network` there, in eval
    mode.
    """
    own = in_mode(private(network), False)

    def of_rows(index: Tensor) -> Tensor:
        with torch.no_grad():
            return checked_outputs(own, torch.tensor(data.x_train[index.numpy()]))

    return of_rows


def check_meant(data: Dataset, *, fitted: bool = False) -> None:
    """Where no loss is named, raise DataError if the numbers to predict look like classes: squared
    error would fit their codes. fitted: the network has a name of the table and is made for these
    data, so its one output does not show that numbers are meant.
    """
    codes = (
        fitted
        and not data.classes
        and np.array_equal(np.unique(data.y_train), np.arange(data.y_train.max() + 1))
    )
    if like := like_classes(data, 2 if codes and data.outputs == 1 else data.outputs):
        raise DataError(f"{data.name}: the labels are {like}.")


def check_loss(problem: Problem) -> None:
    """Raise ModelError where the loss fails, or is not finite, at the initial weights."""
    network = in_mode(private(problem.network), False)
    index = mixed_rows(problem.y_train, SAMPLE)
    x, y = problem.x_train[index], problem.y_train[index]
    with torch.no_grad():
        outputs = network(x.clone())
    try:
        loss = problem.objective.minimised(outputs[None], y[None])
    except FAILURES as error:
        raise ModelError(
            f"The loss fails on outputs {tuple(outputs.shape)} and targets {tuple(y.shape)}:"
            f" {first_line(error)}"
        ) from error
    if not torch.isfinite(loss).all():
        raise ModelError("The loss is not finite at the initial weights.")


def _evaluated(network: nn.Module, x: Tensor) -> tuple[Tensor, list[str]]:
    """The outputs for the rows `x` in eval mode, and a line if they depend on the other rows of a
    batch.
    """
    own = in_mode(private(network), False)
    with torch.no_grad():
        whole = checked_outputs(own, x)
        alone = [checked_outputs(own, row[None]) for row in x]
        again = checked_outputs(own, x)
    other = next((row.shape[1] for row in alone if row.shape[1] != whole.shape[1]), None)
    if other is not None:
        raise ModelError(
            f"The network has {whole.shape[1]} outputs for {len(x)} rows together, but {other} for"
            " a single row."
        )
    if torch.equal(whole, again) and not torch.allclose(
        whole, torch.cat(alone), rtol=1e-2, atol=1e-3, equal_nan=True
    ):
        return whole, [
            "the network's outputs for a row depend on the other rows of its batch (BatchNorm"
            " without running statistics, a softmax over the rows?): what is recorded depends on"
            " how the rows are cut into blocks"
        ]
    return whole, []


def _trained(network: nn.Module, theirs: nn.Module, x: Tensor) -> list[str]:
    """Lines about tensors that are not trained. Raises ModelError for a network without outputs in
    training, or whose outputs do not depend on any trained tensor.
    """
    training = len(x) > 1  # one row has no spread, which BatchNorm refuses
    own = in_mode(private(network), training)
    outputs = checked_outputs(own, x, training=training)
    _check_shapes(network, own)
    made = [key for key, _ in own.named_parameters() if key not in dict(network.named_parameters())]
    if made:
        raise ModelError(
            f"The network makes its parameters {some(made)} when it is first called. Call it on"
            " one batch before you pass it."
        )
    ends = graph_ends(own, outputs)
    trainable = [key for key, parameter in own.named_parameters() if parameter.requires_grad]
    unused = [key for key in trainable if key not in ends.parameters]
    if {id(parameter) for parameter in theirs.parameters()} & {id(value) for value in ends.others}:
        raise ModelError(
            "The network's forward pass uses the weights of the object that it was copied from: a"
            " function, a hook or another object holds on to it (model.forward = … around"
            " model.forward?). Define it as a method of the class."
        )
    if len(unused) == len(trainable):
        why = (
            "uses tensors that are not among its parameters. Register them: nn.Parameter,"
            " nn.ParameterList, nn.ModuleList."
            if ends.others
            else "has no gradient: is there a no_grad() or detach(), or a step through numpy?"
        )
        raise ModelError(
            f"The network's outputs do not depend on any trainable parameter ({some(unused)}): its"
            f" forward pass {why}"
        )
    return _untrained(ends.others, unused)


def _untrained(others: Sequence[Tensor], unused: Sequence[str]) -> list[str]:
    """Lines about trainable tensors that are not parameters, and about parameters without
    effect.
    """
    shapes = " and ".join(str(tuple(value.shape)) for value in others[:3])
    hidden = [
        f"the network uses trainable tensors that are not among its parameters (of shape {shapes};"
        " in a plain list or dict?): they stay as they are. Register them by nn.ParameterList or"
        " nn.ModuleList to have them trained"
    ]
    spare = [
        f"the outputs of some rows do not depend on {some(unused)}: where a step has no gradient,"
        " they stay as they are"
    ]
    return (hidden if others else []) + (spare if unused else [])


def _make_buffers(network: nn.Module, x: Tensor) -> None:
    """Let `network` make the constant buffers that it makes at its first call, so that every
    trajectory has them.
    """
    called = private(network)
    with torch.no_grad():
        for training in (False, True) if len(x) > 1 else (False,):
            call(in_mode(called, training), x, training=training)
        there = dict(network.named_buffers())
        made = [key for key, _ in called.named_buffers() if key not in there]
        if not made:
            return
        wrong = [key for key in made if key not in constants(network, x, made)]
        if not wrong:
            call(in_mode(network, False), x)
            wrong = [key for key in made if key not in dict(network.named_buffers())]
    if wrong:
        raise ModelError(
            f"The network makes its buffer {some(wrong)} from its first input. Call it on one"
            " batch before you pass it."
        )


def _check_shapes(before: nn.Module, after: nn.Module) -> None:
    """Raise ModelError for buffers whose shape changes in a forward pass in training: every
    trajectory stores them with a fixed shape.
    """
    now = dict(after.named_buffers())
    for key, buffer in before.named_buffers():
        if key in now and now[key].shape != buffer.shape:
            raise ModelError(
                f"Buffer '{key}' has shape {tuple(buffer.shape)}, and {tuple(now[key].shape)} after"
                " a forward pass in training. Call the network in training on one batch before you"
                " bring it, or keep its shape."
            )


def _with_classes(data: Dataset, outputs: int, own_loss: bool, own_function: bool) -> Dataset:
    """`data` with as many classes as there are outputs. Raises ModelError for a number of outputs
    that does not fit.
    """
    if data.task == "regression":
        if not own_loss and outputs != data.outputs:
            _refuse_width(data, outputs)
        return data
    highest = data.highest
    if own_loss and outputs == 1 and highest == 1:
        return data  # one score tells two classes apart
    if own_function and (outputs == 1 or outputs <= highest):
        train, test = (y.astype(np.float32)[:, None] for y in (data.y_train, data.y_test))
        return dataclasses.replace(data, y_train=train, y_test=test, classes=0, ignored=None)
    if highest == 0 and outputs == 1:
        raise DataError(
            f"{data.name}: the labels are all 0, one class only: there is nothing to classify."
        )
    if outputs == 1:
        raise ModelError(
            f"The network has 1 output, but the labels are classes: it needs {max(highest, 1) + 1},"
            " one for each class. For one logit give loss=nn.BCEWithLogitsLoss() and"
            " floating-point labels."
        )
    if outputs <= highest:
        raise ModelError(
            f"The network has {outputs} outputs, but the labels go up to {highest}: it needs"
            f" {highest + 1}, one for each class."
        )
    return dataclasses.replace(data, classes=outputs)


def _refuse_width(data: Dataset, outputs: int) -> NoReturn:
    """Raise ModelError: the number of outputs differs from the number of targets per row."""
    if like := like_classes(data, outputs):
        raise DataError(f"{data.name}: the labels are {like}.")
    raise ModelError(
        f"The network has {outputs} outputs for a row; targets of {data.outputs} number(s)"
        f" need {data.outputs}."
    )
