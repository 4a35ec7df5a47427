"""Named random streams from one root seed. The global generators are only lent to code of others,
and restored.

Every use of random numbers names its stream. So a new stream never changes the numbers of another.
A stream that must not depend on the run's seed (the data-set split, the probe set) has another
root.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

DATASET_ROOT = 20210429  # the data-set stream: the same for every run, whatever its seed


def stream_seed(root: int, *name: str | int) -> int:
    """The 63-bit seed of the stream `name` (e.g. "direction", 3) under `root`: a hash, so that
    streams are unrelated.
    """
    text = "/".join([str(int(root)), *map(str, name)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1


def numpy_stream(root: int, *name: str | int) -> np.random.Generator:
    """An explicit numpy generator for the stream `name` under `root`."""
    return np.random.default_rng(stream_seed(root, *name))


def torch_stream(root: int, *name: str | int) -> torch.Generator:
    """An explicit CPU torch generator for the stream `name` under `root`; torch is imported only
    here.
    """
    import torch

    return torch.Generator().manual_seed(stream_seed(root, *name))


@contextmanager
def lent_generators(seed: int, devices: Sequence[torch.device | int] = ()) -> Iterator[None]:
    """A block for code of others that draws from the global generators of torch (also of the GPUs
    `devices`), numpy and Python.

    Inside, all start at `seed`; afterwards, also after an error, they are restored.
    """
    import torch

    before = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=devices):
        torch.default_generator.manual_seed(seed)
        for device in devices:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        random.setstate(random.Random(seed).getstate())
        np.random.set_state(np.random.RandomState(seed % 2**32).get_state())
        try:
            yield
        finally:
            random.setstate(before[0])
            np.random.set_state(before[1])
