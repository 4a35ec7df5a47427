"""Worlds without structure for Rips: the same anchor and jumps, and retraining whose steps keep their lengths but lead nowhere.

Two of them. **Noise**: every step in a uniformly random direction of R^d, d = the number of weights. **Reordered**: the steps of
each trajectory in another order, in whatever Euclidean space the distances come from. Both are made for a bounded number of
snapshots, chosen by epoch and so without regard to where they lie, and need memory for those alone, whatever n and d are:
n Gaussian rows of R^d have the Gram matrix L Lᵀ with L lower-triangular, normals below a diagonal of chis (Bartlett 1933).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial.distance import pdist, squareform

from landscape_app.analysis.topology.graph import checked
from landscape_app.errors import AnalysisError

POINTS = 128  # snapshots of a world: Rips without a threshold takes about 5 ms of them
CURVED = 1e-4  # of the largest eigenvalue: a more negative one is no rounding of float32 distances


@dataclass(frozen=True, eq=False)
class Walks:
    """p snapshots, q of which were reached by walking from another of them, as positions `kept` (p,) into all m.

    distances (p, p) between them. parent (q,), child (q,): indices into the p, every parent before its child; what is no child (the
    anchor, the jumps) stays where it is. steps (q, c): lengths of the retraining steps from parent to child, in order, 0 where
    there are fewer than c. chain (q,): a label of the unbranched stretch that each is on.
    """

    kept: np.ndarray
    distances: np.ndarray
    parent: np.ndarray
    child: np.ndarray
    steps: np.ndarray
    chain: np.ndarray

    def noise(self, parameters: int, rng: np.random.Generator) -> np.ndarray:
        """Distances (p, p) in one world of random directions in R^d, d = `parameters`; step lengths are the same.

        What is not kept is walked through, but by its length only: the sum of steps in random directions has a random direction.
        """
        start = self._start[:, :parameters]
        walked = _lengths(self.steps, parameters, rng)
        rows = _gaussian(len(walked), start.shape[1], parameters, rng)
        rows *= (walked / np.maximum(np.linalg.norm(rows, axis=1), np.finfo(float).tiny))[:, None]
        wide = np.zeros((len(start), rows.shape[1]))
        wide[:, : start.shape[1]] = start
        return self._walked(wide, rows)

    def reordered(self, rng: np.random.Generator) -> np.ndarray:
        """Distances (p, p) in one world in which the moves between kept snapshots of each trajectory come in another order.

        Raises AnalysisError if the distances are not those of any points in a Euclidean space.
        """
        moves = self._at[self.child] - self._at[self.parent]
        order = np.lexsort((rng.random(len(moves)), self.chain))  # within each chain, in the places of that chain
        mixed = np.empty_like(moves)
        mixed[np.argsort(self.chain, kind="stable")] = moves[order]
        return self._walked(self._at[self._origin], mixed)

    def _walked(self, start: np.ndarray, moves: np.ndarray) -> np.ndarray:
        """Distances (p, p) after the `moves` (q, r) from `start` (p, r). A loop: a product with threads is slower on a busy machine."""
        at = start.copy()
        for parent, child, move in zip(self.parent.tolist(), self.child.tolist(), moves, strict=True):
            at[child] = at[parent] + move
        return squareform(pdist(at))

    @cached_property
    def _at(self) -> np.ndarray:
        """Coordinates (p, r) of all."""
        return coordinates(self.distances)

    @cached_property
    def _origin(self) -> np.ndarray:
        """For each of the p the one that its walk begins at; itself if it is none."""
        origin = np.arange(len(self.kept))
        for parent, child in zip(self.parent.tolist(), self.child.tolist(), strict=True):
            origin[child] = origin[parent]
        return origin

    @cached_property
    def _start(self) -> np.ndarray:
        """Coordinates (p, r) of where each one's walk begins, in the space of these places alone."""
        stays = np.setdiff1d(np.arange(len(self.kept)), self.child)
        at = coordinates(self.distances[np.ix_(stays, stays)])
        return at[np.searchsorted(stays, self._origin)]


def walks(distances: np.ndarray, steps: np.ndarray, *, limit: int = POINTS) -> Walks:
    """The walks among m snapshots at `distances` (m, m); `steps` (s, 2): positions of those that follow each other.

    Every c-th snapshot of a walk is kept, and its last, with the smallest c that leaves at most `limit`. Raises AnalysisError
    for what is no distance matrix.
    """
    distances = checked(distances)
    before = _before(np.asarray(steps, dtype=np.int64).reshape(-1, 2), len(distances))
    kept = thinned(before, limit)
    index = np.full(len(before), -1)
    index[kept] = np.arange(len(kept))
    passed = [_way(before, int(v), index) for v in kept if before[v] >= 0]  # from each kept snapshot back to the one before it
    child = np.array([index[way[0]] for way in passed], dtype=np.int64)
    parent = np.array([index[way[-1]] for way in passed], dtype=np.int64)
    lengths = np.zeros((len(passed), max(map(len, passed), default=1) - 1))
    for row, way in zip(lengths, passed, strict=True):
        forth = way[::-1]
        row[: len(way) - 1] = distances[forth[:-1], forth[1:]]
    inside = distances[np.ix_(kept, kept)].astype(np.float64)
    return Walks(kept, (inside + inside.T) / 2, parent, child, lengths, _chains(parent, child, len(kept)))


