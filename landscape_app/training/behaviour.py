"""The behaviour of a network when it is called: whether it gives the same outputs twice, and what
it changes outside itself.

A run evaluates one module at many weights, and stores only its parameters and buffers. Random
numbers of a forward pass, or a state elsewhere, would be shared by all trajectories or lost. So
they are detected here, on a copy and before any training.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.errors import ModelError, first_line
from landscape_app.networks.copies import in_mode, private
from landscape_app.seeds import lent_generators
from landscape_app.training.attributes import FAILURES, same
from landscape_app.training.state import check_state

log = logging.getLogger("landscape")

REPEATS = 3


@contextmanager
def untouched() -> Iterator[None]:
    """Inside the block: one thread, no gradients, torch's global generator at a fixed state.
    Afterwards all global generators are restored.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with lent_generators(0), torch.no_grad():
            yield
    finally:
        torch.set_num_threads(threads)


def check_behaviour(network: nn.Module, x: Tensor) -> None:
    """Refuse a network that cannot be evaluated at other weights and then give its first outputs
    again. Neither it nor the rows `x` (row, *shape) change.

    Raises ModelError, naming the module, the parameter or the attribute, for a network that gives
    other outputs the second time, that changes its own weights, or whose outputs depend on a state
    outside its buffers.
    """
    with untouched():
        try:
            _check_answers(in_mode(private(network), False), x)
            for mode in (False, True):
                _check_weights(in_mode(private(network), mode), x)
            check_state(network, x)
        except FAILURES as error:
            raise ModelError(
                f"The network fails in training on a batch of shape {tuple(x.shape)}:"
                f" {first_line(error)}"
            ) from error


def generators(device: torch.device | None = None) -> tuple[Any, ...]:
    """The states of the global generators of torch (and of `device`, if it is a GPU), Python and
    numpy, to compare.
    """
    gpu = (
        torch.cuda.get_rng_state(device).tolist()
        if device is not None and device.type == "cuda"
        else None
    )
    kind, keys, *rest = cast(tuple[Any, ...], np.random.get_state())
    return (
        torch.random.get_rng_state().tolist(),
        gpu,
        random.getstate(),
        (kind, keys.tolist(), *rest),
    )


def careful(network: nn.Module, x: Tensor) -> nn.Module:
    """`network` itself. If its forward pass changes its input rows, it gets copies of them from now
    on, and the log says so.
    """
    with untouched():
        changes = any(_changes_inputs(in_mode(private(network), mode), x) for mode in (False, True))
    if changes:
        log.info(
            "the network's forward pass changes its input in place: it is given copies of the rows"
        )
        network.register_forward_pre_hook(_copied)
    return network


def _copied(_: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value.clone() if isinstance(value, Tensor) else value for value in inputs)


def _changes_inputs(network: nn.Module, x: Tensor) -> bool:
    given = x.clone()
    try:
        network(given)
    except FAILURES:
        return False  # the check of networks reports the error
    return not same(given, x)


def _check_answers(network: nn.Module, x: Tensor) -> None:
    before = generators()
    runs = [_traced(network, x) for _ in range(REPEATS)]
    for answers, visits in runs[1:]:
        if not same(answers, runs[0][0]):
            why = (
                "it draws random numbers in evaluation too, as a functional dropout does that is"
                " left on: pass training=self.training"
                if before != generators()
                else "it keeps a state that evaluation changes"
            )
            raise ModelError(
                "The network gives different outputs in two calls with the same"
                f" weights{_first(runs[0][1], visits)}: {why}."
            )


def _traced(network: nn.Module, x: Tensor) -> tuple[Tensor, list[tuple[str, Any, Any]]]:
    """(outputs, (module, inputs, output) in the order in which modules end)."""
    visits: list[tuple[str, Any, Any]] = []
    hooks = []
    for name, module in network.named_modules():

        def seen(_: nn.Module, inputs: Any, output: Any, name: str = name) -> None:
            visits.append((name, _kept(inputs), _kept(output)))

        hooks.append(module.register_forward_hook(seen))
    try:
        answers: Tensor = network(x.clone())
        return answers.clone(), visits
    finally:
        for hook in hooks:
            hook.remove()


def _kept(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.clone()
    return tuple(map(_kept, value)) if isinstance(value, (tuple, list)) else None


def _first(first: list[tuple[str, Any, Any]], second: list[tuple[str, Any, Any]]) -> str:
    """The innermost module that gave different outputs for the same input, in words; "" where none
    can be named.
    """
    for (name, x, y), (_, x_again, y_again) in zip(first, second, strict=False):
        if name and same(x, x_again) and not same(y, y_again):
            return f", first in module '{name}'"
    return ""


def _check_weights(network: nn.Module, x: Tensor) -> None:
    before = {key: value.detach().clone() for key, value in network.named_parameters()}
    network(x.clone())
    for key, value in network.named_parameters():
        if key not in before or not same(before[key], value):
            raise ModelError(
                f"The network's forward pass changes its own parameter '{key}'. Do that after a"
                " step of the optimizer, or with torch.nn.utils.parametrize; a state that changes"
                " belongs into a buffer (register_buffer)."
            )


def reassigned(network: nn.Module, x: Tensor) -> tuple[str, ...]:
    """Names of buffers that a forward pass in training replaces by another tensor instead of
    changing them in place.
    """
    own = in_mode(private(network), True)
    before = dict(own.named_buffers())
    if before:
        with untouched():
            own(x.clone())
    return tuple(key for key, value in own.named_buffers() if before.get(key) is not value)
