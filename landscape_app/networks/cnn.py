"""A small convolutional network with BatchNorm: two 3×3 convolutions, the second of stride 2, and one linear layer."""

from __future__ import annotations

from torch import nn

from landscape_app.errors import ModelError


def build(shape: tuple[int, ...], classes: int, *, width: int = 8) -> nn.Module:
    """For images (channels, height, width); outputs logits (batch, classes). Raises ModelError for tables."""
    if len(shape) != 3:
        raise ModelError(f"The small CNN needs images (channels, height, width); the rows of this data set have shape {shape}. Use an MLP.")
    return nn.Sequential(
        nn.Conv2d(shape[0], width, 3, padding=1),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(2 * width * ((shape[1] + 1) // 2) * ((shape[2] + 1) // 2), classes),
    )
