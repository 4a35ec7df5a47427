"""The state of an optimizer as tensors by name. It is stored with the run, so that the run goes on
exactly where it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

MARK = "#"  # before the kind of what was no tensor, or of none that an array can hold
# Python's, each as a tensor of one number
NUMBERS = {"bool": torch.uint8, "int": torch.int64, "float": torch.float64}


def stored(
    optimizer: torch.optim.Optimizer, parameters: Sequence[nn.Parameter], *, first: int
) -> dict[str, Tensor]:
    """{"<index>.<name>": tensor} of every parameter's state; indices count from `first`. Tensors
    are the optimizer's own, not copies.

    Numbers of Python are tensors of one number, marked by their kind; see `unstored` for what is
    left out.
    """
    tensors = {}
    for index, parameter in enumerate(parameters, start=first):
        for name, value in optimizer.state.get(parameter, {}).items():
            kind, tensor = _as_tensor(value)
            if tensor is not None:
                tensors[f"{index}.{name}{kind}"] = tensor
    return tensors


def restore(
    optimizer: torch.optim.Optimizer,
    parameters: Sequence[nn.Parameter],
    state: Mapping[str, Tensor],
    *,
    first: int,
) -> None:
    """Give `optimizer` copies of what `stored` found, for these parameters."""
    for key, value in state.items():
        index, _, marked = key.partition(".")
        if index.isdigit() and first <= int(index) < first + len(parameters):
            name, _, kind = marked.partition(MARK)
            optimizer.state[parameters[int(index) - first]][name] = _from_tensor(value, kind)


def groups(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """{"<group>.<name>#kind": tensor} of the numbers of its parameter groups, which some optimizers
    change as they go.
    """
    tensors = {}
    for place, group in enumerate(optimizer.param_groups):
        for name, value in group.items():
            kind, tensor = _as_tensor(value)
            if tensor is not None and name != "params":
                tensors[f"{place}.{name}{kind}"] = tensor.clone()
    return tensors


def restore_groups(optimizer: torch.optim.Optimizer, state: Mapping[str, Tensor]) -> None:
    """Put numbers that `groups` found back."""
    for key, value in state.items():
        place, _, marked = key.partition(".")
        name, _, kind = marked.partition(MARK)
        optimizer.param_groups[int(place)][name] = _from_tensor(value, kind)


def unstored(optimizer: torch.optim.Optimizer, parameters: Sequence[nn.Parameter]) -> list[str]:
    """Names of what it remembers that is neither a number nor a tensor: a run that goes on later
    begins these afresh.
    """
    values = [
        item for parameter in parameters for item in optimizer.state.get(parameter, {}).items()
    ]
    return sorted(
        {str(name) for name, value in values if value is not None and _as_tensor(value)[1] is None}
    )


def _as_tensor(value: object) -> tuple[str, Tensor | None]:
    """(mark, tensor). The tensor is None for a value that is neither a dense tensor nor a
    number.
    """
    if isinstance(value, Tensor):
        if value.dtype == torch.bfloat16:
            return f"{MARK}bfloat16", value.float()
        return "", value if value.layout == torch.strided else None
    kind = type(value).__name__
    return f"{MARK}{kind}", torch.tensor(value, dtype=NUMBERS[kind]) if kind in NUMBERS else None


def _from_tensor(value: Tensor, kind: str) -> object:
    if kind == "bfloat16":
        return value.bfloat16()
    return {"bool": bool, "int": int, "float": float}[kind](value.item()) if kind else value.clone()
