"""Partial τ: what a measure says about the gap beyond its controls (weight norm, learning rate, batch size).

How: the ranks of the measure and of the gap are each regressed on the ranks of all controls at once (least squares, with an
intercept; a control of words is one indicator per value), and τ_b is taken between the residuals. Kendall's own partial τ is beside
it for one control at a time. It is not 0 under conditional independence: for a measure and a gap that are each a norm plus noise,
normal, correlated 0.9 with it, it comes to 0.19 (Korn 1984, "The ranges of limiting values of some partial correlations under
conditional independence"), so the residuals are what is ranked and given an interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from landscape_app.analysis.statistics import kendall

DIGITS = 9  # of ranks scaled to about 1: closer residuals are equal, as ties that rounding tore apart must stay ties
PAIRS = 2e8  # pairs looked at over all resamples; of a large table fewer resamples are taken
LEAST = 100  # resamples
HELD = 2e6  # pairs in memory at once
FREE = 2  # degrees of freedom that the controls must leave


class Controls:
    """The columns (n,) of the controls, prepared once: sign matrices of numbers, indicators of words. Constant ones are left out."""

    def __init__(self, columns: Sequence[np.ndarray]) -> None:
        self.signs = [kendall.signs(column) for column in columns if column.dtype.kind == "f" and np.ptp(column) > 0]
        words = [column for column in columns if column.dtype.kind != "f"]
        self.indicators = [(column == value).astype(float) for column in words for value in np.unique(column)[1:]]

    def __len__(self) -> int:
        return len(self.signs) + len(self.indicators)

    def design(self, weights: np.ndarray) -> np.ndarray:
        """(b, n, 1 + controls) for resamples (b, n)."""
        b, n = weights.shape
        ranks = [kendall.ranks(one, weights) / n for one in self.signs]
        return np.stack([np.ones((b, n)), *ranks, *(np.broadcast_to(one, (b, n)) for one in self.indicators)], axis=2)


def partial_tau(x: np.ndarray, y: np.ndarray, controls: Controls, weights: np.ndarray) -> np.ndarray:
    """τ_b (b,) of the residuals of two sign matrices (n, n) given the controls, for each resample (b, n).

    NaN where a residual is 0 throughout (the controls rank the networks as the measure does), or where the controls leave fewer
    than two degrees of freedom. O(b n²) time.
    """
    if len(x) - 1 - len(controls) < FREE:
        return np.full(len(weights), math.nan)
    design = controls.design(weights)
    normal = np.linalg.pinv(np.einsum("bn,bni,bnj->bij", weights, design, design), rcond=1e-10, hermitian=True)
    one, other = (_residuals(kendall.ranks(values, weights) / len(x), design, normal, weights) for values in (x, y))
    return _tau(one, other, weights)


def resamples(weights: np.ndarray) -> np.ndarray:
    """The first of the resamples (b, n): as many as PAIRS allows, at least LEAST."""
    pairs = max(weights.shape[1] * (weights.shape[1] - 1) / 2, 1)
    return weights[: max(LEAST, int(PAIRS / pairs))]


def kendall_partial(xy: float, xz: float, yz: float) -> float | None:
    """(τ_xy − τ_xz·τ_yz) / √((1 − τ_xz²)(1 − τ_yz²)), Kendall 1942; None where the control ranks as one of the two does."""
    below = (1 - xz**2) * (1 - yz**2)
    return (xy - xz * yz) / math.sqrt(below) if math.isfinite(below) and below > 1e-12 else None


def _residuals(ranks: np.ndarray, design: np.ndarray, normal: np.ndarray, weights: np.ndarray) -> np.ndarray:
    slopes = np.einsum("bij,bj->bi", normal, np.einsum("bn,bni,bn->bi", weights, design, ranks))
    return np.round(ranks - np.einsum("bni,bi->bn", design, slopes), DIGITS) + 0.0


def _tau(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """τ_b (b,) of values (b, n) that differ from resample to resample."""
    i, j = np.triu_indices(x.shape[1], 1)
    found = np.empty(len(x))
    step = max(1, int(HELD / max(len(i), 1)))
    for start in range(0, len(x), step):
        part = slice(start, start + step)
        pair = weights[part][:, i] * weights[part][:, j]
        one, other = (np.sign(values[part][:, i] - values[part][:, j]) for values in (x, y))
        with np.errstate(invalid="ignore", divide="ignore"):
            below = np.sqrt((pair * one * one).sum(axis=1) * (pair * other * other).sum(axis=1))
            found[part] = (pair * one * other).sum(axis=1) / below
    return found
