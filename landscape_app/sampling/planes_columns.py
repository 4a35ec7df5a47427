"""The fast way to evaluate a plain chain of layers at many points: convolutions as matrix products
on columns, with the rows of data last.

Every layer of a chain (linear or convolution, BatchNorm folded in, ReLU) is one product weights
(output, input·tap) × columns (input·tap, pixel·row), batched over the points. With the rows last
every step reads and writes memory in order, and no result needs to be rearranged for the next
layer. All points share the input: its columns are laid out once, and the first layer of all points
is a single product. Where the first layer has few inputs it is worked out right at the taps that
the second one reads: doing it 2-9 times is cheaper than moving its results there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from landscape_app.sampling.planes_chain import ChainLayer, layers_of
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

FEW = 32  # inputs·taps of a first layer below which it is repeated at the second one's taps
IN_CACHE = 9 * 2**17  # bytes of an intermediate result: about half of a core's second-level cache
ON_GPU = 2**28
LEAST_ROWS = 32  # of a product: below, the processor's vectors are not full


@dataclass
class Folded:
    """Some points, ready: of every layer the weights (point, output, input·tap) and bias (point,
    output, 1), and by the width of the columns what is left to do after the first product.
    """

    first: Tensor  # (point·output, input·tap + 1): the first layer of all points
    products: list[tuple[Tensor, Tensor]]
    programs: dict[int, _Program] = field(default_factory=dict)


class _Program(NamedTuple):
    """A list of prepared calls. What does not change within a group of points is looked up once,
    not for every block.
    """

    first: Tensor  # where the first product is written
    calls: list[Callable[[], Tensor]]
    last: Callable[[], Tensor]  # () -> (point, output, row), in memory of its own


class Columns:
    """An evaluator (see planes_engines.Evaluator) for the networks that `layers_of` accepts. Not to
    be shared between threads.
    """

    name = "columns"

    def __init__(self, problem: Problem) -> None:
        self._layers, self._device = layers_of(problem), problem.device
        self._joined = _worth_joining(self._layers)
        self._memory: dict[tuple[int, tuple[int, ...]], Tensor] = {}
        self.points, self.rows = _sizes(
            max(_widths(self._layers)), cuda=problem.device.type == "cuda"
        )
        self.shared = 4 * self.prepare(problem.x_train[:1]).numel()

    def prepare(self, x: Tensor) -> Tensor:
        """The first layer's columns (input·tap + 1, pixel·row) for the rows `x` (row, *shape); the
        last of them is 1 and carries the bias.
        """
        images = (
            x.flatten(1)[:, :, None].permute(1, 2, 0)
            if x.dim() != 4
            else x.flatten(2).permute(1, 2, 0)
        )
        taps = self._layers[0].taps  # images: (channel, pixel, row)
        columns = (
            images.reshape(-1, 1, len(x))
            if taps is None
            else _tapped(images, taps).reshape(-1, taps.shape[1], len(x))
        )
        columns = torch.cat([columns, columns.new_ones(1, *columns.shape[1:])])
        if self._joined:
            # The zeros around the second layer's image must be zeros: there even the row of ones is
            # 0.
            columns = _tapped(columns, self._layers[1].taps)  # type: ignore[arg-type]
        return columns.reshape(len(columns), -1).contiguous()

    def fold(self, bundle: Bundle) -> Folded:
        """Every layer's product at the points of `bundle`, norm layers folded into the weights
        before them.
        """
        products = [_folded(layer, bundle) for layer in self._layers]
        return Folded(torch.cat(products[0], dim=2).flatten(0, 1), products)

    def outputs(self, state: Folded, block: Tensor) -> Tensor:
        """Outputs (point, output, row) from what `fold` and `prepare` gave."""
        width = block.shape[1]
        if width not in state.programs:
            state.programs[width] = self._program(state, width)
        program = state.programs[width]
        torch.mm(state.first, block, out=program.first)
        for call in program.calls:
            call()
        return program.last()

    def _program(self, state: Folded, width: int) -> _Program:
        points, rows, layers = len(state.products[0][1]), width // self._positions(), self._layers
        first = self._empty(0, points * layers[0].weight.shape[0], width)
        z, calls = first.view(points, layers[0].weight.shape[0], -1), list[Callable[[], Tensor]]()
        if layers[0].relu:
            calls.append(partial(torch.relu_, z))
        for index, (layer, (weight, bias)) in enumerate(
            zip(layers[1:], state.products[1:], strict=True), start=1
        ):
            if layer.reads is not None and not (index == 1 and self._joined):
                images = z.view(points, -1, layer.pixels, rows)
                z = self._empty(-index, points, images.shape[1], len(layer.reads), rows)
                calls += [
                    partial(torch.index_select, images, 2, layer.reads, out=z),
                    partial(z.index_fill_, 2, layer.zeros, 0.0),
                ]
            product = partial(torch.baddbmm, bias, weight, z.view(points, weight.shape[2], -1))
            if index == len(layers) - 1 and not layer.relu:
                return _Program(first, calls, product)  # the outputs get memory of their own
            z = self._empty(index, points, weight.shape[1], z.numel() // (points * weight.shape[2]))
            calls += [partial(product, out=z)] + ([partial(torch.relu_, z)] if layer.relu else [])
        return _Program(first, calls, z.clone)

    def _empty(self, key: int, *shape: int) -> Tensor:
        """Reuse the same memory for every group of points. New pages would cost as much as the
        products.
        """
        if (key, shape) not in self._memory:
            self._memory[key, shape] = torch.empty(shape, device=self._device)
        return self._memory[key, shape]

    def _positions(self) -> int:
        """Number of pixels of the first layer's output in the columns; a repeated pixel counts each
        time.
        """
        if self._joined:
            return self._layers[1].taps.numel()  # type: ignore[union-attr]
        return self._layers[0].positions


def _tapped(images: Tensor, taps: Tensor) -> Tensor:
    """(channel, tap·pixel out, row) of `images` (channel, pixel, row): the values that each tap
    reads.
    """
    return functional.pad(images, (0, 0, 0, 1))[:, taps.reshape(-1)]


def _worth_joining(layers: Sequence[ChainLayer]) -> bool:
    """Whether to compute the first layer only at the taps of the second one."""
    two = len(layers) > 1 and layers[0].taps is not None and layers[1].taps is not None
    return two and math.prod(layers[0].weight.shape[1:]) < FEW


def _widths(layers: Sequence[ChainLayer]) -> Iterator[int]:
    """Numbers per point and row of data in every intermediate result."""
    for index, layer in enumerate(layers):
        yield layer.weight.shape[0] * (1 if layer.taps is None else layer.taps.shape[1])
        if index and layer.taps is not None:
            yield layer.weight.shape[1] * layer.taps.numel()


def _sizes(width: int, *, cuda: bool) -> tuple[int, int]:
    """(points, rows of data) in one product, so that the largest intermediate result fits into the
    cache of a core.
    """
    budget, points = (ON_GPU, 64) if cuda else (IN_CACHE, 8)
    rows = max(LEAST_ROWS, min(budget // (4 * width * points), 16 * LEAST_ROWS))
    return max(1, min(points, budget // (4 * width * rows))), rows


def _folded(layer: ChainLayer, bundle: Bundle) -> tuple[Tensor, Tensor]:
    weight = layer.weight.view(bundle.weights).flatten(2)
    bias = (
        weight.new_zeros(weight.shape[:2])
        if layer.bias is None
        else layer.bias.view(bundle.weights)
    )
    if layer.norm is not None:
        norm = layer.norm
        scale = (bundle.buffers[norm.variance].double() + norm.eps).rsqrt()
        scale = scale if norm.scale is None else scale * norm.scale.view(bundle.weights)
        shift = 0.0 if norm.shift is None else norm.shift.view(bundle.weights)
        bias = ((bias - bundle.buffers[norm.mean].double()) * scale + shift).float()
        weight = (weight * scale[:, :, None]).float()
    return weight.contiguous(), bias[:, :, None].contiguous()
