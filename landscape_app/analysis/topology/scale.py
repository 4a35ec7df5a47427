"""How many snapshots a cloud looks like at a scale, and how that grows: lengths of spanning trees,
their dimension, magnitude.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.topology.graph import minimum_spanning_tree
from landscape_app.errors import AnalysisError


def energy(distances: np.ndarray, *, power: float = 1.0) -> float:
    """E_α = Σ over the edges of the minimum spanning tree of length^α, α = `power`: the total
    persistence of Rips H0.
    """
    return float((minimum_spanning_tree(distances)[1] ** power).sum())


def dimension(
    distances: np.ndarray,
    *,
    rng: np.random.Generator,
    power: float = 1.0,
    sizes: int = 8,
    repeats: int = 10,
) -> tuple[float, float]:
    """(PH dimension α / (1 − m), its standard error): m is the slope of log E_α against log n over
    random subsamples.

    Adams et al. 2020; Birdal et al. 2021. Sizes from n/8 to 7n/8, each drawn `repeats` times. The
    error is that of the slope with the draws as independent, which large ones are not. Raises
    AnalysisError for fewer than 64 snapshots.
    """
    n = len(distances)
    if n < 64:
        raise AnalysisError(f"A dimension needs at least 64 snapshots; there are {n}.")
    counts = np.unique(np.geomspace(n / 8, n * 7 / 8, sizes).astype(int))
    x, y = [], []
    for count in np.repeat(counts, repeats):
        part = rng.permutation(n)[:count]
        x.append(np.log(count))
        y.append(np.log(energy(distances[np.ix_(part, part)], power=power)))
    (slope, _), spread = np.polyfit(x, y, 1, cov=True)
    return float(power / (1 - slope)), float(power / (1 - slope) ** 2 * np.sqrt(spread[0, 0]))


def positive_magnitude(distances: np.ndarray, *, scale: float) -> float:
    """Σ max(β, 0) with Zβ = 1, Z = exp(−`scale` · d): 1 for one place, n for n far apart. Andreeva
    et al. 2024. O(n³).

    Copies are counted once: they would make Z singular.
    """
    distinct = _distinct(distances)
    similarity = np.exp(-scale * distances[np.ix_(distinct, distinct)].astype(np.float64))
    weights = np.linalg.solve(similarity, np.ones(len(distinct)))
    return float(np.maximum(weights, 0).sum())


def _distinct(distances: np.ndarray) -> np.ndarray:
    """Positions of the first of all snapshots that coincide."""
    return np.unique((distances == 0).argmax(axis=1))
