"""DataLoaders and Datasets of torch, read in one pass as they yield; what another pass would give otherwise is said."""

from __future__ import annotations

import copy
import random
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import psutil
import torch
from torch.utils.data import BatchSampler, DataLoader, IterableDataset, RandomSampler, SequentialSampler, SubsetRandomSampler

from landscape_app.datasets.batches import axes, parts, shown
from landscape_app.datasets.rows import Rows, of_batches, of_rows
from landscape_app.errors import DataError, LandscapeError
from landscape_app.seeds import DATASET_ROOT, stream_seed

MEMORY = 1 / 3  # share of the free memory that one side may take
MOST_ROWS = 10_000_000  # of a stream
ROUNDS = 20  # passes over a data set that a sampler without a length may make
LOOKED_AT = 16  # rows that are read twice, to see whether they are the same
HINTS = {  # in what torch says -> what to do
    "equal size": "rows of different lengths: pad all rows to one length",
    "PIL.": "turn images into tensors first, e.g. torchvision.transforms.ToTensor()",
}


def of_loader(side: str, loader: DataLoader[Any]) -> Rows:
    """The rows that one pass over `loader` yields: its sampler, batches, collate function and workers are used as they are.

    Rows that are only shuffled are read in their own order, which every pass shares.
    """
    if loader.drop_last and loader.batch_size is not None and 0 < (_length(loader.sampler) or 0) < loader.batch_size:
        raise DataError(f"{side} has no batch: drop_last leaves out every row where there are fewer than {loader.batch_size}.")
    with _generators_put_back(loader):
        calm = _in_order(loader)
        batches = (_parts(side, batch, loader) for batch in _reading(side, calm))
        rows = of_batches(side, batches, most_rows=_most_rows(loader), most_bytes=psutil.virtual_memory().available * MEMORY)
        reasons = _reasons(side, calm, rows)
    words = [f"{side}: {len(rows.x):,} rows in {rows.batches:,} batches{_of_how_many(loader, len(rows.x))}"]
    if loader.batch_size is None and loader.batch_sampler is None:
        words.append("batch_size=None: each item is read as a batch")
    if reasons:
        words.append(f"read once, another pass would give other rows: {', '.join(reasons)}")
    return replace(rows, said=", ".join(words))


def of_dataset(side: str, dataset: Any) -> Rows:
    """The rows `dataset[0]`, `dataset[1]`, … in this order."""
    with _generators_put_back():
        rows = of_rows(side, (parts(side, row, row=True) for row in _reading(side, _Items(dataset))))
        varies = _varies(dataset, lambda rows: rows)
    said = f"{side}: {len(rows.x):,} rows, read once, another pass would give other rows: random augmentation" if varies else ""
    return replace(rows, said=said)


class _Items:
    """The items of what has a length and takes an index: iterating such an object itself would ask for items until it complains."""

    def __init__(self, dataset: Any) -> None:
        self.dataset = dataset

    def __iter__(self) -> Iterator[Any]:
        return (self.dataset[index] for index in range(len(self.dataset)))


def _parts(side: str, batch: Any, loader: DataLoader[Any]) -> tuple[Any, Any]:
    unbatched = loader.batch_size is None and loader.batch_sampler is None
    x, y = parts(side, batch)
    if unbatched and not (axes(x) > 1 and axes(y) > 0 and x.shape[0] == y.shape[0]):
        raise DataError(
            f"{side} has batch_size=None and yields {shown(x)} and {shown(y)}, which look like single rows: give the DataLoader a batch_size."
        )
    return x, y


def _reading(side: str, source: Any) -> Iterator[Any]:
    """What iterating `source` yields; what its own code raises becomes a DataError that names the item."""
    iterator, number = None, 0
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Length of IterableDataset", category=UserWarning)
        while True:
            try:
                iterator = iter(source) if iterator is None else iterator
                item = next(iterator)
            except StopIteration:
                return
            except LandscapeError:
                raise
            except Exception as error:  # somebody's data set, transform or collate function
                raise DataError(
                    f"Reading {side} failed at {'row' if isinstance(source, _Items) else 'batch'} {number}: {_words(error)}."
                ) from error
            number += 1
            yield item


def _words(error: Exception) -> str:
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()] or ["no message"]
    text = f"{type(error).__name__}: {lines[0] if len(lines) == 1 else f'{lines[0]} {lines[-1]}'}".rstrip(".")
    return "; ".join([text, *(hint for fragment, hint in HINTS.items() if fragment in text)])


@contextmanager
def _generators_put_back(loader: DataLoader[Any] | None = None) -> Iterator[None]:
    """Global generators draw from a stream of their own meanwhile, so that the same rows are read again; then they are put back.

    A loader's or sampler's own generator goes on from its state, and is put back too.
    """
    seed = stream_seed(DATASET_ROOT, "reading")
    before = random.getstate(), np.random.get_state()
    own = {id(generator): generator for generator in _own_generators(loader)}.values()
    states = [generator.get_state() for generator in own]
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    with torch.random.fork_rng(devices=devices):
        torch.random.default_generator.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed % 2**32)
        try:
            yield
        finally:
            random.setstate(before[0])
            np.random.set_state(before[1])
            for generator, state in zip(own, states, strict=True):
                generator.set_state(state)


