"""One call of a network on a few rows: its outputs, the module that fails, and the parameters that
the outputs depend on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from landscape_app.errors import ModelError, first_line

WRAP = "Wrap it in a module whose forward returns the one you mean"


@dataclass(frozen=True)
class GraphEnds:
    """Names of the parameters that some outputs depend on, and the other tensors with a gradient
    that they depend on.
    """

    parameters: frozenset[str]
    others: tuple[Tensor, ...]


def call(network: nn.Module, x: Tensor, *, training: bool = False) -> Any:
    """The result of `network` for a copy of the rows `x` (row, *shape). Raises ModelError, naming
    the module that fails.
    """
    inside: list[tuple[str, nn.Module]] = []
    hooks = []
    for name, module in network.named_modules():

        def enters(module: nn.Module, _: Any, name: str = name) -> None:
            inside.append((name, module))

        def leaves(*_: Any) -> None:
            inside.pop()

        hooks += [
            module.register_forward_pre_hook(enters, prepend=True),
            module.register_forward_hook(leaves),
        ]
    try:
        return network(x.clone())
    except Exception as error:  # any error of the user's forward
        where = (
            f", in module '{inside[-1][0]}' ({type(inside[-1][1]).__name__})"
            if inside and inside[-1][0]
            else ""
        )
        mode = " in training" if training else ""
        kind = str(x.dtype).removeprefix("torch.")
        reason = first_line(error).rstrip(".")
        raise ModelError(
            f"The network fails{mode} on a batch of shape {tuple(x.shape)} of {kind}{where}:"
            f" {reason}.{_hint(error, training)}"
        ) from error
    finally:
        for hook in hooks:
            hook.remove()


def checked_outputs(network: nn.Module, x: Tensor, *, training: bool = False) -> Tensor:
    """The outputs of `network` for the rows `x`: a tensor (row, output) of real numbers. Raises
    ModelError for anything else.
    """
    outputs = call(network, x, training=training)
    rows, where = len(x), " in training" if training else ""
    if not isinstance(outputs, Tensor):
        raise ModelError(
            f"The network gives {_shown(outputs)}{where}; it must give one tensor (rows, outputs)."
            f" {_way_out(outputs)}"
        )
    shape = tuple(outputs.shape)
    if outputs.dim() != 2 or shape[0] != rows or not shape[1]:
        raise ModelError(
            f"The network's output has shape {shape}{where} for {rows} row(s); it must be ({rows},"
            f" outputs). {_reshape(shape, rows)}"
        )
    if not outputs.is_floating_point():
        kind = str(outputs.dtype).removeprefix("torch.")
        hint = (
            "take its real part or its absolute value"
            if outputs.is_complex()
            else "leave out an argmax or a threshold at the end"
        )
        raise ModelError(
            f"The network's output is {kind}{where}; it must be floating-point: {hint}."
        )
    return outputs


def as_float32(_: nn.Module, __: Any, outputs: Tensor) -> Tensor:
    """A forward hook: converts outputs of another precision (autocast inside forward) to
    float32.
    """
    return outputs.float()


def graph_ends(network: nn.Module, outputs: Tensor) -> GraphEnds:
    """Where the graph of `outputs` ends: parameters and other tensors with a gradient."""
    names = {id(parameter): key for key, parameter in network.named_parameters()}
    ends: dict[int, Tensor] = (
        {id(outputs): outputs} if outputs.requires_grad and outputs.grad_fn is None else {}
    )
    todo, seen = [outputs.grad_fn], set[Any]()
    while todo:
        node = todo.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            ends[id(node.variable)] = node.variable
        todo += [following for following, _ in node.next_functions]
    return GraphEnds(
        frozenset(names[key] for key in ends if key in names),
        tuple(value for key, value in ends.items() if key not in names),
    )


def _hint(error: Exception, training: bool) -> str:
    words = str(error)
    if isinstance(error, TypeError) and "takes" in words and "positional argument" in words:
        return " It is called with one tensor, by position."
    if isinstance(error, TypeError) and "missing" in words and "argument" in words:
        return (
            " It is called with one tensor: give the other arguments defaults, or wrap it in a"
            " module that adds them."
        )
    if "scalar types: Long, Int" in words or "scalar types Long, Int" in words:
        return " An embedding takes whole numbers: give inputs of int64."
    if "more than 1 value per channel" in words and not training:
        return (
            " In evaluation a row must not depend on the others: let BatchNorm keep running"
            " statistics (track_running_stats=True)."
        )
    if "same device" in words:
        return (
            " A tensor that is neither parameter nor buffer stays where it is: use register_buffer."
        )
    if "same dtype" in words or ("dtype" in words and "Double" in words):
        return " The inputs are float32: the network must not make float64 of its own."
    return ""


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"a {type(value).__name__} with {', '.join(map(repr, list(value)[:5])) or 'nothing'}"
    if dataclasses.is_dataclass(value):
        return (
            f"a {type(value).__name__} with"
            f" {', '.join(field.name for field in dataclasses.fields(value)[:5])}"
        )
    if isinstance(value, (tuple, list)):
        shapes = ", ".join(
            str(tuple(part.shape)) if isinstance(part, Tensor) else type(part).__name__
            for part in value[:5]
        )
        return f"a {type(value).__name__} of {len(value)} ({shapes})"
    return "nothing (None): does forward return?" if value is None else f"a {type(value).__name__}"


def _way_out(value: Any) -> str:
    if isinstance(value, Mapping) and value:
        return f"{WRAP}: self.inner(x)[{_answer(list(value))!r}]."
    if dataclasses.is_dataclass(value) and dataclasses.fields(value):
        return (
            f"{WRAP}: self.inner(x).{_answer([field.name for field in dataclasses.fields(value)])}."
        )
    return (
        f"{WRAP}: self.inner(x)[0]."
        if isinstance(value, (tuple, list)) and value
        else "Return a tensor from forward."
    )


def _answer(names: list[Any]) -> Any:
    """The name that is most likely that of the outputs."""
    return next(
        (
            name
            for name in ("logits", "output", "outputs", "out", "pred", "predictions")
            if name in names
        ),
        names[0],
    )


def _reshape(shape: tuple[int, ...], rows: int) -> str:
    if not shape:
        return "Return the outputs of every row, not a loss or a mean."
    if shape == (rows,):
        return "Keep the last axis: end forward without .squeeze(), or with .unsqueeze(1)."
    if len(shape) == 1 and rows == 1:
        return (
            "A batch of one row loses an axis: use .squeeze(1) or .flatten(1) in place of"
            " .squeeze()."
        )
    if len(shape) == 2 and shape[1] == rows:
        return "The rows must be the first axis."
    if len(shape) > 2 and shape[0] == rows and all(size == 1 for size in shape[2:]):
        return "End forward with .flatten(1)."
    if len(shape) > 2 and shape[0] == rows:
        return (
            "Outputs for every position of a sequence or pixel are not sampled: pool them to one"
            " row of outputs, as by .mean(1)."
        )
    return "The number of rows must stay what it is: a batch size must not be fixed in forward."
