"""The affinities between snapshots that PHATE diffuses on: the paper's kernel, and ours, which also looks across trajectories (SCIENCE §5)."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from landscape_app.analysis.topology.graph import minimum_spanning_tree
from landscape_app.errors import AnalysisError

SMALLEST = 1e-4  # affinities below are dropped
JOINT = float(np.exp(-1.0))  # affinity of an edge that joins two components: that of a k-th neighbour


def paper(distances: np.ndarray, trajectory: np.ndarray, *, k: int, k_cross: int, decay: float) -> sparse.csr_array:
    """K_ij = exp(−(d_ij/ε_i)^decay), ε_i the distance to the k-th nearest other snapshot; symmetrised. `trajectory`, `k_cross` play no part."""
    return _symmetric(_towards(distances, _kth(distances, k + 1), decay))


def trajectory_aware(distances: np.ndarray, trajectory: np.ndarray, *, k: int, k_cross: int, decay: float) -> sparse.csr_array:
    """The larger of the paper's kernel and the one of bandwidth ε×_i, the distance to the k×-th nearest snapshot of another trajectory.

    distances (m, m) with no two snapshots equal, trajectory (m,) labels. Where fewer than k× snapshots belong to other
    trajectories, all of them count. Returns (m, m) csr, symmetric.
    """
    near = _towards(distances, _kth(distances, k + 1), decay)
    other = trajectory[:, None] != trajectory
    outside = np.where(other, distances, np.inf)
    counts = np.minimum(k_cross, other.sum(1))
    nearest = np.partition(outside, min(k_cross, len(distances)) - 1, axis=1)[:, : max(k_cross, 1)]
    nearest.sort(axis=1)
    reach = np.where(counts > 0, nearest[np.arange(len(distances)), np.maximum(counts, 1) - 1], 0.0)
    return _symmetric(near.maximum(_towards(outside, reach, decay)))


KERNELS = {"trajectory": trajectory_aware, "paper": paper}


def connect(kernel: sparse.csr_array, distances: np.ndarray) -> tuple[sparse.csr_array, int]:
    """(kernel with its components joined along minimum-spanning-tree edges of affinity e⁻¹, how many such edges were needed)."""
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
    extra = sparse.csr_array((np.full(2 * len(a), JOINT), (np.r_[a, b], np.r_[b, a])), shape=kernel.shape)
    return (kernel + extra).tocsr(), len(joining)


def _kth(distances: np.ndarray, k: int) -> np.ndarray:
    """The k-th smallest of each row (m,), itself counted."""
    if len(distances) < k:
        raise AnalysisError(f"k = {k - 1} nearest snapshots were asked for, but there are only {len(distances)} distinct ones. Lower k.")
    return np.partition(distances, k - 1, axis=1)[:, k - 1]


def _towards(distances: np.ndarray, reach: np.ndarray, decay: float) -> sparse.csr_array:
    """exp(−(d_ij/reach_i)^decay) where it is at least SMALLEST, (m, m) csr; 1 for pairs at distance 0, the diagonal among them."""
    limit = reach * (-np.log(SMALLEST)) ** (1.0 / decay)
    i, j = np.nonzero((distances <= limit[:, None]) & np.isfinite(distances))
    relative = np.divide(distances[i, j], reach[i], out=np.zeros(len(i)), where=distances[i, j] > 0)
    return sparse.csr_array((np.exp(-(relative**decay)), (i, j)), shape=distances.shape)


def _symmetric(kernel: sparse.csr_array) -> sparse.csr_array:
    return ((kernel + kernel.T) / 2).tocsr()