def _own_generators(loader: DataLoader[Any] | None) -> list[torch.Generator]:
    batches = getattr(loader, "batch_sampler", None)
    holders = [loader, getattr(loader, "sampler", None), batches, getattr(batches, "sampler", None)]
    return [found for holder in holders if isinstance(found := getattr(holder, "generator", None), torch.Generator)]


def _in_order(loader: DataLoader[Any]) -> DataLoader[Any]:
    """A copy of `loader` with workers of its own; where it only shuffles, one that does not, since every order is the same rows."""
    calm = copy.copy(loader)
    changes: dict[str, Any] = {"_iterator": None, "pin_memory": False, "in_order": True}
    sampler: Any = loader.sampler
    batches: Any = loader.batch_sampler
    plain = type(loader) is DataLoader and type(batches) is BatchSampler and batches.sampler is sampler
    order: Any = None
    if plain and type(sampler) is RandomSampler and not sampler.replacement and sampler.num_samples == len(sampler.data_source):
        order = SequentialSampler(sampler.data_source)
    elif plain and type(sampler) is SubsetRandomSampler:
        order = sampler.indices
    if order is not None and not (batches.drop_last and len(order) % batches.batch_size):
        changes |= {"sampler": order, "batch_sampler": BatchSampler(order, batches.batch_size, batches.drop_last)}
    vars(calm).update(changes)  # DataLoader refuses to have them set
    return calm


def _length(of: Any) -> int | None:
    """`len(of)`, None where it has none."""
    try:
        return len(of)
    except (TypeError, NotImplementedError, AttributeError):
        return None


def _most_rows(loader: DataLoader[Any]) -> float:
    """Rows after which a loader is taken not to end: one that says how many batches it has does."""
    if isinstance(loader.dataset, IterableDataset):
        return MOST_ROWS
    whole = _length(loader.dataset)
    return float("inf") if _length(loader) is not None or whole is None else max(ROUNDS * whole, LOOKED_AT)


def _of_how_many(loader: DataLoader[Any], rows: int) -> str:
    whole = _length(loader.dataset)
    return "" if whole in (rows, None) else f", from a data set of {whole:,}"


def _reasons(side: str, loader: DataLoader[Any], rows: Rows) -> list[str]:
    """Why another pass over `loader` would give other rows, or the same rows in another order; empty if it would not."""
    if isinstance(loader.dataset, IterableDataset):
        return _reasons_of_stream(side, loader, rows)
    sampler = getattr(loader.batch_sampler, "sampler", loader.sampler)
    reasons = []
    if getattr(sampler, "replacement", False):
        reasons.append("rows are drawn with replacement")
    elif (shards := getattr(sampler, "num_replicas", 1)) > 1:
        reasons.append(f"one of {shards} shards of the rows")
    elif _draws(loader):
        left_out = len(rows.x) < (_length(loader.dataset) or 0)
        reasons.append("rows are drawn at random" if left_out else "the order of the rows is random")
    if _varies(loader.dataset, loader.collate_fn):
        reasons.append("random augmentation")
    return reasons


def _draws(loader: DataLoader[Any]) -> bool:
    """Whether the loader's indices come in another order the second time."""
    batches: Any = loader.sampler if loader.batch_sampler is None else loader.batch_sampler
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first, second = ([index for index, _ in zip(batches, range(LOOKED_AT), strict=False)] for _ in range(2))
    return bool(str(first) != str(second))


def _varies(dataset: Any, collate: Any) -> bool:
    """Whether some rows, or what the collate function makes of them, are other numbers when they are read again."""
    try:
        index = np.unique(np.linspace(0, len(dataset) - 1, LOOKED_AT).astype(int)).tolist()
        first, second = (collate([dataset[i] for i in index]) for _ in range(2))
    except Exception:  # a data set that takes no single index, or a collate function for other batches: nothing is known
        return False
    return not _same(first, second)


def _reasons_of_stream(side: str, loader: DataLoader[Any], rows: Rows) -> list[str]:
    reasons = []
    if loader.num_workers > 1 and _repeated(rows, loader.num_workers):
        reasons.append(f"each of {loader.num_workers} workers yields the same rows, so every row stands there {loader.num_workers} times")
    try:
        first = next(iter(_reading(side, loader)), None)
    except DataError:
        first = None
    if first is None:
        reasons.append("the stream is used up")
    else:
        again = of_batches(side, [parts(side, first)])
        if not (_same(again.x, rows.x[: len(again.x)]) and _same(again.y, rows.y[: len(again.y)])):
            reasons.append("the stream yields other rows")
    return reasons


def _repeated(rows: Rows, times: int) -> bool:
    flat = rows.x.reshape(len(rows.x), -1)
    return all(count % times == 0 for count in Counter(hash(row.tobytes()) for row in flat).values())


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, (torch.Tensor, np.ndarray, int, float)):
        x, y = np.asarray(a), np.asarray(b)
        return x.shape == y.shape and np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
    return True  # other objects (a name, a path) are no numbers
