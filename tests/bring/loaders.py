"""DataLoaders and Datasets: what one pass yields is what is read, and what another pass would
change is said.
"""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    DistributedSampler,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
)

from landscape_app.datasets import loaders
from tests.bring.case import Case
from tests.bring.given import items, read, table

TITLE = "Datasets and DataLoaders"
ABOUT = (
    "`explore(model, train, test)` and `--data module:callable`. A DataLoader is read in one pass,"
    " with its own sampler, batches, collate function and workers; the log and the run say how many"
    " rows it gave. Random generators are put back as they were."
)

X, Y = table()
DATA = TensorDataset(X, Y)


def gives(make: Callable[[], Any], x: Tensor = X, y: Tensor = Y) -> Callable[[Path], None]:
    """A trial: what `make` makes is read as the rows `x`, `y`, twice alike, and no generator has
    moved.
    """

    def tried(_: Path) -> None:
        source = make()
        before = torch.random.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
        first, second = read(source, (X, Y)), read(source, (X, Y))
        assert np.array_equal(first.x_train, x.numpy())
        assert np.array_equal(first.y_train, y.numpy())
        assert first.digest() == second.digest()
        assert torch.equal(before[0], torch.random.get_rng_state())
        assert np.array_equal(before[1], np.random.get_state()[1])
        assert before[2] == random.getstate()

    return tried


def counts(make: Callable[[], Any], rows: int) -> Callable[[Path], None]:
    """A trial: what `make` makes is read as `rows` rows, each one of those given, and twice
    alike.
    """

    def tried(_: Path) -> None:
        first, second = (read(make(), (X, Y)) for _ in range(2))
        assert len(first.x_train) == rows
        known = {row.tobytes(): label for row, label in zip(X.numpy(), Y.numpy(), strict=True)}
        assert [known[row.tobytes()] for row in first.x_train] == first.y_train.tolist()
        assert first.digest() == second.digest()

    return tried


def refused(make: Callable[[], Any]) -> Callable[[Path], None]:
    """A trial that reads what `make` makes."""
    return lambda _: read(make(), (X, Y))


def loader(data: Any = DATA, **options: Any) -> Callable[[], DataLoader]:
    """A maker of a DataLoader."""
    return lambda: DataLoader(data, **{"batch_size": 6, **options})


class Stream(IterableDataset):
    """All rows, from every worker."""

    def __iter__(self) -> Iterator[Any]:
        return iter(DATA)


class Shared(IterableDataset):
    """All rows, shared out among the workers."""

    def __iter__(self) -> Iterator[Any]:
        worker = torch.utils.data.get_worker_info()
        return itertools.islice(iter(DATA), worker.id, None, worker.num_workers)


class Endless(IterableDataset):
    """The same rows again and again."""

    def __iter__(self) -> Iterator[Any]:
        return itertools.cycle(iter(DATA))


class Once(IterableDataset):
    """A stream over an iterator, which is used up by one pass."""

    def __init__(self) -> None:
        self.rows = iter(list(DATA))

    def __iter__(self) -> Iterator[Any]:
        return self.rows


class Forever(Sampler):
    """Batches of indices without an end."""

    def __iter__(self) -> Iterator[list[int]]:
        return itertools.repeat([0, 1, 2])


class Batches(IterableDataset):
    """Batches that are made already."""

    def __iter__(self) -> Iterator[Any]:
        return iter([(X[:12], Y[:12]), (X[12:], Y[12:])])


def _endless(_: Path) -> None:
    most, loaders.MOST_ROWS = loaders.MOST_ROWS, 100
    try:
        read(DataLoader(Endless(), batch_size=6), (X, Y))
    finally:
        loaders.MOST_ROWS = most


def _noise(row: Any) -> Any:
    return row[0] + torch.rand(1), row[1]


def _augmented(_: Path) -> None:
    source = DataLoader(items(_noise), batch_size=6)
    first, second = read(source, (X, Y)), read(source, (X, Y))
    assert first.digest() == second.digest()
    assert ((first.x_train - X.numpy()) > 0).all()


def _apart(_: Path) -> None:
    halves = [
        DataLoader(DATA, batch_size=6, sampler=SubsetRandomSampler(range(start, start + 10)))
        for start in (0, 10)
    ]
    data = read(*halves)
    assert np.array_equal(data.x_train, X[:10].numpy())
    assert np.array_equal(data.x_test, X[10:].numpy())


def _drawn(_: Path) -> None:
    shared = torch.Generator().manual_seed(0)
    for generator in (None, shared):
        halves = [
            DataLoader(DATA, 6, sampler=RandomSampler(DATA, num_samples=8, generator=generator))
            for _ in range(2)
        ]
        data, again = read(*halves), read(*halves)
        assert data.x_train.tolist() != data.x_test.tolist()
        assert data.digest() == again.digest()


