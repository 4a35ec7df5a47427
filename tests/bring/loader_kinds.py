"""DataLoaders and Datasets of every kind that people write, and what is tried with them."""

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
    DataLoader,
    IterableDataset,
    RandomSampler,
    Sampler,
    SubsetRandomSampler,
    TensorDataset,
)

from landscape_app.datasets import loaders
from tests.bring.given import items, read, table

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


def endless(_: Path) -> None:
    most, loaders.MOST_ROWS = loaders.MOST_ROWS, 100
    try:
        read(DataLoader(Endless(), batch_size=6), (X, Y))
    finally:
        loaders.MOST_ROWS = most


def noise(row: Any) -> Any:
    return row[0] + torch.rand(1), row[1]


def augmented(_: Path) -> None:
    source = DataLoader(items(noise), batch_size=6)
    first, second = read(source, (X, Y)), read(source, (X, Y))
    assert first.digest() == second.digest()
    assert ((first.x_train - X.numpy()) > 0).all()


def apart(_: Path) -> None:
    halves = [
        DataLoader(DATA, batch_size=6, sampler=SubsetRandomSampler(range(start, start + 10)))
        for start in (0, 10)
    ]
    data = read(*halves)
    assert np.array_equal(data.x_train, X[:10].numpy())
    assert np.array_equal(data.x_test, X[10:].numpy())


def drawn(_: Path) -> None:
    shared = torch.Generator().manual_seed(0)
    for generator in (None, shared):
        halves = [
            DataLoader(DATA, 6, sampler=RandomSampler(DATA, num_samples=8, generator=generator))
            for _ in range(2)
        ]
        data, again = read(*halves), read(*halves)
        assert data.x_train.tolist() != data.x_test.tolist()
        assert data.digest() == again.digest()


def own_generator(_: Path) -> None:
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


def cut(row: Any) -> Any:
    return row[0][: 2 + int(row[1])], row[1]


def padded(rows: list[Any]) -> Any:
    """Rows padded to the longest of their batch."""
    return torch.nn.utils.rnn.pad_sequence([x for x, _ in rows], batch_first=True), torch.stack(
        [y for _, y in rows]
    )


def pairs(change: Callable[[Any], Any]) -> Callable[[], DataLoader]:
    """A maker of a loader whose rows are changed."""
    return loader(items(change))
