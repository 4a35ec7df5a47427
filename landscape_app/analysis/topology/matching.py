"""How far two persistence diagrams are apart: bottleneck and Wasserstein distance, bars matched to
bars or to the diagonal.

The ground metric is the maximum of the differences of birth and death. Essential bars are matched
among themselves by birth; two diagrams with different numbers of them are infinitely far apart.
Bars of length 0 and censored bars have no part in it.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from landscape_app.records.diagram import Diagram


def bottleneck(one: Diagram, other: Diagram) -> float:
    """The smallest ε such that some matching moves no bar by more than ε. Exact; O(candidates ·
    matching).
    """
    essential = _essential(one, other)
    if not np.isfinite(essential).all():
        return float("inf")
    a, b = _bars(one), _bars(other)
    costs, to_a, to_b = _costs(a, b), (a[:, 1] - a[:, 0]) / 2, (b[:, 1] - b[:, 0]) / 2
    candidates = np.unique(np.concatenate([[0.0], costs.reshape(-1), to_a, to_b]))
    low, high = 0, len(candidates) - 1
    while low < high:
        middle = (low + high) // 2
        near, limit = costs <= candidates[middle], candidates[middle]
        # Long bars of both sides can be matched at once if those of either side can (Mendelsohn &
        # Dulmage 1958).
        possible = _covers(near[to_a > limit]) and _covers(near[:, to_b > limit].T)
        low, high = (low, middle) if possible else (middle + 1, high)
    return float(max(candidates[low], essential.max(initial=0.0)))


def wasserstein(one: Diagram, other: Diagram, *, power: float = 1.0) -> float:
    """(Σ moves^p)^(1/p) of the best matching, p = `power`. O(b³) for b bars."""
    from scipy.optimize import linear_sum_assignment

    essential = _essential(one, other)
    if not np.isfinite(essential).all():
        return float("inf")
    a, b = _bars(one), _bars(other)
    alone = ((a[:, 1] - a[:, 0]) / 2) ** power, ((b[:, 1] - b[:, 0]) / 2) ** power
    # What a match saves over sending both bars to the diagonal; a match that saves nothing is none.
    saved = np.maximum(alone[0][:, None] + alone[1][None] - _costs(a, b) ** power, 0.0)
    rows, columns = linear_sum_assignment(saved, maximize=True)
    total = alone[0].sum() + alone[1].sum() - saved[rows, columns].sum() + (essential**power).sum()
    return float(max(total, 0.0) ** (1 / power))


def _bars(diagram: Diagram) -> np.ndarray:
    return np.asarray(np.column_stack([diagram.birth, diagram.death])[diagram.finite])


def _essential(one: Diagram, other: Diagram) -> np.ndarray:
    """Moves of the essential bars, in order of birth; [inf] if the diagrams have different numbers
    of them.
    """
    births = [np.sort(d.birth[np.isinf(d.death) & ~d.censored]) for d in (one, other)]
    return np.abs(births[0] - births[1]) if len(births[0]) == len(births[1]) else np.array([np.inf])


def _costs(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(a[:, None] - b[None]).max(axis=2))


def _covers(near: np.ndarray) -> bool:
    """Whether every row can be matched to a column of its own among those that it is near to (bool,
    (rows, columns)).
    """
    if not len(near):
        return True
    if not near.any(axis=1).all():
        return False
    matched = csgraph.maximum_bipartite_matching(sparse.csr_matrix(near), perm_type="column")
    return bool((matched >= 0).all())
