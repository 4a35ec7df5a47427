"""Partial τ and ρ: what a measure says about the gap beyond its controls (weight norm, learning
rate, batch size).

How: the ranks of the measure and of the gap are each regressed on the ranks of all controls at once
(least squares, with an intercept; a control of words is one indicator per value), and between the
residuals τ_b is taken, and Pearson's coefficient, which is Spearman's partial ρ. Kendall's own
partial τ is beside it for one control at a time. It is not 0 under conditional independence: for a
measure and a gap that are each a norm plus noise, normal, correlated 0.9 with it, it comes to 0.19
(Korn 1984, "The ranges of limiting values of some partial correlations under conditional
independence"), so the residuals are what is ranked and given an interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from landscape_app.analysis.statistics import kendall
from landscape_app.records.pulse import pulse

# of ranks scaled to about 1: closer residuals are equal, as ties that rounding tore apart must stay
# ties
DIGITS = 9
SMALL = 350  # networks up to which looking at all pairs is quicker than sorting
HELD = 2e6  # numbers of the design in memory at once
PAIRS = 2e5  # pairs that are looked at at once
FREE = 2  # degrees of freedom that the controls must leave


class Controls:
    """The columns (n,) of the controls, prepared once: sign matrices of numbers, indicators of
    words. Constant ones are left out.
    """

    def __init__(self, columns: Sequence[np.ndarray]) -> None:
        self.signs = [
            kendall.signs(column)
            for column in columns
            if column.dtype.kind == "f" and np.ptp(column) > 0
        ]
        words = [column for column in columns if column.dtype.kind != "f"]
        self.indicators = [
            (column == value).astype(float) for column in words for value in np.unique(column)[1:]
        ]

    def __len__(self) -> int:
        return len(self.signs) + len(self.indicators)

    def design(self, weights: np.ndarray) -> np.ndarray:
        """(b, n, 1 + controls) for resamples (b, n)."""
        b, n = weights.shape
        ranks = [kendall.ranks(signs, weights) / n for signs in self.signs]
        indicators = [np.broadcast_to(values, (b, n)) for values in self.indicators]
        return np.stack([np.ones((b, n)), *ranks, *indicators], axis=2)


def partials(
    x: np.ndarray, y: np.ndarray, controls: Controls, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(τ_b (b,), ρ (b,)) of the residuals of two sign matrices (n, n) given the controls, for each
    resample (b, n).

    NaN where a residual is 0 throughout (the controls rank the networks as the measure does), or
    where the controls leave fewer than two degrees of freedom. O(b n²).
    """
    if len(x) - 1 - len(controls) < FREE:
        return np.full(len(weights), math.nan), np.full(len(weights), math.nan)
    step = max(1, int(HELD / (len(x) * (1 + len(controls)))))
    pulse()
    parts = [weights[start : start + step] for start in range(0, len(weights), step)]
    taus, rhos = zip(*(_partials(x, y, controls, part) for part in parts), strict=True)
    return np.concatenate(taus), np.concatenate(rhos)


def kendall_partial(xy: float, xz: float, yz: float) -> float | None:
    """(τ_xy − τ_xz·τ_yz) / √((1 − τ_xz²)(1 − τ_yz²)), Kendall 1942; None where the control ranks as
    one of the two does.
    """
    below = (1 - xz**2) * (1 - yz**2)
    return (xy - xz * yz) / math.sqrt(below) if math.isfinite(below) and below > 1e-12 else None


def _partials(
    x: np.ndarray, y: np.ndarray, controls: Controls, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    design = controls.design(weights)
    normal = np.linalg.pinv(
        np.einsum("bn,bni,bnj->bij", weights, design, design, optimize=True),
        rcond=1e-10,
        hermitian=True,
    )
    first, second = (
        _residuals(kendall.ranks(values, weights) / len(x), design, normal, weights)
        for values in (x, y)
    )
    way = _of_pairs if len(x) <= SMALL else _of_sorted
    return way(first, second, weights), _correlation(first, second, weights)


def _correlation(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(b,) of residuals (b, n), whose weighted means are 0."""
    below = np.sqrt(
        np.square(first * np.sqrt(weights)).sum(1) * np.square(second * np.sqrt(weights)).sum(1)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        products = (weights * first * second).sum(1)
        return np.where(below > 0, products / below, math.nan)


def _residuals(
    ranks: np.ndarray, design: np.ndarray, normal: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    slopes = np.einsum("bij,bj->bi", normal, np.einsum("bn,bni,bn->bi", weights, design, ranks))
    residuals = ranks - np.einsum("bni,bi->bn", design, slopes)
    return np.asarray(np.round(residuals, DIGITS) + 0.0)


def _of_pairs(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """τ_b (b,) of values (b, n) under multiplicities (b, n): sums of whole numbers over all pairs,
    which float32 holds exactly up to n = 4,096.
    """
    step = max(1, int(PAIRS / x.shape[1] ** 2))
    parts = [slice(first, first + step) for first in range(0, len(x), step)]
    return np.concatenate([_of_few(x[part], y[part], weights[part]) for part in parts])


def _of_few(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The same, of so few resamples that their pairs stay in the cache."""
    # what no resample has drawn is cut off
    order = np.argsort(weights == 0, axis=1, kind="stable")[:, : int((weights > 0).sum(1).max())]
    x, y, weights = (np.take_along_axis(values, order, axis=1) for values in (x, y, weights))
    times = weights.astype(np.float32)[:, None, :]

    def total(pairs: np.ndarray) -> np.ndarray:
        return np.asarray(((times @ pairs.astype(np.float32))[:, 0, :] * weights).sum(axis=1))

    first, second = x[:, :, None] > x[:, None, :], y[:, :, None] > y[:, None, :]
    opposed = y[:, :, None] < y[:, None, :]
    agreement = (first & second).view(np.int8) - (first & opposed).view(np.int8)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(total(agreement) / np.sqrt(total(first) * total(second)))


def _of_sorted(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The same in O(b n log n), one resample after another."""
    copies = weights.astype(np.int64)
    return np.array(
        [
            stats.kendalltau(np.repeat(a, times), np.repeat(b, times)).statistic
            for a, b, times in zip(x, y, copies, strict=True)
        ]
    )
