"""npz files: which numbers are pixels, which axis is the channels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from landscape_app.datasets.npz import load
from tests.bring.case import Case

TITLE = "Array files (npz)"
ABOUT = "`--data npz:FILE` with the arrays `x_train`, `y_train`, `x_test`, `y_test`."


def saved(folder: Path, x: np.ndarray, y: np.ndarray) -> str:
    """An npz file whose train and test sides are both `x`, `y`."""
    np.savez(folder / "data.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    return str(folder / "data.npz")


def _table(folder: Path) -> None:
    x = np.arange(12, dtype=np.float32).reshape(4, 3)
    data = load(saved(folder, x, np.array([0, 1, 0, 1])))
    assert np.array_equal(data.x_train, x)
    assert data.classes == 2


def _words(folder: Path) -> None:
    load(saved(folder, np.array([["a"], ["b"]]), np.array([0, 1])))


CASES = [
    Case("float rows (row, feature), whole-number labels", "works", _table),
    Case("words", "refused", _words, "it must be numbers"),
]
