"""DataLoaders and Datasets of torch, read in one pass. The note says what another pass would give
otherwise.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psutil
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
)

from landscape_app.datasets.batches import axes, parts, shown
from landscape_app.datasets.generators import lent
from landscape_app.datasets.repeats import LOOKED_AT, length, reasons_of_loader, varies
from landscape_app.datasets.rows import Rows, of_batches, of_rows
from landscape_app.errors import DataError, LandscapeError
from landscape_app.records.dataset import READ_ONCE

MEMORY = 1 / 3  # share of the free memory that one side may take
MOST_ROWS = 10_000_000  # of a stream
ROUNDS = 20  # passes over a data set that a sampler without a length may make
HINTS = {  # in what torch says -> what to do
    "equal size": "rows of different lengths: pad all rows to one length",
    "PIL.": "turn images into tensors first, e.g. torchvision.transforms.ToTensor()",
}


def _check_not_dropped(side: str, loader: DataLoader[Any]) -> None:
    """Raises DataError if drop_last leaves no batch."""
    rows, size = length(loader.sampler) or 0, loader.batch_size
    if loader.drop_last and size is not None and 0 < rows < size:
        raise DataError(
            f"{side} has no batch: drop_last leaves out every row where there are fewer than"
            f" {size}."
        )


def of_loader(side: str, loader: DataLoader[Any]) -> Rows:
    """The rows of one pass over `loader`. Its sampler, batches, collate function and workers are
    used unchanged.

    Rows that are only shuffled are read in their own order, which is the same in every pass.
    """
    _check_not_dropped(side, loader)
    with lent(side), warnings.catch_warnings():
        # the count is said
        warnings.filterwarnings("ignore", message="Length of IterableDataset", category=UserWarning)
        calm = _in_order(loader)
        batches = (_parts(side, batch, loader) for batch in _reading(side, calm))
        rows = of_batches(
            side,
            batches,
            most_rows=_most_rows(loader),
            most_bytes=psutil.virtual_memory().available * MEMORY,
        )
        reasons = reasons_of_loader(side, calm, rows, lambda: _reading(side, calm))
    words = [
        f"{side}: {len(rows.x):,} rows in {rows.batches:,}"
        f" batches{_of_how_many(loader, len(rows.x))}"
    ]
    if loader.batch_size is None and loader.batch_sampler is None:
        words.append("batch_size=None: each item is read as a batch")
    if reasons:
        words.append(f"{READ_ONCE}: {', '.join(reasons)}")
    return replace(rows, note=", ".join(words))


def of_dataset(side: str, dataset: Any) -> Rows:
    """The rows `dataset[0]`, `dataset[1]`, … in this order."""
    with lent(side):
        rows = of_rows(
            side, (parts(side, row, row=True) for row in _reading(side, _Items(dataset)))
        )
        if not varies(dataset, lambda rows: rows):
            return rows
    return replace(rows, note=f"{side}: {len(rows.x):,} rows, {READ_ONCE}: random augmentation")


class _Items:
    """The items of an object with a length and an index. Iterating over such an object itself would
    ask for items until it raises an error.
    """

    def __init__(self, dataset: Any) -> None:
        self.dataset = dataset

    def __iter__(self) -> Iterator[Any]:
        return (self.dataset[index] for index in range(len(self.dataset)))


def _parts(side: str, batch: Any, loader: DataLoader[Any]) -> tuple[Any, Any]:
    unbatched = loader.batch_size is None and loader.batch_sampler is None
    x, y = parts(side, batch)
    if unbatched and not (axes(x) > 1 and axes(y) > 0 and x.shape[0] == y.shape[0]):
        raise DataError(
            f"{side} has batch_size=None and yields {shown(x)} and {shown(y)}, which look like"
            " single rows: give the DataLoader a batch_size."
        )
    return x, y


def _reading(side: str, source: Any) -> Iterator[Any]:
    """The items of `source`. An error in its own code becomes a DataError that names the item."""
    iterator, number = None, 0
    while True:
        try:
            iterator = iter(source) if iterator is None else iterator
            item = next(iterator)
        except StopIteration:
            return
        except LandscapeError:
            raise
        # any error of the user's data set, transform or collate function
        except Exception as error:
            where = f"{'row' if isinstance(source, _Items) else 'batch'} {number}"
            raise DataError(f"Reading {side} failed at {where}: {_words(error)}.") from error
        number += 1
        yield item


def _words(error: Exception) -> str:
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()] or [
        "no message"
    ]
    ends = lines[0] if len(lines) == 1 else f"{lines[0]} {lines[-1]}"
    text = f"{type(error).__name__}: {ends}".rstrip(".")
    return "; ".join([text, *(hint for fragment, hint in HINTS.items() if fragment in text)])


def _in_order(loader: DataLoader[Any]) -> DataLoader[Any]:
    """A copy of `loader` with its own workers. If the loader only shuffles, the copy does not
    shuffle, because every order has the same rows.
    """
    calm = copy.copy(loader)
    changes: dict[str, Any] = {"_iterator": None, "pin_memory": False, "in_order": True}
    batches: Any = loader.batch_sampler
    plain = type(loader) is DataLoader and type(batches) is BatchSampler
    sampler: Any = batches.sampler if plain else None
    order: Any = None
    if (
        plain
        and type(sampler) is RandomSampler
        and not sampler.replacement
        and sampler.num_samples == len(sampler.data_source)
    ):
        order = SequentialSampler(sampler.data_source)
    elif plain and type(sampler) is SubsetRandomSampler:
        order = sampler.indices
    if order is not None and not (batches.drop_last and len(order) % batches.batch_size):
        changes |= {
            "sampler": order,
            "batch_sampler": BatchSampler(order, batches.batch_size, batches.drop_last),
        }
    vars(calm).update(changes)  # DataLoader refuses to have them set
    return calm


def _most_rows(loader: DataLoader[Any]) -> float:
    """The number of rows after which a loader counts as endless. A loader that knows its number of
    batches has an end.
    """
    if isinstance(loader.dataset, IterableDataset):
        return MOST_ROWS
    whole = length(loader.dataset)
    return (
        float("inf")
        if length(loader) is not None or whole is None
        else max(ROUNDS * whole, LOOKED_AT)
    )


def _of_how_many(loader: DataLoader[Any], rows: int) -> str:
    whole = length(loader.dataset)
    return "" if whole in (rows, None) else f", from a data set of {whole:,}"
