"""Kendall's τ_b and Spearman's ρ, of a table and of many resamples of it at once, from the signs of
all pairs.

A resample is a row of multiplicities: how often each network was drawn. Both coefficients are
quadratic forms in it, so that a thousand resamples are a few matrix products, and exactly what the
formula gives on the networks written out.
"""

from __future__ import annotations

import numpy as np
from scipy import stats


def signs(values: np.ndarray) -> np.ndarray:
    """(n, n) float64: sign(values[i] − values[j]). n² · 8 bytes."""
    return np.asarray(np.sign(values[:, None] - values[None, :]))


def tau(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """τ_b (b,) of two sign matrices (n, n) under multiplicities (b, n); NaN where one of the two is
    constant. O(b n²).

    Kendall 1945: Σ sx·sy / √(Σ sx² · Σ sy²) over all pairs. A pair of copies of one network is tied
    in both, and counts in none.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.sqrt(_form(x * x, weights) * _form(y * y, weights))
        return np.asarray(_form(x * y, weights) / scale)


def rho(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Spearman's ρ (b,) likewise: Pearson's of the mid-ranks within each resample; NaN where one of
    the two is constant.
    """
    first, second = ranks(x, weights), ranks(y, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.sqrt(_dot(first, first, weights) * _dot(second, second, weights))
        return np.asarray(_dot(first, second, weights) / scale)


def ranks(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Twice the mid-ranks less their mean, (b, n): Σ_j w_j · sign(x_i − x_j)."""
    return np.asarray(weights @ x.T)


def whole(n: int) -> np.ndarray:
    """The multiplicities (1, n) of the table itself."""
    return np.ones((1, n))


def p_value(x: np.ndarray, y: np.ndarray) -> float | None:
    """Two-sided, of τ_b = 0 between values (m,) and (m,) of independent units; None below three
    units or where one is constant.

    Exact without ties up to 33 units, else by the normal approximation (scipy.stats.kendalltau).
    """
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    p = float(stats.kendalltau(x, y, variant="b").pvalue)
    return p if np.isfinite(p) else None


def q_values(p: list[float | None]) -> list[float | None]:
    """Benjamini & Hochberg 1995: the smallest false discovery rate at which each would be a
    discovery; None stays None.
    """
    known = [value for value in p if value is not None]
    adjusted = iter(stats.false_discovery_control(known, method="bh").tolist() if known else [])
    return [None if value is None else next(adjusted) for value in p]


def _form(matrix: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("bi,bi->b", weights @ matrix, weights))


def _dot(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("bi,bi,bi->b", weights, first, second))
