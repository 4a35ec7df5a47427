"""A multilayer perceptron with ReLU: `depth` hidden layers of `width` units. With depth 0 it is a
linear model.
"""

from __future__ import annotations

import itertools
import math

from torch import nn

from landscape_app.errors import ModelError


def build(
    shape: tuple[int, ...], outputs: int, *, width: int = 64, depth: int = 2, dropout: float = 0.0
) -> nn.Module:
    """Flattens rows of `shape`; gives (batch, outputs). For digits with two layers of 64 units it
    has 8,970 parameters. Dropout follows each hidden layer.
    """
    if depth < 0:
        raise ModelError(f"An MLP cannot have {depth} hidden layers.")
    sizes = [math.prod(shape)] + [width] * depth
    layers: list[nn.Module] = [nn.Flatten()]
    for above, below in itertools.pairwise(sizes):
        layers += [nn.Linear(above, below), nn.ReLU()]
        # No layer where nothing is dropped: a chain of linear layers and ReLUs has an engine of its
        # own.
        layers += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*layers, nn.Linear(sizes[-1], outputs))
