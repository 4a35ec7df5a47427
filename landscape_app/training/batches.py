"""The batches of an epoch. Their order depends only on (stream, epoch), so an epoch can be repeated
without storing a generator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.nn import functional

from landscape_app.records.pulse import pulse
from landscape_app.seeds import lent_generators, torch_stream
from landscape_app.training.problem import Problem

Stream = tuple[int, tuple[str | int, ...]]  # (root, name): see seeds.stream_seed

SHIFT = 1  # pixels


def shifted(images: Tensor, generator: torch.Generator) -> Tensor:
    """`images` (batch, channel, height, width), each moved by up to one pixel along both axes;
    empty pixels are zero.
    """
    batch, _, height, width = images.shape
    by = torch.randint(0, 2 * SHIFT + 1, (2, batch), generator=generator).to(images.device)
    padded = functional.pad(images, (SHIFT,) * 4)
    # (batch, channel, 3, 3, height, width), no copy
    windows = padded.unfold(2, height, 1).unfold(3, width, 1)
    return windows[torch.arange(batch, device=images.device), :, by[0], by[1]]


def flipped(images: Tensor, generator: torch.Generator) -> Tensor:
    """`images` (batch, channel, height, width), each mirrored left to right with probability one
    half.
    """
    mirrored = torch.rand(len(images), generator=generator).lt(0.5).to(images.device)
    return torch.where(mirrored[:, None, None, None], images.flip(-1), images)


@contextmanager
def seeded(problem: Problem, seed: int) -> Iterator[None]:
    """For a network that draws random numbers (dropout): the global generators start at `seed`
    inside the block, and are restored afterwards.
    """
    if not problem.stochastic:
        yield
        return
    with lent_generators(seed, [problem.device] if problem.device.type == "cuda" else []):
        yield


def row_order(stream: Stream, epoch: int, rows: int) -> Tensor:
    """The order (row,) of the train rows in `epoch` of a stream, on the processor."""
    root, name = stream
    return torch.randperm(rows, generator=torch_stream(root, *name, "order", epoch))


def epoch_batches(
    problem: Problem, streams: Sequence[Stream], *, epoch: int, size: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches of one epoch for several streams in parallel: inputs (stream, batch, *shape),
    labels (stream, batch).

    Each stream has its own order of the train rows and its own augmentation. The last batch may be
    smaller.
    """
    orders, generators = [], []
    for root, name in streams:
        orders.append(row_order((root, name), epoch, len(problem.x_train)))
        generators.append(torch_stream(root, *name, "augmentation", epoch))
    order = torch.stack(orders).to(problem.device)
    for start in range(0, order.shape[1], size):
        pulse()
        index = order[:, start : start + size]
        x = problem.x_train[index]
        if problem.augmentation:
            x = torch.stack(
                [
                    augmented(problem, images, generator)
                    for images, generator in zip(x, generators, strict=True)
                ]
            )
        yield x, problem.y_train[index]


def augmented(problem: Problem, images: Tensor, generator: torch.Generator) -> Tensor:
    """`images` (batch, channel, height, width) as the problem augments them."""
    images = shifted(images, generator)
    return flipped(images, generator) if problem.flips else images
