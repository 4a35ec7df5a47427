"""Whether one set of features tells more than another: the difference of their accuracies on the
same networks, with an interval, a p and what could have been found.

What varies independently are the configurations, so they are drawn anew (bootstrap) and swapped
(permutation), each with all its networks. The folds are given: the classifiers are not run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landscape_app.analysis.statistics import bootstrap
from landscape_app.seeds import numpy_stream

SWAPS = 9_999
RESAMPLES = 9_999
LEVEL = 0.95
# (z of 97.5 %) + (z of 80 %): of a two-sided test at 5 % with a power of 80 %
POWER = 1.959964 + 0.841621


@dataclass(frozen=True)
class AccuracyDifference:
    """Of accuracies, in shares. low, high: its 95 % interval, None where there are too few
    configurations. p: two-sided, of no difference; smallest_p: the smallest that it could be.
    detectable: the difference that would be found with a power of 80 %.
    """

    value: float
    low: float | None
    high: float | None
    p: float
    smallest_p: float
    detectable: float


def difference(
    one: np.ndarray, other: np.ndarray, groups: np.ndarray, *, seed: int = 0
) -> AccuracyDifference:
    """`one` minus `other`, (n,) each: the share of right predictions of every network; groups (n,):
    its configuration, from 0. O(RESAMPLES · configurations).
    """
    values = np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)
    sums, sizes = np.bincount(groups, weights=values), np.bincount(groups)
    times = bootstrap.resamples(np.arange(len(sums)), count=RESAMPLES, seed=seed)
    drawn = (times @ sums) / (times @ sizes)
    low, high = bootstrap.interval(drawn, level=LEVEL)
    p, smallest = _p_of_swaps(sums, seed)
    return AccuracyDifference(
        float(values.mean()), low, high, p, smallest, float(POWER * drawn.std(ddof=1))
    )


def _p_of_swaps(sums: np.ndarray, seed: int) -> tuple[float, float]:
    """(p, the smallest it could be) of the summed differences (configurations,): how often a swap
    of the two sides within configurations gives a difference at least as large.
    """
    moved = int(np.count_nonzero(sums))
    signs = numpy_stream(seed, "swaps").integers(2, size=(SWAPS, len(sums)), dtype=np.int8) * 2 - 1
    size = abs(sums.sum())
    reached = np.abs(signs @ sums) >= size - 1e-12 * max(1.0, size)
    p = float((1 + np.count_nonzero(reached)) / (1 + SWAPS))
    return p, max(1 / (1 + SWAPS), 2.0 ** (1 - moved) if moved else 1.0)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p of each after Holm 1979: none of them is below 5 % by chance in more than 5 % of all
    tables, whatever their dependence.
    """
    order = np.argsort(p_values, kind="stable")
    count = len(order)
    scaled = np.asarray(p_values, dtype=np.float64)[order] * (count - np.arange(count))
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(scaled)) if count else []
    return [float(p) for p in adjusted]
