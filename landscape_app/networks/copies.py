"""Copies of the user's network. The program copies a network in no other way."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn

from landscape_app.errors import ModelError, first_line

T = TypeVar("T")
OF_TORCH = ("_parameters", "_buffers", "_modules")  # what torch itself keeps in a module and copies
DEPTH = 5  # of containers in which a stored tensor is looked for


def private(network: nn.Module, device: torch.device | str | None = None) -> nn.Module:
    """A copy of `network` that shares no weights with it, on `device` (None: the device of
    `network`). Raises ModelError where it cannot be copied.

    A module may store tensors from a forward pass: activations, or the weight that pruning or an
    old weight norm computes. They are copied without their history, because copy.deepcopy refuses
    tensors with one.
    """
    memo: dict[int, Any] = {id(value): _without_history(value) for value in _kept(network)}
    try:
        own = copy.deepcopy(network, memo)
    except Exception as error:  # any error of an attribute when it is copied
        where = _culprit(network)
        raise ModelError(
            "The network cannot be copied:"
            f" {f'{where} cannot ({first_line(error)})' if where else first_line(error)}. Each"
            " trajectory needs a copy of its own: keep such an object outside of the network, or"
            " give its class a __deepcopy__."
        ) from error
    theirs = {id(parameter) for parameter in network.parameters()}
    shared = next(
        (key for key, parameter in own.named_parameters() if id(parameter) in theirs), None
    )
    if shared is not None:
        raise ModelError(
            f"A copy of the network by copy.deepcopy still holds the parameter '{shared}' of the"
            " network itself."
        )
    return own if device is None else own.to(device)


def copied(given: T) -> T:
    """A copy of `given` if it is a module that can be copied, so that its counters and stored
    tensors do not change; otherwise `given` itself.
    """
    try:
        return cast(T, private(given)) if isinstance(given, nn.Module) else given
    except ModelError:
        return given


def in_mode(network: nn.Module, training: bool) -> nn.Module:
    """`network` itself, switched to training or to evaluation. It is returned here because a user's
    own train() may forget to return it.
    """
    if training:
        network.train()
    else:
        network.eval()
    return network


def _kept(network: nn.Module) -> Iterator[Tensor]:
    """The tensors with a history that modules store and that are not parameters."""
    seen: set[int] = set()
    for module in network.modules():
        own = [value for name, value in vars(module).items() if name not in OF_TORCH]
        yield from _with_history([*own, *module._buffers.values()], seen, DEPTH)


def _with_history(value: Any, seen: set[int], depth: int) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        if value.grad_fn is not None or _of_a_transform(value):
            yield value
        return
    if (
        isinstance(value, (nn.Module, str, bytes, int, float, type(None), type))
        or id(value) in seen
        or depth == 0
    ):
        return
    seen.add(id(value))
    if isinstance(value, Mapping):
        parts: Any = value.values()
    elif isinstance(value, (list, tuple, set, frozenset)):
        parts = value
    else:
        parts = (
            list(vars(value).values())
            if hasattr(value, "__dict__") and not callable(getattr(value, "__code__", None))
            else ()
        )
    for part in list(parts):
        yield from _with_history(part, seen, depth - 1)


def _of_a_transform(value: Tensor) -> bool:
    """Whether `value` belongs to an ended call of torch.func (vmap, grad). Outside that call it
    holds no numbers.
    """
    return bool(torch._C._functorch.is_functorch_wrapped_tensor(value))


def _without_history(value: Tensor) -> Tensor:
    while _of_a_transform(value):
        value = torch._C._functorch.get_unwrapped(value)
    return value.detach().clone()


def _culprit(network: nn.Module) -> str:
    """The first attribute or hook that cannot be copied alone, in words; "" if there is none."""
    for path, module in network.named_modules():
        for name, value in vars(module).items():
            if (
                name in OF_TORCH
                or isinstance(value, (str, bytes, int, float, type(None)))
                or (isinstance(value, Mapping) and not value)
            ):
                continue
            try:
                copy.deepcopy(value, {id(part): part for part in network.modules()})
            except Exception:
                if "hooks" in name:
                    return f"a hook of {f'module {path!r}' if path else 'the network itself'}"
                return f"'{f'{path}.{name}'.lstrip('.')}' of type {type(value).__name__}"
    return ""