def _own_generator(_: Path) -> None:
    generator = torch.Generator().manual_seed(3)
    source = DataLoader(DATA, batch_size=6, shuffle=True, generator=generator)
    state = generator.get_state()
    read(source, (X, Y))
    assert torch.equal(state, generator.get_state())


def fails(row: Any) -> Any:
    """A transform that breaks on one row."""
    if row[0][0] > 3:
        raise ValueError("bad bytes")
    return row


@dataclasses.dataclass
class Batch:
    """A batch with names."""

    label: Any
    image: Any


Pair = namedtuple("Pair", ["label", "image"])


def named(kind: Any) -> Callable[[list[Any]], Any]:
    """A collate function that makes a `kind` of named parts, labels first."""
    return lambda rows: kind(
        label=torch.stack([y for _, y in rows]), image=torch.stack([x for x, _ in rows])
    )


def keyed(**extra: Any) -> Callable[[Any], dict[str, Any]]:
    """A change of a row into a dict with more keys."""
    return lambda row: {"input": row[0], "label": row[1], **extra}


def _cut(row: Any) -> Any:
    return row[0][: 2 + int(row[1])], row[1]


def padded(rows: list[Any]) -> Any:
    """Rows padded to the longest of their batch."""
    return torch.nn.utils.rnn.pad_sequence([x for x, _ in rows], batch_first=True), torch.stack(
        [y for _, y in rows]
    )


def pairs(change: Callable[[Any], Any]) -> Callable[[], DataLoader]:
    """A maker of a loader whose rows are changed."""
    return loader(items(change))


WEIGHTS = [1.0] * 10 + [0.0] * 10

