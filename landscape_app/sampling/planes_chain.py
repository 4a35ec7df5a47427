"""A network read as a plain chain of layers: linear or convolution, then BatchNorm, then ReLU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor, nn

from landscape_app.errors import ModelError
from landscape_app.training.problem import Problem
from landscape_app.weights.layout import Slot


@dataclass(frozen=True)
class Norm:
    """A BatchNorm in eval mode: scale · (z − mean)/√(variance + eps) + shift; scale and shift are
    None where it has none.
    """

    scale: Slot | None
    shift: Slot | None
    mean: str
    variance: str
    eps: float


@dataclass(frozen=True)
class ChainLayer:
    """One product. taps (tap, pixel out): which input pixel each tap of each output pixel reads,
    `pixels` for the zeros around the image; None: the layer reads all pixels as features. pixels:
    of its input.
    """

    weight: Slot
    bias: Slot | None
    taps: Tensor | None
    pixels: int
    norm: Norm | None = None
    relu: bool = False

    @cached_property
    def reads(self) -> Tensor | None:
        """The pixel that each (tap, pixel out) reads, any pixel for `zeros`."""
        return None if self.taps is None else self.taps.reshape(-1).clamp(max=self.pixels - 1)

    @cached_property
    def zeros(self) -> Tensor:
        """Positions in `reads` that stand for the zeros around the image."""
        return (
            torch.empty(0)
            if self.taps is None
            else torch.nonzero(self.taps.reshape(-1) == self.pixels)[:, 0]
        )

    @property
    def positions(self) -> int:
        """Pixels that it puts out."""
        return 1 if self.taps is None else self.taps.shape[1]


def layers_of(problem: Problem) -> list[ChainLayer]:
    """The chain that the network is; raises ModelError, naming the layer, if it is anything
    else.
    """
    shape = tuple(problem.x_train.shape[1:])
    reader = _Reader(problem, shape)
    for name, module in _leaves(problem.network, ""):
        reader.read(name, module)
    if not reader.layers or reader.layers[-1].taps is not None:
        raise ModelError("The network does not end in a linear layer.")
    return reader.layers


def _leaves(network: nn.Module, prefix: str) -> list[tuple[str, nn.Module]]:
    """(name, module) in the order in which nested nn.Sequentials call them."""
    if not isinstance(network, nn.Sequential):
        raise ModelError(f"{type(network).__name__} is not an nn.Sequential.")
    leaves: list[tuple[str, nn.Module]] = []
    for name, child in network.named_children():
        leaves += (
            _leaves(child, f"{prefix}{name}.")
            if isinstance(child, nn.Sequential)
            else [(prefix + name, child)]
        )
    return leaves


class _Reader:
    """Reads modules one by one. It knows the shape after the last one: an image, or a row of
    features (size None).
    """

    def __init__(self, problem: Problem, shape: tuple[int, ...]) -> None:
        self._slots = {slot.key: slot for slot in problem.layout.slots}
        self._size = shape[1:] if len(shape) == 3 else None
        self._flat = len(shape) == 1
        self._device = problem.device
        self.layers: list[ChainLayer] = []

    def read(self, name: str, module: nn.Module) -> None:
        last = self.layers[-1] if self.layers else None
        if isinstance(module, (nn.Dropout, nn.Dropout2d, nn.Identity)):
            return
        if isinstance(module, nn.Flatten) and (module.start_dim, module.end_dim) == (1, -1):
            self._flat = True
        elif isinstance(module, nn.Linear) and self._flat:
            pixels = 1 if self._size is None else self._size[0] * self._size[1]
            self._add(name, module, None, pixels)
            self._size = None
        elif (
            isinstance(module, nn.Conv2d)
            and self._size is not None
            and not self._flat
            and _plain(module)
        ):
            taps, size = taps_of(self._size, module)
            self._add(name, module, taps.to(self._device), self._size[0] * self._size[1])
            self._size = size
        elif (
            isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d))
            and last is not None
            and last.norm is None
            and not last.relu
        ):
            self.layers[-1] = replace(last, norm=self._norm(name, module))
        elif isinstance(module, nn.ReLU) and last is not None:
            self.layers[-1] = replace(last, relu=True)
        else:
            raise ModelError(
                f"Layer '{name}' is {type(module).__name__}, or stands where a chain has none."
            )

    def _add(
        self, name: str, module: nn.Linear | nn.Conv2d, taps: Tensor | None, pixels: int
    ) -> None:
        weight, bias = self._slot(name, "weight"), self._bias(name, module)
        self.layers.append(ChainLayer(weight, bias, taps, pixels))

    def _norm(self, name: str, module: nn.BatchNorm1d | nn.BatchNorm2d) -> Norm:
        if module.running_mean is None:
            raise ModelError(f"Layer '{name}' keeps no running statistics.")
        scale, shift = (
            self._slot(name, part) if module.affine else None for part in ("weight", "bias")
        )
        return Norm(scale, shift, f"{name}.running_mean", f"{name}.running_var", module.eps)

    def _bias(self, name: str, module: nn.Linear | nn.Conv2d) -> Slot | None:
        return None if module.bias is None else self._slot(name, "bias")

    def _slot(self, name: str, part: str) -> Slot:
        if f"{name}.{part}" not in self._slots:
            raise ModelError(f"'{name}.{part}' is frozen, or is shared with another layer.")
        return self._slots[f"{name}.{part}"]


def _plain(module: nn.Conv2d) -> bool:
    return (
        module.groups == 1
        and module.padding_mode == "zeros"
        and not isinstance(module.padding, str)
    )


def taps_of(size: Sequence[int], module: nn.Conv2d) -> tuple[Tensor, tuple[int, int]]:
    """(taps (tap, pixel out), size out) of a convolution on images of `size`: positions of input
    pixels, height·width for zeros.
    """
    high, wide = size
    reads = []
    for n, kernel, stride, padding, dilation in zip(
        size, module.kernel_size, module.stride, _padding(module), module.dilation, strict=True
    ):
        out = (n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
        # (tap, pixel out) along this axis
        reads.append(
            torch.arange(kernel)[:, None] * dilation + torch.arange(out) * stride - padding
        )
    y, x = reads[0][:, None, :, None], reads[1][None, :, None, :]
    inside = (y >= 0) & (y < high) & (x >= 0) & (x < wide)
    taps = (y * wide + x).where(inside, torch.tensor(high * wide))
    return taps.flatten(2).flatten(0, 1), (reads[0].shape[1], reads[1].shape[1])


def _padding(module: nn.Conv2d) -> tuple[int, ...]:
    return (0, 0) if isinstance(module.padding, str) else module.padding
