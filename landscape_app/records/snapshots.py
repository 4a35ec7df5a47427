"""The cloud of snapshots of one run: weights (lazy), and named columns of equal length in the same
order.

Row 0 is the anchor. Then follow the trajectories, each from epoch 0 (directly after the jump) to
the last epoch. `row` is the canonical id of a snapshot: 0 for the anchor, else 1 +
trajectory·(epochs + 1) + epoch. A snapshot keeps its id when other rows are left out, because a
file is damaged or not yet sampled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from landscape_app.records.pulse import pulse

# Every column, its dtype, and what it is. `trajectory`, `seed` are −1 and `step_size`, `epoch` 0
# for the anchor.
COLUMNS: dict[str, tuple[str, str]] = {
    "row": ("int64", "canonical id of the snapshot"),
    "trajectory": ("int64", "index of the trajectory, −1 for the anchor"),
    "seed": ("int64", "seed of the direction, −1 for the anchor"),
    "step_size": ("float64", "length of the jump in units of the weight norm"),
    "epoch": ("int64", "retraining epoch, 0 right after the jump"),
    "train_loss": ("float64", "mean loss on the train set, labels as given, no augmentation"),
    "test_loss": ("float64", "mean loss on the test set"),
    "train_accuracy": ("float64", "fraction of train rows right, labels as given"),
    "test_accuracy": ("float64", "fraction of test rows right"),
    "distance": ("float64", "‖θ − θo‖ over the trainable weights"),
    "diverged": ("bool", "the trajectory's weights or losses are not finite here"),
}


@dataclass(frozen=True)
class Matrix:
    """A matrix with one row per snapshot, of shape (n, width), float32. It is read by ranges of
    columns, and as a whole only on request.
    """

    shape: tuple[int, int]
    read: Callable[[int, int], np.ndarray] = field(repr=False)  # (start, stop) -> (n, stop − start)

    def blocks(self, width: int = 16_384) -> Iterator[np.ndarray]:
        """Successive column blocks (n, ≤ width); one pass over the data."""
        for start in range(0, self.shape[1], width):
            pulse()
            yield self.read(start, min(start + width, self.shape[1]))

    def whole(self) -> np.ndarray:
        """Everything in memory, (n, width)."""
        return self.read(0, self.shape[1])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """np.asarray(matrix): everything in memory. It is read, so there is always a copy."""
        if copy is False:
            raise ValueError("A matrix is read from its files: that always makes a copy.")
        return np.asarray(self.whole(), dtype=dtype)

    def rows(self, index: np.ndarray) -> Matrix:
        """The same columns of the rows `index` (integer positions)."""
        return Matrix(
            (len(index), self.shape[1]), lambda start, stop: self.read(start, stop)[index]
        )

    @staticmethod
    def of(array: np.ndarray) -> Matrix:
        """A matrix over an array (n, width) that is in memory already."""
        return Matrix((array.shape[0], array.shape[1]), lambda start, stop: array[:, start:stop])


@dataclass(frozen=True)
class Snapshots:
    """n snapshots: `columns` (each (n,)), `delta` = θ − θo (n, parameter), `probe` (n,
    example·output) softmax or the outputs of a regression on test inputs, `train_probe` the same on
    train inputs (None in a run that was begun before they were stored), `losses` (n, example).
    """

    run_id: str
    columns: Mapping[str, np.ndarray]
    delta: Matrix
    probe: Matrix | None = None
    losses: Matrix | None = None
    classes: int = 0  # width of one probe example in the probes; 0 for regression
    unsplit: str = ""  # why there are no losses of single examples, where the loss has none
    # standard deviation of each target of a regression over the train rows; (): not known
    target_scale: tuple[float, ...] = ()
    train_probe: Matrix | None = None

    def __post_init__(self) -> None:
        n = self.delta.shape[0]
        wrong = {name: len(column) for name, column in self.columns.items() if len(column) != n}
        missing = [name for name in COLUMNS if name not in self.columns]
        matrices = {
            "probe": self.probe,
            "train_probe": self.train_probe,
            "losses": self.losses,
        }
        wrong |= {
            name: m.shape[0] for name, m in matrices.items() if m is not None and m.shape[0] != n
        }
        if wrong or missing:
            raise ValueError(f"Columns out of line with {n} snapshots: {wrong}; missing: {missing}")

    def __len__(self) -> int:
        return self.delta.shape[0]

    def column(self, name: str) -> np.ndarray:
        """The column `name` (n,)."""
        return self.columns[name]

    def select(self, index: np.ndarray) -> Snapshots:
        """The snapshots at `index` (a boolean mask (n,) or integer positions): all columns and
        matrices together.
        """
        index = np.asarray(index)
        if index.dtype == bool:
            index = np.flatnonzero(index)
        return replace(
            self,
            columns={name: column[index] for name, column in self.columns.items()},
            delta=self.delta.rows(index),
            probe=None if self.probe is None else self.probe.rows(index),
            losses=None if self.losses is None else self.losses.rows(index),
            train_probe=None if self.train_probe is None else self.train_probe.rows(index),
        )
