"""The Wide ResNet (Zagoruyko & Komodakis 2016, arXiv 1605.07146): three stages, depth 6n+4, every
stage `width` times wider.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from landscape_app.errors import ModelError
from landscape_app.networks.images import conv3, initialise, need_images

LEAST = 4  # pixels a side: the last stage sees a quarter of it
STEM = 16  # channels of the first convolution, and of the first stage at width 1


class WideBlock(nn.Module):
    """Norm, ReLU and convolution, twice, dropout between; the shortcut is a 1×1 convolution where
    size or channels change.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, dropout: float) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(inputs), conv3(inputs, outputs, stride=stride)
        self.norm2, self.conv2 = nn.BatchNorm2d(outputs), conv3(outputs, outputs)
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()
        same = inputs == outputs and stride == 1
        self.shortcut = None if same else nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, inputs, height, width) -> (batch, outputs, height/stride, width/stride)."""
        active = functional.relu(self.norm1(x))
        y = functional.relu(self.norm2(self.conv1(active)))
        y = self.conv2(self.dropout(y))
        # A projection reads the activated input, an identity the input itself.
        shortcut: Tensor = x if self.shortcut is None else self.shortcut(active)
        total: Tensor = y + shortcut
        return total


class WideResNet(nn.Module):
    """A convolution, three stages of blocks, norm and ReLU, the mean over pixels, a linear
    layer.
    """

    def __init__(
        self, channels: int, outputs: int, *, width: int, blocks: int, dropout: float
    ) -> None:
        super().__init__()
        self.conv = conv3(channels, STEM)
        planes = [STEM] + [STEM * width * 2**stage for stage in range(3) for _ in range(blocks)]
        strides = [2 if stage and not index else 1 for stage in range(3) for index in range(blocks)]
        self.blocks = nn.Sequential(
            *(
                WideBlock(a, b, s, dropout)
                for a, b, s in zip(planes, planes[1:], strides, strict=False)
            )
        )
        self.norm = nn.BatchNorm2d(planes[-1])
        self.linear = nn.Linear(planes[-1], outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) -> (batch, outputs)."""
        x = functional.relu(self.norm(self.blocks(self.conv(x))))
        outputs: Tensor = self.linear(x.mean((2, 3)))
        return outputs


def build(
    shape: tuple[int, ...], outputs: int, *, depth: int = 28, width: int = 2, dropout: float = 0.0
) -> nn.Module:
    """For images of at least 4×4; WRN-depth-width. WRN-28-2 on 3×32×32 with 10 outputs: 1,467,610
    parameters. Raises ModelError.
    """
    channels, _, _ = need_images("The Wide ResNet", shape, least=LEAST)
    if depth < 10 or depth % 6 != 4:
        near = max(10, 6 * round((depth - 4) / 6) + 4)
        raise ModelError(
            f"A Wide ResNet has depth 6n+4 (10, 16, 22, 28, 40, …), not {depth}. The nearest is"
            f" {near}."
        )
    network = WideResNet(channels, outputs, width=width, blocks=(depth - 4) // 6, dropout=dropout)
    initialise(network)
    return network
