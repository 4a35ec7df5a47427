"""Every generator of random numbers that reading may draw from, put back where it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils.data import DataLoader

from landscape_app.seeds import DATASET_ROOT, lent_generators, stream_seed


@contextmanager
def put_back(loader: DataLoader[Any] | None = None) -> Iterator[None]:
    """Global generators draw from a stream of their own meanwhile, so that the same rows are read again; then they are put back.

    A loader's or sampler's own generator goes on from its state, and is put back too.
    """
    own = {id(generator): generator for generator in _own_generators(loader)}.values()
    states = [generator.get_state() for generator in own]
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    try:
        with lent_generators(stream_seed(DATASET_ROOT, "reading"), devices):
            yield
    finally:
        for generator, state in zip(own, states, strict=True):
            generator.set_state(state)


def _own_generators(loader: DataLoader[Any] | None) -> list[torch.Generator]:
    batches = getattr(loader, "batch_sampler", None)
    holders = [loader, getattr(loader, "sampler", None), batches, getattr(batches, "sampler", None)]
    return [found for holder in holders if isinstance(found := getattr(holder, "generator", None), torch.Generator)]
