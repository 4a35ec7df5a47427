"""What four raw arrays mean: pixels or numbers, channels first or last, classes or targets; what was decided is said in the note."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from landscape_app.errors import DataError
from landscape_app.records.dataset import Dataset

NAMES = ("x_train", "y_train", "x_test", "y_test")
CHANNELS = (1, 3, 4)  # grey, colour, colour and opacity
MOST_CLASSES = 10_000


def dataset(name: str, arrays: Mapping[str, np.ndarray], *, classes: int | None = None, flips: bool = False) -> Dataset:
    """The data set that `arrays` (x_train, y_train, x_test, y_test) hold; `classes` if known. Raises DataError naming the array.

    x: (row, feature), (row, height, width), or (row, channel, height, width) with the channels second or last; uint8 images are
    scaled to [0, 1]. y: whole numbers are classes; floats are numbers to predict (row,) or (row, target), unless they are
    exactly the classes 0 … c−1.
    """
    if (arrays["x_train"].dtype == np.uint8) != (arrays["x_test"].dtype == np.uint8):
        raise DataError(
            f"{name}: x_train has type {arrays['x_train'].dtype} and x_test {arrays['x_test'].dtype}: uint8 pixels are scaled, other "
            "numbers are not. Save both with one type."
        )
    pixels = _pixels(arrays["x_train"])
    x_train, said = _inputs(name, "x_train", arrays["x_train"], pixels=pixels)
    x_test, _ = _inputs(name, "x_test", arrays["x_test"], pixels=pixels)
    y_train, y_test, found = _answers(name, arrays["y_train"], arrays["y_test"])
    if found == 0:
        said.append(f"regression: {y_train.shape[1]} to predict")
    count = found if classes is None or found == 0 else classes
    return Dataset(name, x_train, y_train, x_test, y_test, classes=count, flips=flips, note="; ".join(said))


def _pixels(array: np.ndarray) -> bool:
    """Whether they are images of bytes; a mask of zeros and ones is in [0, 1] already."""
    return array.dtype == np.uint8 and array.ndim in (3, 4) and array.size > 0 and bool(array.max() > 1)


def _inputs(data: str, name: str, array: np.ndarray, *, pixels: bool) -> tuple[np.ndarray, list[str]]:
    """(float32 rows, what was decided about them)."""
    if array.dtype.kind not in "fiub":
        raise DataError(f"{data}: {name} has type {array.dtype}; it must be numbers.")
    said = []
    if array.ndim == 3:
        array = array[:, None]
        said.append("rows of two axes read as grey images")
    elif array.ndim == 4 and array.shape[3] in CHANNELS and array.shape[1] not in CHANNELS:
        array = np.moveaxis(array, 3, 1)
        said.append("images have their channels last: moved to the front")
    with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite, and is refused by row
        rows = np.ascontiguousarray(array, dtype=np.float32)
    if pixels:
        rows /= 255
        said.append("pixels 0-255 scaled to [0, 1]")
    return rows, said


def _answers(data: str, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """(y_train, y_test, classes): labels int64 (row,), or targets float32 (row, target) and no classes."""
    train, test = (y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y for y in (train, test))
    for name, y in (("y_train", train), ("y_test", test)):
        if y.dtype.kind not in "fiub":
            raise DataError(f"{data}: {name} has type {y.dtype}; it must be whole numbers from 0 (classes) or floats (regression).")
    if train.dtype.kind == "f" and not (_whole(train) and np.array_equal(np.unique(train), np.arange(max(2, train.max() + 1)))):
        return _targets(data, train, test)
    for name, y in (("y_train", train), ("y_test", test)):
        if y.dtype.kind == "f" and not _whole(y):
            raise DataError(f"{data}: {name} holds other than whole numbers; class labels must be whole numbers from 0.")
        if y.ndim != 1:
            raise DataError(f"{data}: {name} has shape {y.shape}; give one class number a row (floats are read as regression).")
    classes = max(int(train.max()) + 1, 2) if len(train) else 2
    if classes > MOST_CLASSES:
        raise DataError(f"{data}: y_train has labels up to {classes - 1}; at most {MOST_CLASSES} classes. For regression save floats.")
    return train.astype(np.int64), test.astype(np.int64), classes


def _whole(y: np.ndarray) -> bool:
    # The size is checked first: a list of all classes up to 1e30 would be long.
    return y.ndim == 1 and len(y) > 0 and bool((np.isfinite(y) & (y == np.round(y)) & (y >= 0) & (y < MOST_CLASSES)).all())


def _targets(data: str, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    if test.dtype.kind != "f":
        raise DataError(
            f"{data}: y_train has type {train.dtype} (numbers to predict) and y_test {test.dtype} (classes). Save both with one type."
        )
    with np.errstate(over="ignore"):
        train, test = (np.ascontiguousarray(y[:, None] if y.ndim == 1 else y, dtype=np.float32) for y in (train, test))
    return train, test, 0
