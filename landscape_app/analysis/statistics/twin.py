"""The twin of a measure: the trivial quantity that it follows most closely. A measure that tells
nothing about the gap beyond its twin is that quantity under another name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from landscape_app.analysis.statistics import kendall
from landscape_app.analysis.statistics.roles import LEAST
from landscape_app.records.study_table import StudyTable

# what every measure may be under another name, beside the hyper-parameters
TRIVIAL = (
    "weight_norm",
    "distance_from_init",
    "train_loss",
    "loss_range",
    "jump_loss",
    "parameters",
)
FEWEST = 3  # networks for each value of a column of words: fewer values than that name the networks


@dataclass(frozen=True)
class Twin:
    """A column, and τ_b between the measure and it; of a column of words, with its values in the
    order of the measure.
    """

    name: str
    tau: float


def trivial(table: StudyTable, hyper: Sequence[str]) -> dict[str, np.ndarray]:
    """{name: its column (n,)} of the trivial quantities that vary in `table`."""
    numbers = [name for name in TRIVIAL if table.has_numbers(name)]
    return {name: table.columns[name] for name in dict.fromkeys([*numbers, *hyper])}


def present(column: np.ndarray) -> np.ndarray:
    """Where (n,) a column of numbers or words has a value."""
    return np.asarray(np.isfinite(column) if column.dtype.kind == "f" else column != "")


def closest(name: str, values: np.ndarray, candidates: Mapping[str, np.ndarray]) -> Twin | None:
    """The candidate of the largest |τ_b| with `values` (n,) of the measure `name`, of equals the
    first; None where there is none.
    """
    twins = [
        Twin(other, tau)
        for other, column in candidates.items()
        if other != name and (tau := _tau(values, column)) is not None
    ]
    return max(twins, key=lambda twin: round(abs(twin.tau), 9), default=None)


def _tau(values: np.ndarray, column: np.ndarray) -> float | None:
    """τ_b on the networks that have both; None where it is undefined."""
    both = np.isfinite(values) & present(column)
    x, other = values[both], column[both]
    if other.dtype.kind != "f":
        kinds, which = np.unique(other, return_inverse=True)
        if len(kinds) * FEWEST > len(other):
            return None
        means = np.bincount(which, rankdata(x)) / np.bincount(which)
        other = means[which]
    if len(x) < LEAST or np.ptp(x) == 0 or np.ptp(other) == 0:
        return None
    return float(kendall.tau(kendall.signs(x), kendall.signs(other), kendall.whole(len(x)))[0])
