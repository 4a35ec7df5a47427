"""Graphs on snapshots: the nearest-neighbour graph with the minimum spanning tree in it, simple and
connected, and grids.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from landscape_app.errors import AnalysisError
from landscape_app.records.pulse import pulse

BLOCK = 512  # rows handled at a time, so that no second n × n matrix is held
TOLERANCE = 1e-5  # relative to the largest distance: matrices arrive in float32


@dataclass(frozen=True)
class Graph:
    """A simple graph on n vertices: `edges` (e, 2) int64 with i < j, unique and in ascending order;
    `lengths` (e,) float64.
    """

    n: int
    edges: np.ndarray
    lengths: np.ndarray

    def adjacency(self) -> sparse.csr_array:
        """Symmetric (n, n) matrix of ones. Not of lengths: an edge between duplicates has length 0,
        which sparse routines drop.
        """
        i, j = self.edges.T
        ones = np.ones(2 * len(i), dtype=np.int8)
        return sparse.csr_array(
            (ones, (np.concatenate([i, j]), np.concatenate([j, i]))), shape=(self.n, self.n)
        )

    def components(self) -> np.ndarray:
        """Label (n,) of the connected component of every vertex, from 0."""
        return np.asarray(csgraph.connected_components(self.adjacency(), directed=False)[1])


def checked(distances: np.ndarray) -> np.ndarray:
    """`distances` itself if it is a matrix of distances (n, n); raises AnalysisError naming what is
    wrong with it. O(n²).
    """
    matrix = np.asarray(distances)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) == 0:
        raise AnalysisError(
            f"A distance matrix is square with at least one row; this one has shape {matrix.shape}."
        )
    largest = 0.0
    for start in range(0, len(matrix), BLOCK):
        block = matrix[start : start + BLOCK]
        if not np.isfinite(block).all():
            row = start + int(np.flatnonzero(~np.isfinite(block).all(axis=1))[0])
            raise AnalysisError(
                f"Row {row} of the distance matrix is not finite. Leave diverged snapshots out, by"
                " name."
            )
        largest = max(largest, float(block.max()))
    limit = TOLERANCE * largest
    for start in range(0, len(matrix), BLOCK):
        block = matrix[start : start + BLOCK]
        if np.abs(block - matrix[:, start : start + BLOCK].T).max() > limit:
            raise AnalysisError("The distance matrix is not symmetric.")
        if block.min() < 0 or np.abs(block.diagonal(offset=start)).max() > limit:
            raise AnalysisError(
                "The distance matrix has a negative entry, or one that is not 0 on its diagonal."
            )
    return matrix


def minimum_spanning_tree(distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(edges (n − 1, 2) with i < j, weights (n − 1,) float64), by ascending weight: Prim on the
    matrix, O(n²) time, O(n) memory.

    On the matrix rather than a sparse graph, because there a distance of 0 would be no edge.
    `distances` is taken as checked.
    """
    pulse()
    n = len(distances)
    best = np.array(distances[0])
    nearest = np.zeros(n, dtype=np.int64)
    outside = np.ones(n, dtype=bool)
    outside[0], best[0] = False, np.inf
    edges = np.empty((n - 1, 2), dtype=np.int64)
    weights = np.empty(n - 1)
    closer = np.empty(n, dtype=bool)
    for step in range(n - 1):
        vertex = int(best.argmin())
        edges[step], weights[step] = (nearest[vertex], vertex), best[vertex]
        outside[vertex], best[vertex] = False, np.inf
        row = distances[vertex]
        np.less(row, best, out=closer)
        np.logical_and(closer, outside, out=closer)
        np.copyto(best, row, where=closer)
        np.copyto(nearest, vertex, where=closer)
    order = np.argsort(weights, kind="stable")
    return np.sort(edges[order], axis=1), weights[order]


def neighbours(distances: np.ndarray, k: int) -> np.ndarray:
    """Pairs (i, j), each row i with its k nearest others j and with every other one as near as the
    k-th.

    Ties are all kept, so that the pairs depend on the distances and not on the order of the rows.
    O(n²).
    """
    n = len(distances)
    if not 1 <= k < n:
        raise AnalysisError(
            f"{k} neighbours need at least {max(k, 1) + 1} snapshots; there are {n}. Lower graph_k."
        )
    pairs = []
    for start in range(0, n, BLOCK):
        pulse()
        block = np.array(distances[start : start + BLOCK])
        here = np.arange(len(block))
        # a snapshot is not its own neighbour; its copy, at distance 0, is
        block[here, start + here] = np.inf
        kth = np.partition(block, k - 1, axis=1)[:, k - 1]
        i, j = np.nonzero(block <= kth[:, None])
        pairs.append(np.column_stack([i + start, j]))
    return np.concatenate(pairs)


def nearest_neighbour_graph(distances: np.ndarray, k: int) -> Graph:
    """The k-nearest-neighbour graph of `distances` (n, n) joined with its minimum spanning tree:
    simple and connected.

    An edge joins i and j if either is among the k nearest of the other (ties kept). Raises
    AnalysisError for n ≤ k and for what is no distance matrix. O(n²) time.
    """
    distances = checked(distances)
    near = neighbours(distances, k)
    return _graph(np.concatenate([near, minimum_spanning_tree(distances)[0]]), distances)


def _graph(pairs: np.ndarray, distances: np.ndarray) -> Graph:
    n = len(distances)
    keys = np.unique(pairs.min(axis=1) * n + pairs.max(axis=1))
    edges = np.column_stack([keys // n, keys % n])
    return Graph(n, edges, distances[edges[:, 0], edges[:, 1]].astype(np.float64))


def grid(*shape: int) -> np.ndarray:
    """Edges (e, 2) between axis neighbours of a grid, vertices numbered as `values.reshape(-1)`
    numbers them.
    """
    index = np.arange(int(np.prod(shape))).reshape(shape)
    pairs = []
    for axis in range(len(shape)):
        ends = np.moveaxis(index, axis, 0)
        pairs.append(np.column_stack([ends[:-1].reshape(-1), ends[1:].reshape(-1)]))
    return np.concatenate(pairs)
