"""Named random streams from one root seed; the global generators of numpy and torch are never touched.

Every use of chance names its stream, so that adding a new one never shifts the numbers of another, and a stream that must
not depend on the run's seed (the data-set split, the probe set) simply has another root.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

DATASET_ROOT = 20210429  # the data-set stream: the same for every run, whatever its seed


def stream_seed(root: int, *name: str | int) -> int:
    """The 63-bit seed of the stream `name` (e.g. "direction", 3) under `root`: a hash, so that streams are unrelated."""
    text = "/".join([str(int(root)), *map(str, name)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1


def numpy_stream(root: int, *name: str | int) -> np.random.Generator:
    """An explicit numpy generator for the stream `name` under `root`."""
    return np.random.default_rng(stream_seed(root, *name))


def torch_stream(root: int, *name: str | int) -> torch.Generator:
    """An explicit CPU torch generator for the stream `name` under `root`; torch is imported only here."""
    import torch

    return torch.Generator().manual_seed(stream_seed(root, *name))
