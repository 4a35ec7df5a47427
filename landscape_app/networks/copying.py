"""A network of one's own: the one way in which the program copies what it was given."""

from __future__ import annotations

import copy

import torch
from torch import nn

from landscape_app.errors import ModelError


def private(network: nn.Module, device: torch.device | str | None = None) -> nn.Module:
    """A copy of `network` that shares nothing with it, on `device` (None: where it is). Raises ModelError where it cannot be copied."""
    try:
        own = copy.deepcopy(network)
    except Exception as error:  # whatever an attribute of somebody's module says when it is copied
        raise ModelError(f"The network cannot be copied: {(str(error) or type(error).__name__).splitlines()[0]}") from error
    return own if device is None else own.to(device)
