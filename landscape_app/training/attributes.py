"""The plain attributes of a network: read, compared, and changed on copies."""

from __future__ import annotations

import copy
from collections.abc import Collection
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

OWN = ("_parameters", "_buffers", "_modules", "training")  # what torch itself keeps in a module
FAILURES = (
    RuntimeError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    KeyError,
    ZeroDivisionError,
)


def attributes(network: nn.Module, buffers: Collection[str] = ()) -> dict[str, Any]:
    """{module.attribute: copied value} of everything that a module stores besides what torch stores
    in it, and of those `buffers`.
    """
    values = {}
    for path, module in network.named_modules():
        for name, value in vars(module).items():
            plain = (
                name not in OWN
                and not name.endswith("_hooks")
                and "hooks_" not in name
                and not name.startswith("_is_full")
            )
            if plain and not isinstance(value, (nn.Module, nn.Parameter)) and not callable(value):
                values[f"{path}.{name}".lstrip(".")] = copied_value(value)
    return values | {
        key: copied_value(value) for key, value in network.named_buffers() if key in buffers
    }


def copied_value(value: Any) -> Any:
    """A copy of an attribute; None where it cannot be copied and is therefore not compared."""
    try:
        return value.detach().clone() if isinstance(value, Tensor) else copy.deepcopy(value)
    except Exception:  # any error of the user's object when it is copied
        return None


def others(value: Any) -> list[Any]:
    """Values that `value` may become later, or has been."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return [value + 1, value + 1_000_000, value * 0.5 if isinstance(value, float) else 0]
    if isinstance(value, Tensor) and value.is_floating_point():
        return [value + 1, value * 0.5]
    if isinstance(value, Tensor):
        return [~value] if value.dtype == torch.bool else [value + 1, value * 0]
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        return [value + 1, value * 0]
    if isinstance(value, (list, tuple)):
        return (
            [
                type(value)(others(part)[k] if others(part) else part for part in value)
                for k in (0, 1)
            ]
            if _uniform(value)
            else [value[:0]]
        )
    if isinstance(value, dict):
        return [{}, {k: others(part)[0] if others(part) else part for k, part in value.items()}]
    return [None]


def _uniform(value: Any) -> bool:
    return (
        type(value) in (list, tuple)
        and len(value) > 0
        and all(len(others(part)) > 1 for part in value)
    )


def alike(first: Any, second: Any) -> bool:
    """Whether two attributes are equal; also where they are objects that cannot be compared."""
    if type(first) is not type(second):
        return False
    if isinstance(first, (Tensor, np.ndarray)):
        return first.dtype == object or same(torch.as_tensor(first), torch.as_tensor(second))
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(
            alike(first[key], second[key]) for key in first
        )
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(map(alike, first, second))
    try:
        return bool(first == second) or not isinstance(
            first, (int, float, str, bool, type(None), set)
        )
    except Exception:  # objects that cannot be compared
        return True


def same(first: Any, second: Any) -> bool:
    """Equal to the bit, NaN equal to NaN."""
    if isinstance(first, Tensor) and isinstance(second, Tensor):
        if first.shape != second.shape or first.dtype != second.dtype:
            return False
        return torch.equal(first.nan_to_num(), second.nan_to_num()) and torch.equal(
            first.isnan(), second.isnan()
        )
    if isinstance(first, tuple) and isinstance(second, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    return first is None and second is None
