"""Shared by the networks for images: the check of the rows' shape, and He et al.'s initialisation
of convolutions.
"""

from __future__ import annotations

from torch import nn

from landscape_app.errors import ModelError

Shape = tuple[int, int, int]  # channels, height, width


def need_images(kind: str, shape: tuple[int, ...], *, least: int = 1) -> Shape:
    """`shape` as (channels, height, width); raises ModelError for other rows, and for sides of
    fewer than `least` pixels.
    """
    if len(shape) != 3:
        raise ModelError(
            f"{kind} needs images (channels, height, width); the rows of this data set have shape"
            f" {shape}. Use an MLP."
        )
    channels, height, width = shape
    if min(height, width) < least:
        raise ModelError(
            f"{kind} needs images of at least {least}×{least} pixels; these are {height}×{width}."
            " Use a small CNN or an MLP."
        )
    return channels, height, width


def initialise(network: nn.Module) -> None:
    """Initialise convolutions from N(0, 2/(kernel area · output channels)) (He et al. 2015, arXiv
    1502.01852, backward form). Other layers keep torch's initialisation.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def conv3(inputs: int, outputs: int, *, stride: int = 1) -> nn.Conv2d:
    """A 3×3 convolution without bias (a BatchNorm follows) that keeps the size, or halves it at
    stride 2.
    """
    return nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
