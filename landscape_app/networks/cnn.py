"""A small convolutional network with BatchNorm: 3×3 convolutions and one linear layer. Each
convolution after the first halves the image.
"""

from __future__ import annotations

from torch import nn

from landscape_app.errors import ModelError
from landscape_app.networks.images import need_images


def build(
    shape: tuple[int, ...], outputs: int, *, width: int = 8, depth: int = 2, dropout: float = 0.0
) -> nn.Module:
    """For images (channels, height, width); gives (batch, outputs). The `depth` convolutions have
    `width`, 2·width, 4·width … channels.

    When a side has only 2 pixels left, size and channels no longer change. Dropout comes before the
    linear layer. Raises ModelError for rows that are not images.
    """
    channels, high, wide = need_images("The small CNN", shape)
    if depth < 1:
        raise ModelError(f"The small CNN cannot have {depth} convolutions: it needs at least 1.")
    layers: list[nn.Module] = []
    planes = width
    for index in range(depth):
        halve = index > 0 and min(high, wide) > 2
        if halve:
            planes, high, wide = 2 * planes, (high + 1) // 2, (wide + 1) // 2
        layers += [
            nn.Conv2d(channels, planes, 3, stride=2 if halve else 1, padding=1),
            nn.BatchNorm2d(planes),
            nn.ReLU(),
        ]
        channels = planes
    layers += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(planes * high * wide, outputs))
