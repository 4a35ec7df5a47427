"""A bundle of trajectories, trained together: weights, optimizer state and buffers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.weights.layout import Layout


@dataclass
class Bundle:
    """weights (trajectory, parameter) float32 and buffers {key: (trajectory, *shape)}, updated in
    place by an engine and a stepper.

    `optimizer` is what the optimizer remembers, by the names of training.optimizer.Stepper.state;
    empty before the first step.
    """

    weights: Tensor
    buffers: dict[str, Tensor]
    optimizer: dict[str, Tensor] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.weights.shape[0]

    @staticmethod
    def of(network: nn.Module, layout: Layout) -> Bundle:
        """A bundle of one: a copy of the state of `network`, before any step."""
        weights = layout.flatten(dict(network.named_parameters()))[None].clone()
        return Bundle(
            weights, {key: value.detach()[None].clone() for key, value in network.named_buffers()}
        )

    def to(self, device: torch.device | str) -> Bundle:
        """The same bundle on `device`; its tensors are shared where they are there already."""
        moved = [
            {key: value.to(device) for key, value in part.items()}
            for part in (self.buffers, self.optimizer)
        ]
        return Bundle(self.weights.to(device), *moved)

    def repeated(self, count: int) -> Bundle:
        """`count` copies of a bundle of one, each before any step."""
        buffers = {
            key: value.expand(count, *value.shape[1:]).clone()
            for key, value in self.buffers.items()
        }
        return Bundle(self.weights.expand(count, -1).clone(), buffers)

    def part(self, rows: slice) -> Bundle:
        """Some of its trajectories, sharing memory, before any step."""
        return Bundle(self.weights[rows], {key: value[rows] for key, value in self.buffers.items()})

    def chosen(self, rows: np.ndarray) -> Bundle:
        """Copies of its trajectories `rows` (r,), in that order, each before any step."""
        index = torch.from_numpy(rows).to(self.weights.device)
        return Bundle(
            self.weights[index], {key: value[index] for key, value in self.buffers.items()}
        )

    def state(self) -> dict[str, np.ndarray]:
        """Copies of everything the next step needs, by the names the store uses."""
        arrays = {"state.weights": self.weights}
        arrays |= {f"state.optimizer.{key}": value for key, value in self.optimizer.items()}
        arrays |= {f"state.buffers.{key}": value for key, value in self.buffers.items()}
        return {name: copied(value) for name, value in arrays.items()}

    @staticmethod
    def from_state(arrays: Mapping[str, np.ndarray], device: torch.device | str = "cpu") -> Bundle:
        """The bundle whose `state()` was `arrays`, bit for bit, on `device`."""

        def below(prefix: str) -> dict[str, Tensor]:
            tensors = {
                name.removeprefix(prefix): value
                for name, value in arrays.items()
                if name.startswith(prefix)
            }
            return {
                name: torch.from_numpy(np.array(value)).to(device)
                for name, value in tensors.items()
            }

        return Bundle(
            below("state.weights")[""], below("state.buffers."), below("state.optimizer.")
        )


def copied(value: Tensor) -> np.ndarray:
    """A copy of `value` as an array in main memory."""
    return np.array(value.detach().cpu().numpy())


def named_state(bundle: Bundle, layout: Layout) -> dict[str, np.ndarray]:
    """A bundle of one as {"param.KEY": array, "buffer.KEY": array}: a checkpoint that any tool can
    read.
    """
    params = {
        f"param.{key}": copied(value[0]) for key, value in layout.views(bundle.weights).items()
    }
    return params | {f"buffer.{key}": copied(value[0]) for key, value in bundle.buffers.items()}


def from_named_state(
    arrays: Mapping[str, np.ndarray], layout: Layout, device: torch.device | str = "cpu"
) -> Bundle:
    """The bundle of one that `named_state` wrote, on `device`."""
    flat = layout.flatten(
        {
            slot.key: torch.from_numpy(np.asarray(arrays[f"param.{slot.key}"]))
            for slot in layout.slots
        }
    )[None].clone()
    buffers = {
        key: torch.from_numpy(np.array(arrays[f"buffer.{key}"]))[None].to(device)
        for key in layout.buffers
    }
    return Bundle(flat.to(device), buffers)
