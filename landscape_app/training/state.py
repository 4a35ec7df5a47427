"""State that a network keeps outside its parameters and buffers. It is found, and refused if the
outputs depend on it.

A module is evaluated at the weights of many trajectories. Its buffers are every trajectory's own; a
plain attribute is shared by all of them, and no file keeps it. One that is only written (a stored
activation, a counter of calls), or a constant that is made at the first call, does no harm.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from landscape_app.errors import ModelError
from landscape_app.networks.copies import in_mode, private
from landscape_app.training.attributes import (
    FAILURES,
    alike,
    attributes,
    copied_value,
    others,
    same,
)
from landscape_app.training.constants import constants


def check_state(network: nn.Module, x: Tensor) -> None:
    """Refuse a network whose answers depend on an attribute, outside its buffers, that its forward
    pass changes.

    One that is made at the first call, and is the same for all rows and weights (a table of angles,
    a mask), is taken.
    """
    own = private(network)
    before = attributes(own)
    for mode in (True, False, True):
        in_mode(own, mode)(x.clone())
    changed = {
        key: value
        for key, value in attributes(own).items()
        if key not in before or not alike(before[key], value)
    }
    matter = [key for key, value in changed.items() if _matters(own, key, value, x)]
    same_always = constants(network, x) if matter else set()
    for key in matter:
        if key not in same_always:
            module, _, name = key.rpartition(".")
            raise ModelError(
                f"The network keeps a state outside its buffers: the forward pass changes '{name}'"
                f" of {f'module {module!r}' if module else 'the network'}, and the outputs depend"
                " on it. Make it a buffer, so that each trajectory has its own:"
                f" self.register_buffer('{name}', torch.tensor(…))."
            )


def _matters(network: nn.Module, key: str, value: Any, x: Tensor) -> bool:
    """Whether the outputs, in training or in evaluation, change with the attribute `key`."""
    path, _, name = key.rpartition(".")
    for mode in (True, False):
        plain = _answers_with(network, path, name, value, x, mode)
        for other in others(value):
            changed = _answers_with(network, path, name, other, x, mode)
            if plain is not None and not same(plain, changed):
                return True
    return False


def _answers_with(
    network: nn.Module, path: str, name: str, value: Any, x: Tensor, mode: bool
) -> Tensor | None:
    """The outputs of a copy of `network` whose attribute is `value`; None where it fails."""
    own = in_mode(private(network), mode)
    setattr(own.get_submodule(path), name, copied_value(value))
    torch.default_generator.manual_seed(1)
    try:
        answers = own(x.clone())
    except FAILURES:
        return None
    return answers if isinstance(answers, Tensor) else None
