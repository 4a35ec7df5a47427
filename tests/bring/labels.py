"""Labels: classes are whole numbers, numbers to predict are floats; what looks like the other is
refused by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app.datasets.objects import from_objects
from tests.bring.case import Case
from tests.bring.given import NET, Net, apart, read, table

TITLE = "Labels"
ABOUT = (
    "The second of a pair `(inputs, labels)`. Whole numbers from 0, `(rows,)` or `(rows, 1)`, are"
    " classes; floats, `(rows,)` or `(rows, targets)`, are numbers to predict. Floats that look"
    " like classes need a loss that is named, or given."
)

X, Y = table()
ONE, TWO = apart(lambda: Net(outputs=1)), apart(lambda: Net(outputs=2))
HOT = torch.nn.functional.one_hot(Y)


def classes(y: Any, wanted: Any = Y, count: int = 3) -> Callable[[Path], None]:
    """A trial: the labels `y` (or what calling it makes) are read as the classes `wanted`."""

    def tried(_: Path) -> None:
        data = read((X, y() if callable(y) else y))
        assert data.y_train.dtype == np.int64
        assert np.array_equal(data.y_train, np.asarray(wanted))
        assert data.classes == count

    return tried


def numbers(y: Any, network: nn.Module, **settings: Any) -> Callable[[Path], None]:
    """A trial: the labels `y` are read as numbers to predict."""

    def tried(_: Path) -> None:
        data = read((X, y), network=network, **settings)
        assert (data.classes, data.y_train.dtype) == (0, np.float32)
        assert np.array_equal(data.y_train, np.asarray(y, np.float32).reshape(20, -1))

    return tried


def refused(y: Any, network: nn.Module = NET, **settings: Any) -> Callable[[Path], None]:
    """A trial that reads the labels `y`."""
    return lambda _: read((X, y), network=network, **settings)


def _words(_: Path) -> None:
    pandas = pytest.importorskip("pandas")
    read((X, pandas.Series(["cat", "dog"] * 10)))


def _ignored(_: Path) -> None:
    y = torch.where(Y == 2, -100, Y)
    data = from_objects("given", (X, y), (X, y), ignored=-100)
    assert (data.classes, data.highest) == (2, 1)
    assert np.array_equal(data.y_train, y.numpy())


CASES = [
    Case("whole numbers of any type", "works", classes(Y.to(torch.uint8))),
    Case("whole numbers `(rows, 1)`", "works", classes(Y[:, None])),
    Case("a list of whole numbers", "works", classes(Y.tolist())),
    Case("booleans", "works", classes(Y > 0, Y > 0)),
    Case("floats `(rows,)`", "works", numbers(X[:, 0] + 0.5, ONE)),
    Case("floats `(rows, targets)`", "works", numbers(X[:, :2] + 0.5, TWO)),
    Case("float64", "works, and says so", numbers(X[:, 0].double() + 0.5, ONE), "labels of type float64 used as float32"),
    Case("rows that the loss ignores (`ignore_index`)", "works", _ignored),
    Case("the label -100 without such a loss", "refused", refused(torch.where(Y == 2, -100, Y)), "give the loss that leaves them out: nn.CrossEntropyLoss()"),
    Case("classes stored as floats, no loss named", "refused", refused(Y.float()), "whole numbers stored as floating point; convert them with .long()"),
    Case("0 and 1 stored as floats for one output, no loss named", "refused", refused((Y > 0).float(), ONE), "0 and 1 stored as floating point; name the loss that is meant"),
    Case("0 and 1 stored as floats, `loss=\"squared_error\"`", "works", numbers((Y > 0).float(), ONE, loss="squared_error")),
    Case("whole numbers stored as floats for one output", "works", numbers(Y.float(), ONE)),
    Case("one-hot rows of floats, no loss named", "refused", refused(HOT.float()), "one-hot rows stored as floating point"),
    Case("one-hot rows of floats, `loss=\"squared_error\"`", "works", numbers(HOT.float(), NET, loss="squared_error")),
    Case("one-hot rows of whole numbers", "refused", refused(HOT), "one-hot rows of whole numbers"),
    Case("several labels a row of floats 0 and 1, no loss named", "refused", refused((X[:, :3] > 3).float()), "zeros and ones, several a row; name the loss that is meant"),
    Case("several labels a row of whole numbers", "refused", refused((X[:, :3] > 3).long()), "for several labels a row give floats"),
    Case("probabilities of classes, no loss named", "refused", refused(torch.softmax(X[:, :3], 1)), "rows that sum to 1, like probabilities of classes"),
    Case("a label for every position", "refused", refused(torch.zeros(20, 5, dtype=torch.long) + 3), "Labels of every position or pixel are not supported"),
    Case("words", "refused", refused(["cat", "dog"] * 10), "The labels of train are words ('cat'): number them first"),
    Case("a column of words", "refused", _words, "it holds words. Number them first"),
    Case("complex numbers", "refused", refused(Y.cfloat()), "have type complex64, complex numbers"),
    Case("no labels (`None`)", "refused", refused(None), "The labels of train are missing (None)"),
    Case("classes in train, floats in test", "refused", lambda _: read((X, Y), (X, Y.float())), "they must be of one kind"),
    Case("classes above the network's outputs", "refused", refused(Y + 1), "The network has 3 outputs, but the labels go up to 3"),
    Case("labels below 0", "refused", refused(Y - 1), "labels from -1 to 1, first out of range in row 0"),
    Case("one class only", "works, and says so", classes(Y * 0 + 2, Y * 0 + 2), "the labels of train are all 2: one class only"),
    Case("-1 and 1 stored as floats for one output, no loss named", "refused", refused((Y > 0) * 2.0 - 1, ONE), "-1 and 1 stored as floating point; name the loss that is meant"),
    Case("all labels 0, for one output", "refused", refused(Y * 0, ONE), "the labels are all 0, one class only"),
]  # fmt: skip
