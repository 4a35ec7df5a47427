"""The affinities between snapshots that PHATE diffuses on: the paper's kernel, and ours, which also
looks across trajectories.

K_ij = exp(−(d_ij/ε_i)^decay), ε_i the distance to the k-th nearest other snapshot; entries below
1e-4 are dropped, then (K + Kᵀ)/2 (Moon et al. 2019, with the release's k = 5 and decay 40).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from landscape_app.analysis.topology.graph import minimum_spanning_tree
from landscape_app.errors import AnalysisError
from landscape_app.records.pulse import pulse

SMALLEST = 1e-4  # affinities below are dropped
BLOCK = 32  # rows treated at a time: they stay in the cache, for a quarter of the time
# affinity of an edge that joins two components: that of a k-th neighbour
JOINT = float(np.exp(-1.0))
# (ε (rows, 1), distances (rows, m), first row) -> (rows, 1) or (rows, m)
Bandwidth = Callable[[np.ndarray, np.ndarray, int], np.ndarray]


def paper(
    distances: np.ndarray, trajectory: np.ndarray, *, k: int, k_cross: int, decay: float
) -> sparse.csr_array:
    """K_ij = exp(−(d_ij/ε_i)^decay), ε_i the distance to the k-th nearest other snapshot;
    symmetrised. `trajectory`, `k_cross` play no part.
    """
    return _kernel(distances, k, decay, lambda near, block, first: near)


def trajectory_aware(
    distances: np.ndarray, trajectory: np.ndarray, *, k: int, k_cross: int, decay: float
) -> sparse.csr_array:
    """The larger of the paper's kernel and the one of bandwidth ε×_i, the distance to the k×-th
    nearest snapshot of another trajectory.

    distances (m, m) with no two snapshots equal, trajectory (m,) labels. Where fewer than k×
    snapshots belong to other trajectories, all of them count. Returns (m, m) csr, symmetric.
    """

    def widened(near: np.ndarray, block: np.ndarray, first: int) -> np.ndarray:
        """The larger bandwidth is the larger kernel."""
        other = trajectory[first : first + len(block), None] != trajectory
        counts = np.minimum(k_cross, other.sum(axis=1))
        nearest = np.partition(
            np.where(other, block, np.inf), min(k_cross, block.shape[1]) - 1, axis=1
        )[:, :k_cross]
        nearest.sort(axis=1)
        across = np.where(
            counts > 0, nearest[np.arange(len(block)), np.maximum(counts, 1) - 1], 0.0
        )
        return np.where(other, np.maximum(near, across[:, None]), near)

    return _kernel(distances, k, decay, widened)


KERNELS = {"trajectory": trajectory_aware, "paper": paper}


def connect(kernel: sparse.csr_array, distances: np.ndarray) -> tuple[sparse.csr_array, int]:
    """(kernel with its components joined along minimum-spanning-tree edges of affinity e⁻¹, how
    many such edges were needed).
    """
    count, component = connected_components(kernel, directed=False)
    if count == 1:
        return kernel, 0
    edges, _ = minimum_spanning_tree(distances)  # shortest first
    joining = []
    for a, b in edges:
        if component[a] != component[b]:
            component = np.where(component == component[b], component[a], component)
            joining.append((a, b))
    a, b = np.array(joining).T
    extra = sparse.csr_array(
        (np.full(2 * len(a), JOINT), (np.r_[a, b], np.r_[b, a])), shape=kernel.shape
    )
    return (kernel + extra).tocsr(), len(joining)


def _kernel(distances: np.ndarray, k: int, decay: float, bandwidth: Bandwidth) -> sparse.csr_array:
    """exp(−(d_ij/ε_ij)^decay) where it is at least SMALLEST, symmetrised; 1 for pairs at distance
    0, the diagonal among them.
    """
    m = len(distances)
    if m <= k:
        raise AnalysisError(
            f"k = {k} nearest snapshots were asked for, but there are only {m} distinct ones."
            " Lower k."
        )
    furthest = (-np.log(SMALLEST)) ** (1.0 / decay)
    parts = []
    for first in range(0, m, BLOCK):
        pulse()
        block = distances[first : first + BLOCK]
        # each is the nearest to itself
        reach = bandwidth(np.partition(block, k, axis=1)[:, k : k + 1], block, first)
        i, j = np.nonzero(block <= reach * furthest)
        apart, width = block[i, j], np.broadcast_to(reach, block.shape)[i, j]
        relative = np.divide(apart, width, out=np.zeros(len(i)), where=apart > 0)
        parts.append((i + first, j, np.exp(-(relative**decay))))
    i, j, values = (np.concatenate(part) for part in zip(*parts, strict=True))
    return _symmetric(sparse.csr_array((values, (i, j)), shape=distances.shape))


def _symmetric(kernel: sparse.csr_array) -> sparse.csr_array:
    return ((kernel + kernel.T) / 2).tocsr()
