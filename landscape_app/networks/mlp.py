"""A multilayer perceptron with ReLU: `depth` hidden layers of `width` units."""

from __future__ import annotations

import math

from torch import nn


def build(shape: tuple[int, ...], classes: int, *, width: int = 64, depth: int = 2) -> nn.Module:
    """Flattens rows of `shape`; outputs logits (batch, classes). Digits at 64-64: 8,970 parameters."""
    sizes = [math.prod(shape)] + [width] * depth
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], classes))
