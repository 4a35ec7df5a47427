"""Constants that a network makes at its first call and stores as attributes: a table of angles, a
mask, a grid.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import torch
from torch import Tensor, nn

from landscape_app.networks.copies import in_mode, private
from landscape_app.seeds import lent_generators, torch_stream
from landscape_app.training.attributes import FAILURES, alike, attributes

FEWER = 2  # rows of a smaller batch


def constants(network: nn.Module, x: Tensor, buffers: Collection[str] = ()) -> set[str]:
    """Names of the attributes, and of those of the `buffers`, that are the same on all copies of
    `network` after any call.

    The copies differ in mode, in the values of the rows `x` (row, *shape), in random numbers, in
    their weights and in the buffers that training changes. None where the outputs depend on the
    number of rows in the first call.
    """
    if not _whatever_came_first(network, x):
        return set()
    moved = _moved(network, x)
    trials = [
        (rows, mode, other) for other in ({}, moved) for mode in (False, True) for rows in _rows(x)
    ]
    constant: dict[str, Any] | None = None
    for seed, (rows, mode, other) in enumerate(trials):
        now = _after(network, rows, x, mode=mode, state=other, seed=seed, buffers=buffers)
        constant = (
            now
            if constant is None
            else {
                key: value
                for key, value in constant.items()
                if key in now and alike(value, now[key])
            }
        )
    return set(constant or {})


def _rows(x: Tensor) -> list[Tensor]:
    """Rows of other values. Every network for such rows accepts them, also one for token ids."""
    return [x, torch.full_like(x, x.min().item()), torch.full_like(x, x.max().item()), x.flip(0)]


def _moved(network: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """Other random values of the trainable parameters, and of those buffers that training
    changes.
    """
    stream = torch_stream(0, "constants")
    tensors = {}
    for key, value in network.named_parameters():
        if value.requires_grad:
            noise = torch.randn(value.shape, generator=stream).to(value)
            tensors[key] = noise * (value.detach().abs().mean() + 0.1)
    own, before = in_mode(private(network), True), dict(network.named_buffers())
    own(_rows(x)[2])
    return tensors | {
        key: value
        for key, value in own.named_buffers()
        if key in before and not torch.equal(value, before[key])
    }


def _after(
    network: nn.Module,
    first: Tensor,
    later: Tensor,
    *,
    mode: bool,
    state: dict[str, Tensor],
    seed: int,
    buffers: Collection[str],
) -> dict[str, Any]:
    """The attributes of a copy after its first call that a second call does not change; empty where
    a call fails.
    """
    own = in_mode(private(network), mode)
    named = {**dict(own.named_parameters()), **dict(own.named_buffers())}
    for key, value in state.items():
        named[key].data.copy_(value)
    try:
        with lent_generators(seed):
            own(first.clone())
            made = attributes(own, buffers)
            own(later.clone())
    except FAILURES:
        return {}
    now = attributes(own, buffers)
    return {key: value for key, value in made.items() if key in now and alike(value, now[key])}


def _whatever_came_first(network: nn.Module, x: Tensor) -> bool:
    """Whether the outputs for some rows stay the same if the first call had fewer rows, or more."""
    for before, rows in ((x, x[:FEWER]), (x[:FEWER], x), (x, x[:1]), (x[:1], x)):
        fresh, called = (in_mode(private(network), False) for _ in range(2))
        try:
            plain = fresh(rows.clone())
        except FAILURES:
            continue  # it takes no such number of rows at all
        try:
            called(before.clone())
            answers = called(rows.clone())
        except FAILURES:
            return False
        if answers.shape != plain.shape or not torch.allclose(answers, plain, equal_nan=True):
            return False
    return True
