"""What a network is trained and tested on: four aligned numpy arrays and what they mean."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from landscape_app.errors import DataError


@dataclass(frozen=True)
class Dataset:
    """Rows of inputs and class labels.

    x_train (n, *shape) float32, y_train (n,) int64 in 0 … classes−1, x_test (m, *shape), y_test (m,). `shape` is (features,)
    for tables and (channels, height, width) for images. Raises DataError, naming the array, if they cannot be used.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    classes: int

    def __post_init__(self) -> None:
        for side in ("train", "test"):
            _check_side(self.name, side, getattr(self, f"x_{side}"), getattr(self, f"y_{side}"), self.classes)
        if self.x_train.shape[1:] != self.x_test.shape[1:]:
            raise DataError(f"{self.name}: a row of x_train has shape {self.x_train.shape[1:]}, of x_test {self.x_test.shape[1:]}.")

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one input row."""
        return tuple(self.x_train.shape[1:])

    @property
    def images(self) -> bool:
        """Whether rows are (channels, height, width), so that shifts make sense."""
        return len(self.shape) == 3

    def digest(self) -> str:
        """SHA-256 over the four arrays, their shapes and types: what a resumed run must find again."""
        whole = hashlib.sha256()
        for name in ("x_train", "y_train", "x_test", "y_test"):
            array = np.ascontiguousarray(getattr(self, name))
            whole.update(f"{name}{array.dtype.str}{array.shape}".encode())
            whole.update(array.tobytes())
        return whole.hexdigest()


def _check_side(name: str, side: str, x: np.ndarray, y: np.ndarray, classes: int) -> None:
    if len(x) == 0:
        raise DataError(f"{name}: x_{side} has no rows.")
    if x.ndim < 2:
        raise DataError(f"{name}: x_{side} has shape {x.shape}; it must be (rows, features) or (rows, channels, height, width).")
    if y.shape != (len(x),):
        raise DataError(f"{name}: y_{side} has shape {y.shape}, but x_{side} has {len(x)} rows; it must be ({len(x)},).")
    if not np.isfinite(x).all():
        bad = int(np.flatnonzero(~np.isfinite(x.reshape(len(x), -1)).all(1))[0])
        raise DataError(f"{name}: x_{side} has values that are not finite, first in row {bad}.")
    if y.min() < 0 or y.max() >= classes:
        raise DataError(f"{name}: y_{side} has labels from {y.min()} to {y.max()}; {classes} classes are numbered 0 to {classes - 1}.")
