"""Persistence diagrams as vectors on a grid that runs have in common: landscapes and images. Finite
bars only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landscape_app.records.diagram import Diagram


def common_range(diagrams: Sequence[Diagram]) -> tuple[float, float]:
    """(lowest birth, highest death) of all finite bars; (0, 1) where there are none. What compared
    runs are drawn over.
    """
    births = np.concatenate([d.birth[d.finite] for d in diagrams] or [np.empty(0)])
    deaths = np.concatenate([d.death[d.finite] for d in diagrams] or [np.empty(0)])
    return (float(births.min()), float(deaths.max())) if len(births) else (0.0, 1.0)


def landscape(diagram: Diagram, at: np.ndarray, *, levels: int = 5) -> np.ndarray:
    """λ_k(t) for k = 1 … `levels` at the values `at` (m,): the k-th largest of max(0, min(t −
    birth, death − t)); (levels, m).

    Bubenik 2015, Statistical Topological Data Analysis using Persistence Landscapes, §2.
    """
    birth, death = diagram.birth[diagram.finite], diagram.death[diagram.finite]
    tents = np.maximum(np.minimum(at - birth[:, None], death[:, None] - at), 0.0)
    result = np.zeros((levels, len(at)))
    kept = -np.sort(-tents, axis=0)[:levels]
    result[: len(kept)] = kept
    return result


def image(diagram: Diagram, births: np.ndarray, lengths: np.ndarray, *, width: float) -> np.ndarray:
    """Σ over the bars of length · a Gaussian of standard deviation `width` at (birth, length),
    (lengths, births).

    Adams et al. 2017, Persistence Images, with the linear weight; values at the points of the grid,
    not integrals over cells.
    """
    birth, length = diagram.birth[diagram.finite], diagram.length[diagram.finite]
    across = np.exp(-((births[:, None] - birth) ** 2) / (2 * width**2))
    along = np.exp(-((lengths[:, None] - length) ** 2) / (2 * width**2))
    return (along * length) @ across.T / (2 * np.pi * width**2)
