"""Whether a network can be trained and sampled on a data set: one answer for `explore` and for the command line."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor, nn

from landscape_app.datasets.labels import like_classes
from landscape_app.errors import DataError, ModelError
from landscape_app.networks.copying import private
from landscape_app.records.dataset import Dataset
from landscape_app.training.problem import Problem

FAILURES = (RuntimeError, ValueError, TypeError, IndexError)  # of a forward pass, or of a loss


def accepted(network: nn.Module, data: Dataset, *, own_loss: bool = False) -> Dataset:
    """`data`, for classes with as many as `network` has outputs; the caller's network is left as it was.

    own_loss: the loss is the caller's function, which decides how many outputs belong to a target.

    Raises ModelError, naming the parameter or the shape, where the network cannot be used on such rows.
    """
    _check_parameters(network)
    outputs = _outputs(private(network).eval(), torch.from_numpy(data.x_train[:2]))
    if data.task == "regression":
        if not own_loss and outputs.shape[1] != data.outputs:
            if like := like_classes(data, outputs.shape[1]):
                raise DataError(f"{data.name}: the labels are {like}.")
            raise ModelError(
                f"The network has {outputs.shape[1]} outputs for a row; targets of {data.outputs} number(s) need {data.outputs}."
            )
        return data
    highest = data.highest
    if own_loss and outputs.shape[1] == 1 and highest == 1:
        return data  # one score tells two classes apart
    if highest == 0 and outputs.shape[1] == 1:
        raise DataError(f"{data.name}: the labels are all 0, one class only: there is nothing to tell apart.")
    if outputs.shape[1] <= max(highest, 1):
        raise ModelError(
            f"The network has {outputs.shape[1]} output(s), but the labels go up to {highest}: it needs {max(highest, 1) + 1}, one for each class."
        )
    return dataclasses.replace(data, classes=outputs.shape[1])


def answers(network: nn.Module, data: Dataset) -> Callable[[Tensor], Tensor]:
    """Positions (row,) of train rows -> outputs (row, output) of a copy of `network` there, in eval mode."""
    own = private(network).eval()

    def of_rows(index: Tensor) -> Tensor:
        return _outputs(own, torch.from_numpy(data.x_train[index.numpy()]))

    return of_rows


def check_meant(data: Dataset) -> None:
    """Where no loss is named, raise DataError if the numbers to predict look like classes: squared error would fit their codes."""
    if like := like_classes(data, data.outputs):
        raise DataError(f"{data.name}: the labels are {like}.")


def check_loss(problem: Problem) -> None:
    """Raise ModelError where the loss fails, or is not finite, at the initial weights."""
    problem.network.eval()
    x, y = problem.x_train[:2], problem.y_train[:2]
    with torch.no_grad():
        outputs = problem.network(x)
    try:
        loss = problem.objective.minimised(outputs[None], y[None])
    except FAILURES as error:
        raise ModelError(
            f"The loss fails on outputs {tuple(outputs.shape)} and targets {tuple(y.shape)}: {str(error).splitlines()[0]}"
        ) from error
    if not torch.isfinite(loss).all():
        raise ModelError("The loss is not finite at the initial weights.")


def _check_parameters(network: nn.Module) -> None:
    parameters = dict(network.named_parameters())
    if not any(parameter.requires_grad for parameter in parameters.values()):
        raise ModelError("The network has no trainable parameters.")
    for key, parameter in parameters.items():
        if parameter.dtype != torch.float32:
            raise ModelError(f"Parameter '{key}' is not float32. Convert the network with .float() first.")


def _outputs(network: nn.Module, x: Tensor) -> Tensor:
    """What `network` makes of the rows `x`: (rows, outputs)."""
    try:
        with torch.no_grad():
            outputs = network(x)
    except FAILURES as error:
        raise ModelError(f"The network fails on a batch of shape {tuple(x.shape)}: {str(error).splitlines()[0]}") from error
    if not isinstance(outputs, Tensor) or outputs.dim() != 2 or len(outputs) != len(x):
        shown = f"shape {tuple(outputs.shape)}" if isinstance(outputs, Tensor) else f"type {type(outputs).__name__}"
        raise ModelError(f"The network's output has {shown} for {len(x)} rows; it must be a tensor ({len(x)}, outputs).")
    return outputs
