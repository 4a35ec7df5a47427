"""Data given to `explore`, read without sampling anything; and small rows to give."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from landscape_app.pipeline.brought import brought
from landscape_app.records.dataset import Dataset as Record
from landscape_app.settings import GIVEN, RunSpec, parse

ROWS, FEATURES, CLASSES = 20, 4, 3


class Net(nn.Module):
    """A linear network for rows of any shape with `features` numbers."""

    def __init__(self, features: int = FEATURES, outputs: int = CLASSES) -> None:
        super().__init__()
        self.last = nn.Linear(features, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(x.flatten(1))


def apart(make: Any) -> Any:
    """What `make` makes, with torch's generator left where it was."""
    with torch.random.fork_rng(devices=[]):
        return make()


NET = apart(Net)


class Tokens(nn.Module):
    """A network for rows of token ids below 50."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.last = nn.Embedding(50, 5), nn.Linear(5, CLASSES)

    def forward(self, ids: Tensor) -> Tensor:
        return self.last(self.words(ids).mean(1))


def table(rows: int = ROWS, features: int = FEATURES) -> tuple[Tensor, Tensor]:
    """(inputs (rows, features) all different, labels (rows,) of three classes)."""
    x = torch.arange(rows * features, dtype=torch.float32).reshape(rows, features) / 10
    return x, torch.arange(rows) % CLASSES


def read(train: Any, test: Any = None, network: nn.Module | None = None, **settings: Any) -> Record:
    """What `explore(network, train, test, …)` would train on; test: as train, if it is left out."""
    spec = parse(RunSpec, {"data": GIVEN, "network": GIVEN, **settings})
    return brought(network or NET, train, train if test is None else test, spec)


class Items(Dataset):
    """A map-style Dataset of whatever rows a list holds, each changed by `change` when it is
    read.
    """

    def __init__(self, rows: list[Any], change: Any = None) -> None:
        self.rows, self.change = rows, change

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Any:
        return self.rows[index] if self.change is None else self.change(self.rows[index])


def items(change: Any = None, rows: int = ROWS) -> Items:
    """The rows of `table` as a Dataset of pairs."""
    x, y = table(rows)
    return Items(list(zip(x, y, strict=True)), change)
