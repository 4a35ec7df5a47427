"""State that a network keeps outside its parameters and buffers: found, and refused where the answers depend on it.

A module is evaluated at the weights of many trajectories. Its buffers are every trajectory's own; a plain attribute is shared by
all of them, and no file keeps it. One that is only written (a stored activation, a counter of calls) does no harm.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.errors import ModelError
from landscape_app.networks.copying import in_mode, private

OWN = ("_parameters", "_buffers", "_modules", "training")  # what torch itself keeps in a module
FAILURES = (RuntimeError, ValueError, TypeError, IndexError, AttributeError, KeyError, ZeroDivisionError)


def check_state(network: nn.Module, x: Tensor) -> None:
    """Refuse a network whose answers depend on an attribute, outside its buffers, that its forward pass changes."""
    own = private(network)
    before = _attributes(own)
    for mode in (True, False, True):
        in_mode(own, mode)(x.clone())
    for key, value in _attributes(own).items():
        if key in before and _alike(before[key], value):
            continue
        if _matters(own, key, value, x):
            module, _, name = key.rpartition(".")
            raise ModelError(
                f"The network keeps a state outside its buffers: the forward pass changes '{name}' of "
                f"{f'module {module!r}' if module else 'the network'}, and the answers depend on it. "
                f"Make it a buffer, which each trajectory has its own of: self.register_buffer('{name}', torch.tensor(…))."
            )


def _attributes(network: nn.Module) -> dict[str, Any]:
    """{module.attribute: value, copied} of everything that a module keeps besides what torch keeps for it."""
    found = {}
    for path, module in network.named_modules():
        for name, value in vars(module).items():
            plain = name not in OWN and not name.endswith("_hooks") and "hooks_" not in name and not name.startswith("_is_full")
            if plain and not isinstance(value, (nn.Module, nn.Parameter)) and not callable(value):
                found[f"{path}.{name}".lstrip(".")] = _copy(value)
    return found


def _copy(value: Any) -> Any:
    try:
        return value.detach().clone() if isinstance(value, Tensor) else copy.deepcopy(value)
    except Exception:  # what cannot be copied cannot be compared either
        return None


def _matters(network: nn.Module, key: str, value: Any, x: Tensor) -> bool:
    """Whether the answers, in training or in evaluation, change with the attribute `key`."""
    path, _, name = key.rpartition(".")
    for mode in (True, False):
        plain = _answers_with(network, path, name, value, x, mode)
        for other in _others(value):
            changed = _answers_with(network, path, name, other, x, mode)
            if plain is not None and not same(plain, changed):
                return True
    return False


def _answers_with(network: nn.Module, path: str, name: str, value: Any, x: Tensor, mode: bool) -> Tensor | None:
    """The answers of a copy of `network` whose attribute is `value`; None where it fails."""
    own = in_mode(private(network), mode)
    setattr(own.get_submodule(path), name, _copy(value))
    torch.random.default_generator.manual_seed(1)
    try:
        answers = own(x.clone())
    except FAILURES:
        return None
    return answers if isinstance(answers, Tensor) else None


def _others(value: Any) -> list[Any]:
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
            [type(value)(_others(part)[k] if _others(part) else part for part in value) for k in (0, 1)] if _uniform(value) else [value[:0]]
        )
    if isinstance(value, dict):
        return [{}, {k: _others(part)[0] if _others(part) else part for k, part in value.items()}]
    return [None]


def _uniform(value: Any) -> bool:
    return type(value) in (list, tuple) and len(value) > 0 and all(len(_others(part)) > 1 for part in value)


def _alike(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, (Tensor, np.ndarray)):
        return one.dtype == object or same(torch.as_tensor(one), torch.as_tensor(other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_alike, one, other))
    try:
        return bool(one == other) or not isinstance(one, (int, float, str, bool, type(None), set))
    except Exception:  # objects that cannot be compared
        return True


def same(one: Any, other: Any) -> bool:
    """Equal to the bit, NaN equal to NaN."""
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        if one.shape != other.shape or one.dtype != other.dtype:
            return False
        return torch.equal(one.nan_to_num(), other.nan_to_num()) and torch.equal(one.isnan(), other.isnan())
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one is None and other is None
