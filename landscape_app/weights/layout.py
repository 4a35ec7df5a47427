"""The order of the trainable parameters: a flat vector and its views by name, for one network or a
bundle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Slot:
    """Where one parameter tensor lies in the flat vector: columns start … stop, in row-major order
    of `shape`.
    """

    key: str
    shape: tuple[int, ...]
    start: int
    stop: int

    def view(self, flat: Tensor) -> Tensor:
        """The tensor (…, *shape) inside `flat` (…, parameter); shares memory."""
        return (
            flat[..., self.start : self.stop].unflatten(-1, self.shape)
            if self.shape
            else flat[..., self.start]
        )


@dataclass(frozen=True)
class Layout:
    """The trainable parameters of a network, in `named_parameters` order, and the names of its
    buffers and frozen tensors.
    """

    slots: tuple[Slot, ...]
    # registered buffers: they differ between trajectories (BatchNorm statistics)
    buffers: tuple[str, ...]
    frozen: tuple[str, ...]  # parameters that do not require gradients: the same everywhere

    @staticmethod
    def of(network: nn.Module) -> Layout:
        """The layout of `network`; a parameter used twice (tied) has one slot."""
        slots: list[Slot] = []
        start = 0
        for key, parameter in network.named_parameters():
            if parameter.requires_grad:
                slots.append(Slot(key, tuple(parameter.shape), start, start + parameter.numel()))
                start = slots[-1].stop
        frozen = tuple(
            key for key, parameter in network.named_parameters() if not parameter.requires_grad
        )
        return Layout(tuple(slots), tuple(key for key, _ in network.named_buffers()), frozen)

    @property
    def parameters(self) -> int:
        """Length of the flat vector: the number of trainable parameters."""
        return self.slots[-1].stop if self.slots else 0

    def views(self, flat: Tensor) -> dict[str, Tensor]:
        """{key: (…, *shape)} views of `flat` (…, parameter)."""
        return {slot.key: slot.view(flat) for slot in self.slots}

    def flatten(self, tensors: Mapping[str, Tensor]) -> Tensor:
        """The flat vector (parameter,) of one network's named tensors; copies."""
        return torch.cat([tensors[slot.key].detach().reshape(-1) for slot in self.slots])

    def describe(self) -> list[dict[str, Any]]:
        """The slots as plain values, for the journal and for analyses that need no torch."""
        return [
            {
                "key": s.key,
                "shape": list(s.shape),
                "dtype": "float32",
                "start": s.start,
                "stop": s.stop,
            }
            for s in self.slots
        ]
