"""How faithful an embedding is, in numbers with one definition each (end of SCIENCE §5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from landscape_app.analysis.topology.graph import nearest_neighbour_graph
from landscape_app.seeds import numpy_stream

GRAPH_K = 30  # neighbours in the graph that geodesics follow
ALL_PAIRS = 1_000  # snapshots up to which every pair counts
SAMPLE = 400


@dataclass(frozen=True)
class Geodesics:
    """Ranks (pairs,) of the shortest-path lengths between the snapshots at `sample` (s,), one per pair i < j."""

    sample: np.ndarray
    ranks: np.ndarray


def geodesics(distances: np.ndarray, *, seed: int) -> Geodesics:
    """Shortest paths in the graph of the 30 nearest neighbours ∪ minimum spanning tree of `distances` (m, m).

    All pairs for m ≤ 1,000, else those among 400 snapshots drawn from the stream (seed, "geodesics").
    """
    m = len(distances)
    sample = np.arange(m)
    if m > ALL_PAIRS:
        sample = np.sort(numpy_stream(seed, "geodesics").permutation(m)[:SAMPLE])
    lengths = dijkstra(_graph(distances), indices=sample)[:, sample]
    return Geodesics(sample, ranks(lengths[np.triu_indices(len(sample), 1)]))


def demap(reference: Geodesics, coordinates: np.ndarray) -> float | None:
    """DEMaP (Moon et al. 2019): Spearman correlation of geodesic with embedded distances; None if either is constant.

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
    at = coordinates.astype(np.float64)
    for first in range(0, len(at), 256):  # differences, not products: close pairs keep their digits
        block = distances[first : first + 256]
        embedded = np.sqrt(sum(np.subtract.outer(axis[first : first + 256], axis) ** 2 for axis in at.T))
        misfit += float(np.sum((block - embedded) ** 2))
        total += float(np.sum(block**2))
    return float(np.sqrt(misfit / total)) if total > 0 else 0.0


def step_over_spread(coordinates: np.ndarray, steps: np.ndarray) -> float | None:
    """Mean embedded distance of consecutive snapshots / mean distance of all m from their centre; small means smooth curves.

    coordinates (m, dims) of the distinct snapshots, steps (p, 2) positions of those that follow each other on a trajectory.
    """
    at = coordinates.astype(np.float64)
    spread = np.linalg.norm(at - at.mean(axis=0), axis=1).mean()
    if not len(steps) or not spread > 0:
        return None
    return float(np.linalg.norm(at[steps[:, 0]] - at[steps[:, 1]], axis=1).mean() / spread)


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0 of `values` (p,); equal ones share their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - 0.5 * (counts + 1))[inverse]


def _graph(distances: np.ndarray) -> sparse.csr_array:
    graph = nearest_neighbour_graph(distances, min(GRAPH_K, len(distances) - 1))
    i, j = graph.edges.T
    lengths = np.maximum(graph.lengths, np.finfo(np.float64).tiny)  # in a sparse matrix a length of 0 would be no edge
    return sparse.csr_array((np.r_[lengths, lengths], (np.r_[i, j], np.r_[j, i])), shape=distances.shape)