CASES = [
    Case("a `TensorDataset`", "works", gives(lambda: DATA)),
    Case("a `Subset`", "works", gives(lambda: Subset(DATA, range(5, 15)), X[5:15], Y[5:15])),
    Case("a `ConcatDataset`", "works", gives(lambda: ConcatDataset([DATA, DATA]), torch.cat([X, X]), torch.cat([Y, Y]))),
    Case("a Dataset of arrays and Python numbers", "works", gives(lambda: items(lambda row: (row[0].numpy(), int(row[1]))))),
    Case("a Dataset with random augmentation", "works, and says so", lambda _: read(items(_noise), (X, Y)), "random augmentation"),
    Case("a DataLoader, last batch smaller", "works, and says so", gives(loader()), "train: 20 rows in 4 batches"),
    Case("`shuffle=True`: read in the data set's order", "works", gives(loader(shuffle=True))),
    Case("`BatchSampler(RandomSampler(data), …)`: the same", "works", gives(lambda: DataLoader(DATA, batch_sampler=BatchSampler(RandomSampler(DATA), 6, False)))),
    Case("`shuffle=True` with a generator, which is put back", "works", _own_generator),
    Case("`drop_last=True`", "works, and says so", gives(loader(drop_last=True), X[:18], Y[:18]), "18 rows in 3 batches, from a data set of 20"),
    Case(
        "`shuffle=True, drop_last=True`",
        "works, and says so",
        counts(loader(shuffle=True, drop_last=True), 18),
        "read once, another pass would differ: rows are drawn at random",
    ),
    Case("two `SubsetRandomSampler`s over one Dataset", "works", _apart),
    Case("a sampler that is a list of indices", "works", gives(loader(sampler=[3, 1, 2]), X[[3, 1, 2]], Y[[3, 1, 2]])),
    Case("a `BatchSampler` of one's own", "works", gives(lambda: DataLoader(DATA, batch_sampler=[[4, 2], [9]]), X[[4, 2, 9]], Y[[4, 2, 9]])),
    Case(
        "`RandomSampler(replacement=True)`",
        "works, and says so",
        counts(lambda: DataLoader(DATA, 6, sampler=RandomSampler(DATA, replacement=True, num_samples=30)), 30),
        "rows are drawn with replacement",
    ),
    Case(
        "`RandomSampler(num_samples=…)`",
        "works, and says so",
        counts(lambda: DataLoader(DATA, 6, sampler=RandomSampler(DATA, num_samples=8)), 8),
        "rows are drawn at random",
    ),
    Case("the same for train and for test: each draws its own rows", "works, and says so", _drawn, "rows are drawn at random"),
    Case(
        "`WeightedRandomSampler`",
        "works, and says so",
        counts(lambda: DataLoader(DATA, 6, sampler=WeightedRandomSampler(WEIGHTS, 20)), 20),
        "rows are drawn with replacement",
    ),
    Case(
        "`DistributedSampler`",
        "works, and says so",
        gives(loader(sampler=DistributedSampler(DATA, 2, 1, shuffle=False)), X[1::2], Y[1::2]),
        "one of 2 shards of the rows",
    ),
    Case("random augmentation in the Dataset", "works, and says so", _augmented, "random augmentation"),
    Case(
        "random augmentation in the collate function",
        "works, and says so",
        lambda _: read(DataLoader(items(), 6, collate_fn=lambda rows: _noise(padded(rows))), (X, Y)),
        "random augmentation",
    ),
    Case("workers", "works", gives(loader(num_workers=2))),
    Case("persistent workers", "works", gives(loader(num_workers=1, persistent_workers=True))),
    Case("an `IterableDataset` in a DataLoader", "works", gives(loader(Stream()))),
    Case("an `IterableDataset` whose workers share its rows", "works", counts(loader(Shared(), num_workers=2), 20)),
    Case(
        "an `IterableDataset` whose workers repeat its rows",
        "works, and says so",
        counts(loader(Stream(), num_workers=2), 40),
        "each of 2 workers yields the same rows, so every row stands there 2 times",
    ),
    Case("an `IterableDataset` that is used up", "works, and says so", lambda _: read(loader(Once())(), (X, Y)), "the stream is used up"),
    Case("a stream that does not end", "refused", _endless, "train has not ended after"),
    Case("a sampler that does not end", "refused", refused(lambda: DataLoader(DATA, batch_sampler=Forever())), "train has not ended after 402 rows"),
    Case("rows by `tuple(zip(*rows))`", "works", gives(loader(batch_size=4, collate_fn=lambda rows: tuple(zip(*rows, strict=True))))),
    Case("`batch_size=None` over an `IterableDataset` of batches", "works, and says so", gives(loader(Batches(), batch_size=None)), "batch_size=None: each item is read as a batch"),
    Case(
        "`batch_size=None` over batches of indices",
        "works, and says so",
        gives(loader(sampler=BatchSampler(SequentialSampler(DATA), 6, False), batch_size=None)),
        "batch_size=None: each item is read as a batch",
    ),
    Case("`batch_size=None` over single rows", "refused", refused(loader(batch_size=None)), "which look like single rows: give the DataLoader a batch_size"),
    Case("dicts of inputs and labels", "works", gives(pairs(keyed()))),
    Case("a dict with more keys", "refused", refused(pairs(keyed(attention_mask=X[0]))), "attention_mask dropped"),
    Case("a dict with two inputs", "refused", refused(pairs(keyed(image=X[0]))), "image dropped"),
    Case("a dict with unknown keys", "refused", refused(pairs(lambda row: {"a": row[0], "b": row[1]})), "name the inputs x or input"),
    Case("named tuples, labels first", "works", gives(loader(collate_fn=named(Pair)))),
    Case("dataclasses", "works", gives(loader(collate_fn=named(Batch)))),
    Case("pairs with the labels first", "refused", refused(pairs(lambda row: (row[1], row[0]))), "give the inputs first"),
    Case("three parts", "refused", refused(pairs(lambda row: (*row, 1.0))), "train yields 3 parts"),
    Case("inputs without labels", "refused", refused(pairs(lambda row: row[0])), "without labels"),
    Case("two inputs in one part", "refused", refused(pairs(lambda row: ((row[0], row[0]), row[1]))), "networks of several inputs or outputs"),
    Case("rows of different lengths", "refused", refused(pairs(_cut)), "pad all rows to one length"),
    Case("rows of different lengths in a Dataset", "refused", refused(lambda: items(_cut)), "ragged: row 1 has shape (3,), row 0 (2,)"),
    Case("rows padded to the longest of each batch", "refused", refused(loader(items(_cut), batch_size=2, collate_fn=padded)), "not each batch to its own"),
    Case("PIL images", "refused", refused(pairs(lambda row: (_picture(), row[1]))), "turn images into tensors first"),
    Case("a Dataset that breaks on a row", "refused", refused(lambda: items(fails)), "Reading train failed at row 8: ValueError: bad bytes"),
    Case("a worker that breaks", "refused", refused(loader(items(fails), num_workers=1)), "ValueError: bad bytes"),
    Case("an empty Dataset", "refused", refused(lambda: TensorDataset(X[:0], Y[:0])), "has no rows"),
    Case("a bare `IterableDataset`", "refused", refused(Stream), "put it into a DataLoader"),
    Case("iterating over a DataLoader beforehand: `iter(loader)`", "refused", refused(lambda: iter(loader()())), "a stream that may yield rows or batches"),
    Case("`drop_last=True` with fewer rows than a batch", "refused", refused(loader(Subset(DATA, [1]), drop_last=True)), "drop_last leaves out every row"),
    Case("a generator", "refused", refused(lambda: (row for row in DATA)), "a stream that may yield rows or batches"),
    Case("a list of pairs", "refused", refused(lambda: list(DATA)), "a list of 20 (tuple), which may be rows or batches"),
]  # fmt: skip


def _picture() -> Any:
    from PIL import Image

    return Image.new("L", (2, 2))
