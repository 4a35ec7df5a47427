"""Total persistence of one graph's vertices again and again with other values: what a null model
needs, without the bars.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from landscape_app.records.pulse import pulse


class Totals:
    """A graph of n vertices, `edges` (e, 2), whose sublevel persistence is asked for many times."""

    def __init__(self, edges: np.ndarray, n: int) -> None:
        edges = np.sort(np.asarray(edges, dtype=np.int64).reshape(-1, 2), axis=1)
        order = np.lexsort((edges[:, 1], edges[:, 0]))
        self.i, self.j = (np.ascontiguousarray(ends, dtype=np.int32) for ends in edges[order].T)
        self.n, self.indptr = n, np.searchsorted(self.i, np.arange(n + 1)).astype(np.int32)
        _, self.component = csgraph.connected_components(
            self._matrix(np.ones(len(edges))), directed=False
        )

    def of(self, values: np.ndarray) -> float:
        """Σ of the finite bars of `values` (n,), all finite. 0.5 ms at n = 821 with 20
        neighbours.
        """
        pulse()
        order = np.argsort(values, kind="stable")
        rank = np.empty(self.n, dtype=np.int64)
        rank[order] = np.arange(self.n)
        return float((self._shares(rank) * (values[order] - values[order[0]])).sum())

    def _matrix(self, heights: np.ndarray) -> sparse.csr_array:
        return sparse.csr_array((heights, self.j, self.indptr), shape=(self.n, self.n))

    def _shares(self, rank: np.ndarray) -> np.ndarray:
        """(n,) how often each value, from the lowest up, counts in the total persistence of
        vertices in the order `rank` (n,).

        Every vertex but a component's lowest dies at one edge of the spanning forest (mostly at
        once), and every edge kills one: the sum of the bars is that of the forest's heights less
        that of all values, the lowest of each component excepted.
        """
        heights = np.maximum(rank[self.i], rank[self.j]) + 1.0
        forest = csgraph.minimum_spanning_tree(self._matrix(heights)).data
        lowest = np.full(int(self.component.max()) + 1, self.n)
        np.minimum.at(lowest, self.component, rank)
        counts = np.bincount(forest.astype(np.int64) - 1, minlength=self.n) - 1
        counts[lowest] += 1
        return counts
