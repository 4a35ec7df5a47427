"""All random generators that reading may use. Their states are restored afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import torch

from landscape_app.seeds import DATASET_ROOT, lent_generators, stream_seed


def lent(side: str) -> AbstractContextManager[None]:
    """During the block the global generators draw from the stream of `side`, so that the same rows
    are read again. Then they are restored.
    """
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    return lent_generators(stream_seed(DATASET_ROOT, "reading", side), devices)


@contextmanager
def put_back(*sources: Any) -> Iterator[None]:
    """Generators of the given loaders or samplers continue from their states, and are restored
    afterwards. `sources` may be any objects. If two share a generator, they draw from it one after
    the other.
    """
    own = {
        id(generator): generator for source in sources for generator in _generators(source)
    }.values()
    states = [generator.get_state() for generator in own]
    try:
        yield
    finally:
        for generator, state in zip(own, states, strict=True):
            generator.set_state(state)


def _generators(loader: Any) -> list[torch.Generator]:
    batches = getattr(loader, "batch_sampler", None)
    holders = [loader, getattr(loader, "sampler", None), batches, getattr(batches, "sampler", None)]
    return [
        generator
        for holder in holders
        if isinstance(generator := getattr(holder, "generator", None), torch.Generator)
    ]
