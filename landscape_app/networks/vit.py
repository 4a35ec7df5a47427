"""A small vision transformer (Dosovitskiy et al. 2021, arXiv 2010.11929): patches, pre-norm blocks,
the mean over patches.

Attention is written as two products and a softmax, because vmap can batch these over stacked
weights, forward and backward. The mean over patches replaces the class token (Beyer et al. 2022,
arXiv 2205.01580): that is one tensor less, and no worse for images of this size.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from landscape_app.errors import ModelError
from landscape_app.networks.images import need_images

TOKENS = 49  # patches aimed at
MOST_TOKENS = 1_024  # attention costs their square
HEAD = 16  # width of an attention head


class AttentionBlock(nn.Module):
    """x + attention(norm(x)), then x + perceptron(norm(x)) with one hidden layer of 2·width and
    GELU.
    """

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.qkv, self.mix = (
            nn.LayerNorm(width),
            nn.Linear(width, 3 * width),
            nn.Linear(width, width),
        )
        self.norm2, self.widen, self.narrow = (
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.Linear(2 * width, width),
        )
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(batch, token, width) -> the same."""
        x = x + self.dropout(self.mix(self._attend(self.qkv(self.norm1(x)))))
        wide = functional.gelu(self.widen(self.norm2(x)))
        narrow: Tensor = self.dropout(self.narrow(wide))
        return x + narrow

    def _attend(self, qkv: Tensor) -> Tensor:
        """(batch, token, 3·width) -> (batch, token, width): softmax(qkᵀ/√d)·v in each head."""
        # each (batch, head, token, d)
        q, k, v = qkv.unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).softmax(-1)
        mixed: Tensor = (weights @ v).transpose(1, 2).flatten(2)
        return mixed


class VisionTransformer(nn.Module):
    """A linear layer that makes tokens of patches, a learned position for each, blocks, norm, the
    mean over tokens, a linear layer.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        outputs: int,
        *,
        patch: int,
        width: int,
        depth: int,
        dropout: float,
    ) -> None:
        super().__init__()
        channels, high, wide = shape
        self.patch = patch
        self.embed = nn.Linear(channels * patch * patch, width)
        # As large as the normalised tokens: at the customary 0.02, SGD at rate 0.1 stays at chance
        # on digits; so it interpolates.
        self.position = nn.Parameter(torch.randn(high * wide // patch**2, width))
        heads = next(h for h in range(max(1, width // HEAD), 0, -1) if width % h == 0)
        self.blocks = nn.Sequential(*(AttentionBlock(width, heads, dropout) for _ in range(depth)))
        self.norm, self.linear = nn.LayerNorm(width), nn.Linear(width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) -> (batch, outputs)."""
        # (batch, channel, row, patch, column, patch)
        x = x.unflatten(3, (-1, self.patch)).unflatten(2, (-1, self.patch))
        # (batch, token, channel·patch²)
        tokens = x.permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2)
        x = self.blocks(self.embed(tokens) + self.position)
        outputs: Tensor = self.linear(self.norm(x).mean(1))
        return outputs


def patch_side(high: int, wide: int) -> int:
    """Side of a patch in pixels: the common divisor whose number of patches is nearest to 49 (8×8:
    2, 28×28 and 32×32: 4, 64×64: 8).
    """
    every = [p for p in range(1, min(high, wide) + 1) if high % p == 0 and wide % p == 0]
    # A patch of one pixel is a last resort, and so is a single patch.
    useful = [p for p in every if p > 1 and high * wide // p**2 >= 4] or [1]
    return min(useful, key=lambda p: abs(math.log(high * wide / p**2 / TOKENS)))


def build(
    shape: tuple[int, ...], outputs: int, *, width: int = 64, depth: int = 4, dropout: float = 0.0
) -> nn.Module:
    """For images (channels, height, width); gives (batch, outputs). Raises ModelError for images
    that cannot be divided into patches.
    """
    channels, high, wide = need_images("The vision transformer", shape)
    if depth < 1:
        raise ModelError(f"The vision transformer cannot have {depth} blocks: it needs at least 1.")
    patch = patch_side(high, wide)
    tokens = high * wide // patch**2
    if tokens > MOST_TOKENS:
        raise ModelError(
            f"The vision transformer would cut {high}×{wide} pixels into {tokens:,} patches of"
            f" {patch}×{patch}; at most {MOST_TOKENS:,} are possible. Crop or pad the images so"
            " that height and width have a larger common divisor."
        )
    return VisionTransformer(
        (channels, high, wide), outputs, patch=patch, width=width, depth=depth, dropout=dropout
    )
