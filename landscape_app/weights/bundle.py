"""What is trained together: the weights, momentum and buffers of a bundle of trajectories of one network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.weights.layout import Layout


@dataclass
class Bundle:
    """weights, momentum (trajectory, parameter) float32; buffers {key: (trajectory, *shape)}. Updated in place by an engine."""

    weights: Tensor
    momentum: Tensor
    buffers: dict[str, Tensor]

    def __len__(self) -> int:
        return self.weights.shape[0]

    @staticmethod
    def of(network: nn.Module, layout: Layout) -> Bundle:
        """A bundle of one: a copy of the state of `network`, with no momentum."""
        weights = layout.flatten(dict(network.named_parameters()))[None].clone()
        buffers = {key: value.detach()[None].clone() for key, value in network.named_buffers()}
        return Bundle(weights, torch.zeros_like(weights), buffers)

    def repeated(self, count: int) -> Bundle:
        """`count` copies of a bundle of one, each with no momentum."""
        weights = self.weights.expand(count, -1).clone()
        buffers = {key: value.expand(count, *value.shape[1:]).clone() for key, value in self.buffers.items()}
        return Bundle(weights, torch.zeros_like(weights), buffers)

    def part(self, index: slice) -> Bundle:
        """The trajectories `index` as views: what is done to the part is done to the whole."""
        return Bundle(self.weights[index], self.momentum[index], {key: value[index] for key, value in self.buffers.items()})

    def state(self) -> dict[str, np.ndarray]:
        """Copies of everything the next step needs, by the names the store uses."""
        arrays = {"state.weights": self.weights, "state.momentum": self.momentum}
        arrays |= {f"state.buffers.{key}": value for key, value in self.buffers.items()}
        return {name: value.numpy().copy() for name, value in arrays.items()}

    @staticmethod
    def from_state(arrays: Mapping[str, np.ndarray]) -> Bundle:
        """The bundle whose `state()` was `arrays`, bit for bit."""
        prefix = "state.buffers."
        buffers = {name.removeprefix(prefix): torch.from_numpy(value.copy()) for name, value in arrays.items() if name.startswith(prefix)}
        return Bundle(torch.from_numpy(arrays["state.weights"].copy()), torch.from_numpy(arrays["state.momentum"].copy()), buffers)


def named_state(bundle: Bundle, layout: Layout) -> dict[str, np.ndarray]:
    """A bundle of one as {"param.KEY": array, "buffer.KEY": array}: a checkpoint that any tool can read."""
    params = {f"param.{key}": value[0].numpy().copy() for key, value in layout.views(bundle.weights).items()}
    return params | {f"buffer.{key}": value[0].numpy().copy() for key, value in bundle.buffers.items()}


def from_named_state(arrays: Mapping[str, np.ndarray], layout: Layout) -> Bundle:
    """The bundle of one that `named_state` wrote."""
    flat = layout.flatten({slot.key: torch.from_numpy(np.asarray(arrays[f"param.{slot.key}"])) for slot in layout.slots})[None].clone()
    buffers = {key: torch.from_numpy(np.array(arrays[f"buffer.{key}"]))[None].clone() for key in layout.buffers}
    return Bundle(flat, torch.zeros_like(flat), buffers)
