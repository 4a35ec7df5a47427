"""Whether another pass over a loader or Dataset gives the same rows, and if not, why."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset

from landscape_app.datasets.batches import parts
from landscape_app.datasets.rows import Rows, of_batches
from landscape_app.errors import DataError

LOOKED_AT = 16  # rows that are read twice, to see whether they are the same


def reasons_of_loader(
    side: str, loader: DataLoader[Any], rows: Rows, again: Callable[[], Iterator[Any]]
) -> list[str]:
    """Why another pass over `loader` would give other rows, or the same rows in another order;
    empty if it would not.

    `rows`: what one pass gave. `again`: begins another one.
    """
    if isinstance(loader.dataset, IterableDataset):
        return _reasons_of_stream(side, loader, rows, again)
    sampler = getattr(loader.batch_sampler, "sampler", loader.sampler)
    reasons = []
    if getattr(sampler, "replacement", False):
        reasons.append("rows are drawn with replacement")
    elif (shards := getattr(sampler, "num_replicas", 1)) > 1:
        reasons.append(f"one of {shards} shards of the rows")
    elif _draws(loader):
        left_out = len(rows.x) < (length(loader.dataset) or 0)
        reasons.append(
            "rows are drawn at random" if left_out else "the order of the rows is random"
        )
    if varies(loader.dataset, loader.collate_fn):
        reasons.append("random augmentation")
    return reasons


def length(of: Any) -> int | None:
    """`len(of)`, None where it has none."""
    try:
        return len(of)
    except (TypeError, NotImplementedError, AttributeError):
        return None


def _draws(loader: DataLoader[Any]) -> bool:
    """Whether the loader's indices come in another order the second time."""
    batches: Any = loader.sampler if loader.batch_sampler is None else loader.batch_sampler
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first, second = (
            [index for index, _ in zip(batches, range(LOOKED_AT), strict=False)] for _ in range(2)
        )
    return bool(str(first) != str(second))


def varies(dataset: Any, collate: Any) -> bool:
    """Whether some rows, or the result of the collate function, change when they are read again."""
    try:
        index = np.unique(np.linspace(0, len(dataset) - 1, LOOKED_AT).astype(int)).tolist()
        first, second = (collate([dataset[i] for i in index]) for _ in range(2))
    # a data set that takes no single index, or a collate function for other batches: nothing is
    # known
    except Exception:
        return False
    return not _same(first, second)


def _reasons_of_stream(
    side: str, loader: DataLoader[Any], rows: Rows, again: Callable[[], Iterator[Any]]
) -> list[str]:
    reasons = []
    if loader.num_workers > 1 and _repeated(rows, loader.num_workers):
        reasons.append(
            f"each of {loader.num_workers} workers yields the same rows, so every row stands there"
            f" {loader.num_workers} times"
        )
    try:
        batch = next(again(), None)
    except DataError:
        batch = None
    if batch is None:
        return [*reasons, "the stream is used up"]
    first = of_batches(side, [parts(side, batch)])
    if not (_same(first.x, rows.x[: len(first.x)]) and _same(first.y, rows.y[: len(first.y)])):
        reasons.append("the stream yields other rows")
    return reasons


def _repeated(rows: Rows, times: int) -> bool:
    flat = rows.x.reshape(len(rows.x), -1)
    return all(
        count % times == 0 for count in Counter(hash(row.tobytes()) for row in flat).values()
    )


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, dict):
        return (
            isinstance(b, dict) and a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
        )
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, (torch.Tensor, np.ndarray, int, float)):
        x, y = np.asarray(a), np.asarray(b)
        return x.shape == y.shape and np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
    return True  # other objects (a name, a path) are no numbers
