"""The residual network for small images (He et al. 2015, arXiv 1512.03385 §4.2): three stages,
depth 6n+2, shortcuts of option A.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from landscape_app.errors import ModelError
from landscape_app.networks.images import conv3, initialise, need_images

LEAST = 4  # pixels a side: the last stage sees a quarter of it


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions around a shortcut without parameters (option A): every stride-th pixel,
    new channels zero.
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1, self.norm1 = conv3(inputs, outputs, stride=stride), nn.BatchNorm2d(outputs)
        self.conv2, self.norm2 = conv3(outputs, outputs), nn.BatchNorm2d(outputs)
        self.stride, self.more = stride, outputs - inputs

    def forward(self, x: Tensor) -> Tensor:
        """(batch, inputs, height, width) -> (batch, outputs, height/stride, width/stride)."""
        y = functional.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        if self.more or self.stride > 1:
            x = functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.more))
        return functional.relu(x + y)


class ResNet(nn.Module):
    """A convolution, three stages of blocks, the mean over pixels, a linear layer."""

    def __init__(self, channels: int, outputs: int, *, width: int, blocks: int) -> None:
        super().__init__()
        self.conv, self.norm = conv3(channels, width), nn.BatchNorm2d(width)
        planes = [width] + [width * 2**stage for stage in range(3) for _ in range(blocks)]
        strides = [2 if stage and not index else 1 for stage in range(3) for index in range(blocks)]
        self.blocks = nn.Sequential(
            *(ResidualBlock(a, b, s) for a, b, s in zip(planes, planes[1:], strides, strict=False))
        )
        self.linear = nn.Linear(planes[-1], outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) -> (batch, outputs)."""
        x = self.blocks(functional.relu(self.norm(self.conv(x))))
        outputs: Tensor = self.linear(x.mean((2, 3)))
        return outputs


def build(shape: tuple[int, ...], outputs: int, *, depth: int = 20, width: int = 16) -> nn.Module:
    """For images of at least 4×4; `width` channels in the first stage, doubled in each of the
    others.

    ResNet-20 on 3×32×32 with 10 outputs has 269,722 parameters, ResNet-110 1,727,962. Raises
    ModelError.
    """
    channels, _, _ = need_images("The ResNet", shape, least=LEAST)
    if depth < 8 or depth % 6 != 2:
        near = max(8, 6 * round((depth - 2) / 6) + 2)
        raise ModelError(
            f"A ResNet for small images has depth 6n+2 (8, 14, 20, 32, 44, …), not {depth}. The"
            f" nearest is {near}."
        )
    network = ResNet(channels, outputs, width=width, blocks=(depth - 2) // 6)
    initialise(network)
    return network
