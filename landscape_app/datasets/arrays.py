"""A data set from four raw arrays of a file. Its note lists how the arrays were read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from landscape_app.datasets import labels
from landscape_app.datasets.inputs import Meaning, inputs
from landscape_app.errors import DataError
from landscape_app.records.dataset import Dataset

NAMES = ("x_train", "y_train", "x_test", "y_test")


def dataset(
    name: str,
    arrays: Mapping[str, np.ndarray],
    *,
    classes: int | None = None,
    flips: bool = False,
    meaning: Meaning | None = None,
    numbers: bool = False,
) -> Dataset:
    """The data set that `arrays` (x_train, y_train, x_test, y_test) hold; `classes` if known.
    Raises DataError naming the array.

    x: (row, feature), (row, height, width), or (row, channel, height, width) with the channels
    second or last: `inputs.inputs`. y: whole numbers are classes; floats are numbers to predict
    (row,) or (row, target), unless they are exactly the classes 0 … c−1 and `numbers` is not set.
    """
    _check(name, arrays)
    y_train, y_test, classes_found, label_notes = labels.of_file(
        name, arrays["y_train"], arrays["y_test"], numbers=numbers
    )
    x_train, x_test, decided = inputs(
        name, arrays["x_train"], arrays["x_test"], meaning or Meaning()
    )
    count = classes_found if classes is None or classes_found == 0 else classes
    return Dataset(
        name,
        x_train,
        y_train,
        x_test,
        y_test,
        classes=count,
        flips=flips,
        note="; ".join(decided + label_notes),
    )


def _check(name: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Raises DataError for a side without rows, or inputs that are no numbers."""
    for side in NAMES:
        if arrays[side].ndim == 0:
            raise DataError(
                f"{name}: {side} is a single value; it must have a row for each example."
            )
    for side in ("x_train", "x_test"):
        if arrays[side].dtype.kind not in "fiub":
            raise DataError(f"{name}: {side} has type {arrays[side].dtype}; it must be numbers.")
