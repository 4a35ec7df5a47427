"""Shortest paths through a cloud, from neighbour to nearest neighbour: the distances along what the
snapshots lie on.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components, dijkstra

from landscape_app.analysis.topology.graph import nearest_neighbour_graph, neighbours
from landscape_app.records.pulse import pulse

STARTS = 64  # snapshots from which paths are looked for in one go


def shortest_paths(distances: np.ndarray, k: int, start: np.ndarray | None = None) -> np.ndarray:
    """Lengths (s, m) of the shortest paths from the snapshots at `start` (s,), or from all, to
    every one; float64, all finite.

    They run in the graph of the `k` nearest neighbours (all others, where there are fewer) ∪
    minimum spanning tree of `distances` (m, m). Cost: about s·k·m·log m.
    """
    graph = nearest_neighbour_graph(distances, min(k, len(distances) - 1))
    i, j = graph.edges.T
    # in a sparse matrix a length of 0 would be no edge
    lengths = np.maximum(graph.lengths, np.finfo(np.float64).tiny)
    both = sparse.csr_array(
        (np.r_[lengths, lengths], (np.r_[i, j], np.r_[j, i])), shape=distances.shape
    )
    begin = np.arange(len(distances)) if start is None else start
    blocks = []
    for part in np.array_split(begin, max(1, len(begin) // STARTS)):
        pulse()
        blocks.append(dijkstra(both, indices=part))
    return np.concatenate(blocks)


def pieces(distances: np.ndarray, k: int) -> int:
    """Connected components of the graph of the `k` nearest neighbours alone, without the spanning
    tree. O(m²).
    """
    m = len(distances)
    i, j = neighbours(distances, min(k, m - 1)).T
    return int(
        connected_components(
            sparse.csr_array((np.ones(len(i), dtype=np.int8), (i, j)), shape=(m, m)), directed=False
        )[0]
    )
