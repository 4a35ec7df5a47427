"""Null draws (surrogates) for Rips: the same anchor and jumps, and retraining whose steps keep
their lengths but lead nowhere.

Two of them. **Noise**: every step in a uniformly random direction of R^d, d = the number of
weights. **Reordered**: the steps of each trajectory in another order, in whatever Euclidean space
the distances come from. Both are made for a bounded number of snapshots (see `thinning`) and need
memory for those alone, whatever n and d are: n Gaussian rows of R^d have the Gram matrix L Lᵀ with
L lower-triangular, normals below a diagonal of chis (Bartlett 1933).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial.distance import pdist, squareform

from landscape_app.analysis.topology.graph import checked
from landscape_app.analysis.topology.paths import Paths, joined, reached_from
from landscape_app.analysis.topology.thinning import MOVES, POINTS, Thinning, thinned
from landscape_app.errors import AnalysisError

CURVED = 1e-4  # of the largest eigenvalue: a more negative one is no rounding of float32 distances


@dataclass(frozen=True, eq=False)
class Walks:
    """p snapshots, q of which were reached by walking from another of them. `thinning.positions`
    (p,): their positions among all m.

    distances (p, p) between them. paths: the q walks between them. steps (q, c): lengths of the
    retraining steps of each walk, in order, 0 where there are fewer than c.
    """

    thinning: Thinning
    distances: np.ndarray
    paths: Paths
    steps: np.ndarray

    def noise(self, parameters: int, rng: np.random.Generator) -> np.ndarray:
        """Distances (p, p) in one null draw of random directions in R^d, d = `parameters`; step
        lengths are the same.

        What is not kept is walked through, but by its length only: the sum of steps in random
        directions has a random direction.
        """
        start = self._start[:, :parameters]
        walked = _lengths(self.steps, parameters, rng)
        rows = _gaussian(len(walked), start.shape[1], parameters, rng)
        rows *= (walked / np.maximum(np.linalg.norm(rows, axis=1), np.finfo(float).tiny))[:, None]
        wide = np.zeros((len(start), rows.shape[1]))
        wide[:, : start.shape[1]] = start
        return _apart(self.paths.walked(wide, rows))

    def reordered(self, rng: np.random.Generator) -> np.ndarray:
        """Distances (p, p) in one null draw in which the moves between kept snapshots of each
        trajectory come in another order.

        Raises AnalysisError if the distances are not those of any points in a Euclidean space.
        """
        mixed = self.paths.in_another_order(self.paths.moves(self._at), rng)
        return _apart(self.paths.walked(self._at, mixed))

    @cached_property
    def _at(self) -> np.ndarray:
        """Coordinates (p, r) of all."""
        return coordinates(self.distances)

    @cached_property
    def _start(self) -> np.ndarray:
        """Coordinates (p, r) of what walks begin at, in the space of these places alone; 0 for what
        is walked to.
        """
        stays = np.setdiff1d(np.arange(len(self.distances)), self.paths.child)
        at = coordinates(self.distances[np.ix_(stays, stays)])
        wide = np.zeros((len(self.distances), at.shape[1]))
        wide[stays] = at
        return wide


def walks(
    distances: np.ndarray,
    steps: np.ndarray,
    protocol: np.ndarray | None = None,
    *,
    moves: int = MOVES,
    limit: int = POINTS,
) -> Walks:
    """The walks among m snapshots at `distances` (m, m); `steps` (s, 2): positions of those that
    follow each other.

    protocol, moves, limit: see `thinned`. Raises AnalysisError for what is no distance matrix.
    """
    distances = checked(distances)
    before = reached_from(steps, len(distances))
    thinning = thinned(before, protocol, moves=moves, limit=limit)
    positions, index = thinning.positions, np.full(len(before), -1)
    index[positions] = np.arange(len(positions))
    # from each kept snapshot back to the one before it
    passed = [_way(before, int(v), index) for v in positions if before[v] >= 0]
    child = np.array([index[way[0]] for way in passed], dtype=np.int64)
    parent = np.array([index[way[-1]] for way in passed], dtype=np.int64)
    lengths = np.zeros((len(passed), max(map(len, passed), default=1) - 1))
    for row, way in zip(lengths, passed, strict=True):
        forth = way[::-1]
        row[: len(way) - 1] = distances[forth[:-1], forth[1:]]
    inside = distances[np.ix_(positions, positions)].astype(np.float64)
    return Walks(thinning, (inside + inside.T) / 2, joined(parent, child, len(positions)), lengths)


def coordinates(distances: np.ndarray) -> np.ndarray:
    """Points (n, r) of a Euclidean space at these `distances` (n, n), the first at 0; AnalysisError
    if there are none.
    """
    squared = distances.astype(np.float64) ** 2
    gram = (squared[0][:, None] + squared[0] - squared) / 2
    values, vectors = np.linalg.eigh(gram)
    largest = max(float(values[-1]), 0.0)
    if values[0] < -CURVED * largest:
        raise AnalysisError(
            "these are not distances between points of a Euclidean space, so steps have no"
            " directions"
        )
    real = values > 1e-12 * largest
    return np.asarray((vectors[:, real] * np.sqrt(values[real]))[:, ::-1])  # the widest first


def _way(before: np.ndarray, v: int, index: np.ndarray) -> list[int]:
    """`v`, those it was reached over, and the nearest kept one, where the walk to it began."""
    way = [v, int(before[v])]
    while index[way[-1]] < 0:
        way.append(int(before[way[-1]]))
    return way


def _apart(at: np.ndarray) -> np.ndarray:
    """Distances (p, p) of places `at` (p, r). Pair by pair: a product with threads is slower on a
    busy machine.
    """
    return np.asarray(squareform(pdist(at)))


def _lengths(steps: np.ndarray, d: int, rng: np.random.Generator) -> np.ndarray:
    """(q,) how far one gets by the `steps` (q, c), each in a random direction of R^d: step by step,
    by the cosine of the turn.
    """
    walked = steps[:, 0]
    for step in steps[:, 1:].T:
        along = rng.standard_normal(len(steps))
        across = rng.chisquare(d - 1, len(steps)) if d > 1 else np.zeros(len(steps))
        cosine = along / np.sqrt(along**2 + across)
        walked = np.sqrt(np.maximum(walked**2 + 2 * walked * step * cosine + step**2, 0.0))
    return walked


def _gaussian(q: int, r: int, d: int, rng: np.random.Generator) -> np.ndarray:
    """q rows with the Gram matrix of Gaussian rows in R^d, their first r coordinates as they are,
    the others turned to be few.
    """
    rest = d - r
    if rest < q:
        return rng.standard_normal((q, d))
    rows = np.empty((q, r + q))
    rows[:, :r] = rng.standard_normal((q, r))
    rows[:, r:] = np.tril(rng.standard_normal((q, q)), -1)
    rows[np.arange(q), r + np.arange(q)] = np.sqrt(rng.chisquare(rest - np.arange(q)))
    return rows
