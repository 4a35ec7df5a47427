"""What a network is trained and tested on: four aligned numpy arrays and what they mean."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

from landscape_app.errors import DataError
from landscape_app.records.pixels import Inputs, Pixels, in_blocks
from landscape_app.records.pulse import pulse

LEFT_OUT = -100  # the label that torch's losses of classes ignore, unless they are told another

READ_ONCE = "read once, another pass would differ"  # in the note of data that are not repeatable


@dataclass(frozen=True)
class Form:
    """The shape and type of labels as the user gave them, which the user's own loss expects: 1 axis
    (row,) or 2 (row, target).
    """

    axes: int
    kind: str  # a name of numpy's: "float32", "int64", "bool", …


@dataclass(frozen=True)
class Dataset:
    """Rows of inputs, each with a class label, or (classes = 0) with numbers to predict:
    regression.

    x_train (n, *shape) float32 (int64 for token ids; Pixels: bytes that are read as float32),
    y_train (n,) int64 in 0 … classes−1, or (n, outputs) float32 for regression; x_test (m, *shape),
    y_test likewise. `shape` is (features,) for tables and (channels, height, width) for images.
    `flips`: a mirrored image is an equally good example. `note`: what a reader decided about the
    file, in words; "" if nothing. `ignored`: an allowed class label outside 0 … classes−1, whose
    rows the loss ignores; None: there is none. `form`: the shape and type of the labels as given;
    None: as here. Raises DataError, naming the array and where possible the row, if they cannot be
    used.
    """

    name: str
    x_train: Inputs
    y_train: np.ndarray
    x_test: Inputs
    y_test: np.ndarray
    classes: int
    flips: bool = False
    note: str = ""
    ignored: int | None = None
    form: Form | None = None

    def __post_init__(self) -> None:
        if self.classes < 0 or self.classes == 1:
            raise DataError(
                f"{self.name}: {self.classes} classes cannot be told apart. Give at least 2, or 0"
                " for regression."
            )
        for side in ("train", "test"):
            x, y = getattr(self, f"x_{side}"), getattr(self, f"y_{side}")
            _check_inputs(self.name, f"x_{side}", x)
            if self.classes:
                _check_labels(self.name, f"y_{side}", y, len(x), self.classes, self.ignored)
            else:
                _check_targets(self.name, f"y_{side}", y, len(x))
        if self.x_train.shape[1:] != self.x_test.shape[1:]:
            raise DataError(
                f"{self.name}: a row of x_train has shape {self.x_train.shape[1:]}, of x_test"
                f" {self.x_test.shape[1:]}."
            )
        if self.y_train.shape[1:] != self.y_test.shape[1:]:
            raise DataError(
                f"{self.name}: y_train has {self.y_train.shape[1]} targets a row, y_test"
                f" {self.y_test.shape[1]}."
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one input row."""
        return tuple(self.x_train.shape[1:])

    @property
    def task(self) -> Literal["classification", "regression"]:
        """What the labels are: classes, or numbers to predict."""
        return "classification" if self.classes else "regression"

    @property
    def outputs(self) -> int:
        """How many numbers a network must give for a row: one per class, or one per target."""
        return self.classes or int(self.y_train.shape[1])

    @property
    def highest(self) -> int:
        """The highest class label of a row that is not ignored, train or test; 0 for regression."""
        if not self.classes:
            return 0
        return max(
            int(_counted(y, self.ignored).max(initial=0)) for y in (self.y_train, self.y_test)
        )

    @property
    def images(self) -> bool:
        """Whether rows are (channels, height, width), so that shifts make sense."""
        return len(self.shape) == 3

    def digest(self) -> str:
        """SHA-256 of the four arrays, their shapes and types. A resumed run must have the same
        digest.
        """
        whole = hashlib.sha256()
        for name in ("x_train", "y_train", "x_test", "y_test"):
            array = getattr(self, name)
            whole.update(f"{name}{array.dtype.str}{array.shape}".encode())
            # bytes by the numbers that they read as: how they are stored does not matter
            for block in in_blocks(array):
                pulse()
                whole.update(block.data)
        if self.flips:  # it changes the augmentation
            whole.update(b"flips")
        return whole.hexdigest()


def _check_inputs(data: str, name: str, x: Inputs) -> None:
    if len(x) == 0:
        raise DataError(f"{data}: {name} has no rows.")
    if x.ndim < 2:
        raise DataError(
            f"{data}: {name} has shape {x.shape}; it must be (rows, features) or (rows, channels,"
            " height, width)."
        )
    if 0 in x.shape:
        raise DataError(f"{data}: {name} has shape {x.shape}: its rows are empty.")
    if x.dtype not in (np.float32, np.int64):
        raise DataError(
            f"{data}: {name} has type {x.dtype}; it must be float32 (or int64 for token ids)."
        )
    if not isinstance(x, Pixels) and not np.isfinite(x).all():
        raise DataError(
            f"{data}: {name} has values that are not finite, first in row {_first_not_finite(x)}."
        )


def _counted(y: np.ndarray, ignored: int | None) -> np.ndarray:
    """The labels `y` without those that are `ignored`."""
    return y if ignored is None else y[y != ignored]


def _check_labels(
    data: str, name: str, y: np.ndarray, rows: int, classes: int, ignored: int | None
) -> None:
    if y.shape != (rows,):
        raise DataError(
            f"{data}: {name} has shape {y.shape}, but there are {rows} rows of inputs; it must be"
            f" ({rows},)."
        )
    if y.dtype != np.int64:
        raise DataError(
            f"{data}: {name} has type {y.dtype}; class labels must be int64 (numbers to predict:"
            " classes=0)."
        )
    counted = _counted(y, ignored)
    if not len(counted):
        raise DataError(
            f"{data}: every label of {name} is {ignored}, which the loss ignores: no row counts."
        )
    if counted.min() < 0 or counted.max() >= classes:
        wrong = (
            (y < 0) | (y >= classes)
            if ignored is None
            else ((y < 0) | (y >= classes)) & (y != ignored)
        )
        row = int(np.flatnonzero(wrong)[0])
        hint = (
            " For rows that do not count give the loss that leaves them out: nn.CrossEntropyLoss()."
            if counted.min() == LEFT_OUT
            else ""
        )
        raise DataError(
            f"{data}: {name} has labels from {counted.min()} to {counted.max()}, first out of range"
            f" in row {row}; {classes} classes are numbered 0 to {classes - 1}.{hint}"
        )


def _check_targets(data: str, name: str, y: np.ndarray, rows: int) -> None:
    if y.ndim != 2 or len(y) != rows or y.shape[1] == 0:
        raise DataError(
            f"{data}: {name} has shape {y.shape}, but there are {rows} rows of inputs; regression"
            f" needs ({rows}, targets)."
        )
    if y.dtype != np.float32:
        raise DataError(f"{data}: {name} has type {y.dtype}; numbers to predict must be float32.")
    if not np.isfinite(y).all():
        raise DataError(
            f"{data}: {name} has values that are not finite, first in row {_first_not_finite(y)}."
        )


def _first_not_finite(array: np.ndarray) -> int:
    return int(np.flatnonzero(~np.isfinite(array.reshape(len(array), -1)).all(1))[0])
