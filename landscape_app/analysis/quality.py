"""How faithful an embedding is, in numbers with one definition each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from landscape_app.analysis.paths import shortest_paths
from landscape_app.records.pulse import pulse
from landscape_app.seeds import numpy_stream

GRAPH_K = 30  # neighbours in the graph that geodesics follow
ALL_PAIRS = 1_000  # snapshots up to which every pair counts
SAMPLE = 400
TRUSTED = 12  # neighbours that trustworthiness asks about
BLOCK = 2**20  # entries compared at a time


@dataclass(frozen=True)
class Geodesics:
    """Ranks (pairs,) of the shortest-path lengths between the snapshots at `sample` (s,), one per
    pair i < j.
    """

    sample: np.ndarray
    ranks: np.ndarray


def geodesics(distances: np.ndarray, *, seed: int) -> Geodesics:
    """Shortest paths in the graph of the 30 nearest neighbours ∪ minimum spanning tree of
    `distances` (m, m).

    All pairs for m ≤ 1,000, else those among 400 snapshots drawn from the stream (seed,
    "geodesics").
    """
    m = len(distances)
    sample = np.arange(m)
    if m > ALL_PAIRS:
        sample = np.sort(numpy_stream(seed, "geodesics").permutation(m)[:SAMPLE])
    lengths = shortest_paths(distances, GRAPH_K, sample)[:, sample]
    return Geodesics(sample, ranks(lengths[np.triu_indices(len(sample), 1)]))


def demap(reference: Geodesics, coordinates: np.ndarray) -> float | None:
    """DEMaP (Moon et al. 2019): Spearman correlation of geodesic with embedded distances; None if
    either is constant.

    coordinates (m, dims) of all snapshots of the geodesics' cloud.
    """
    at = coordinates[reference.sample].astype(np.float64)
    i, j = np.triu_indices(len(at), 1)
    a, b = reference.ranks - reference.ranks.mean(), ranks(np.linalg.norm(at[i] - at[j], axis=1))
    b = b - b.mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 0 else None


def stress(distances: np.ndarray, coordinates: np.ndarray) -> float:
    """√(Σ(δ_ij − d_ij)² / Σδ_ij²) of the target `distances` (m, m) and the embedded ones."""
    misfit, total = 0.0, 0.0
    for block, embedded in _beside(distances, coordinates):
        misfit += float(np.sum((block - embedded) ** 2))
        total += float(np.sum(block**2))
    return float(np.sqrt(misfit / total)) if total > 0 else 0.0


def fitted(distances: np.ndarray, coordinates: np.ndarray) -> np.ndarray:
    """`coordinates` (m, dims) times the factor Σδ_ij·d_ij / Σd_ij² that makes their stress least:
    for pictures without a unit.
    """
    product, square = 0.0, 0.0
    for block, embedded in _beside(distances, coordinates):
        product += float(np.vdot(block, embedded))
        square += float(np.vdot(embedded, embedded))
    return coordinates * (product / square) if square > 0 else coordinates


def trustworthiness(distances: np.ndarray, coordinates: np.ndarray) -> float | None:
    """Share of neighbourhoods of the picture that are real (Venna & Kaski 2001): 1 −
    2/(m·k·(2m−3k−1)) Σ_i Σ_j max(0, r(i, j) − k).

    j: the k = 12 nearest to i in the picture `coordinates` (m, dims); r: their rank by `distances`
    (m, m), equals sharing the lowest. Fewer than 2k + 1 snapshots: k = (m − 1) // 2; None if that
    is 0. Every row counts; O(k·m²).
    """
    m = len(distances)
    k = min(TRUSTED, (m - 1) // 2)
    if k < 1:
        return None
    near = cKDTree(coordinates).query(coordinates, k + 1)[1]
    # A snapshot is none of its own neighbours, and where many share its place it may not be among
    # those found.
    near = np.take_along_axis(
        near, np.argsort(near == np.arange(m)[:, None], axis=1, kind="stable"), axis=1
    )[:, :k]
    reach = np.take_along_axis(distances, near, axis=1)
    intrusion, rows = 0, max(1, BLOCK // (m * k))
    for first in range(0, m, rows):
        pulse()
        nearer = distances[first : first + rows, None, :] < reach[first : first + rows, :, None]
        intrusion += int(np.maximum(np.count_nonzero(nearer, axis=2) - k, 0).sum())
    return 1.0 - 2.0 * intrusion / (m * k * (2 * m - 3 * k - 1))


def step_over_spread(coordinates: np.ndarray, steps: np.ndarray) -> float | None:
    """Mean embedded distance of consecutive snapshots / mean distance of all m from their centre;
    small means smooth curves.

    coordinates (m, dims) of the distinct snapshots, steps (p, 2) positions of those that follow
    each other on a trajectory.
    """
    at = coordinates.astype(np.float64)
    spread = np.linalg.norm(at - at.mean(axis=0), axis=1).mean()
    if not len(steps) or not spread > 0:
        return None
    return float(np.linalg.norm(at[steps[:, 0]] - at[steps[:, 1]], axis=1).mean() / spread)


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0 of `values` (p,); equal ones share their mean rank. All NaN where one is.

    As scipy.stats.rankdata gives them, which sorts stably: several times as long, for nothing
    where equal ones share a rank.
    """
    if np.isnan(values).any():
        return np.full(len(values), np.nan)
    order = np.argsort(values)
    ascending = values[order]
    first = np.flatnonzero(np.r_[True, ascending[1:] != ascending[:-1]])[: len(values)]
    after = np.r_[first[1:], len(values)]
    shared = np.empty(len(values))
    shared[order] = np.repeat((first + after - 1) / 2.0, after - first)
    return shared


def _beside(
    distances: np.ndarray, coordinates: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Blocks of rows of `distances` with the same block of the embedded ones: of differences, not
    products, so that close pairs keep their digits.
    """
    at = coordinates.astype(np.float64)
    for first in range(0, len(at), 256):
        pulse()
        embedded = np.sqrt(
            sum(np.subtract.outer(axis[first : first + 256], axis) ** 2 for axis in at.T)
        )
        yield distances[first : first + 256], embedded