def thinned(before: np.ndarray, limit: int) -> np.ndarray:
    """Positions (p,) ascending, p ≤ `limit` where possible: all that stay, every end and fork of a walk, every c-th in between.

    If these alone are too many, whole walks are left out, evenly.
    """
    depth = _depths(before)
    children = np.bincount(before[before >= 0], minlength=len(before))
    always = (before < 0) | (children != 1)
    for stride in range(1, int(depth.max()) + 2):
        kept = np.flatnonzero(always | (depth % stride == 0))
        if len(kept) <= limit:
            return kept
    ends = np.flatnonzero((children == 0) & (before >= 0))
    few = ends[np.linspace(0, len(ends) - 1, max(limit // 2, 1)).astype(int)]
    return np.unique(np.concatenate([[0], few, [_root(before, int(v)) for v in few]]))


def coordinates(distances: np.ndarray) -> np.ndarray:
    """Points (n, r) of a Euclidean space at these `distances` (n, n), the first at 0; AnalysisError if there are none."""
    squared = distances.astype(np.float64) ** 2
    gram = (squared[0][:, None] + squared[0] - squared) / 2
    values, vectors = np.linalg.eigh(gram)
    largest = max(float(values[-1]), 0.0)
    if values[0] < -CURVED * largest:
        raise AnalysisError("these are not distances between points of a Euclidean space, so steps have no directions")
    real = values > 1e-12 * largest
    return (vectors[:, real] * np.sqrt(values[real]))[:, ::-1]  # the widest first


def _before(steps: np.ndarray, m: int) -> np.ndarray:
    """(m,) the snapshot from which each was reached, always an earlier one, so that following it ends; −1: none."""
    before = np.full(m, -1)
    for earlier, later in steps[::-1].tolist():
        if earlier < later:
            before[later] = earlier
    return before


def _depths(before: np.ndarray) -> np.ndarray:
    depth = np.zeros(len(before), dtype=np.int64)
    for v, earlier in enumerate(before.tolist()):
        if earlier >= 0:
            depth[v] = depth[earlier] + 1
    return depth


def _root(before: np.ndarray, v: int) -> int:
    while before[v] >= 0:
        v = int(before[v])
    return v


def _way(before: np.ndarray, v: int, index: np.ndarray) -> list[int]:
    """`v`, those it was reached over, and the nearest kept one, where the walk to it began."""
    way = [v, int(before[v])]
    while index[way[-1]] < 0:
        way.append(int(before[way[-1]]))
    return way


def _chains(parent: np.ndarray, child: np.ndarray, p: int) -> np.ndarray:
    """(q,) for each walk the first one of its stretch: a stretch begins where nothing was walked before, or where walks part."""
    walk_to = np.full(p, -1)
    walk_to[child] = np.arange(len(child))
    forks = np.bincount(parent, minlength=p) > 1
    chain = np.arange(len(child))
    for walk, before in enumerate(parent.tolist()):
        if walk_to[before] >= 0 and not forks[before]:
            chain[walk] = chain[walk_to[before]]
    return chain


def _lengths(steps: np.ndarray, d: int, rng: np.random.Generator) -> np.ndarray:
    """(q,) how far one gets by the `steps` (q, c), each in a random direction of R^d: step by step, by the cosine of the turn."""
    walked = steps[:, 0]
    for step in steps[:, 1:].T:
        along = rng.standard_normal(len(steps))
        across = rng.chisquare(d - 1, len(steps)) if d > 1 else np.zeros(len(steps))
        cosine = along / np.sqrt(along**2 + across)
        walked = np.sqrt(np.maximum(walked**2 + 2 * walked * step * cosine + step**2, 0.0))
    return walked


def _gaussian(q: int, r: int, d: int, rng: np.random.Generator) -> np.ndarray:
    """q rows with the Gram matrix of Gaussian rows in R^d, their first r coordinates as they are, the others turned to be few."""
    rest = d - r
    if rest < q:
        return rng.standard_normal((q, d))
    rows = np.empty((q, r + q))
    rows[:, :r] = rng.standard_normal((q, r))
    rows[:, r:] = np.tril(rng.standard_normal((q, q)), -1)
    rows[np.arange(q), r + np.arange(q)] = np.sqrt(rng.chisquare(rest - np.arange(q)))
    return rows
