"""The paper's statistic: total persistence of a loss over a graph, with the bars that never die
closed at the greatest loss. Horoi et al. 2022, arXiv 2102.00485.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from landscape_app.analysis.topology.graph import neighbours
from landscape_app.analysis.topology.sublevel import persistence


@dataclass(frozen=True)
class PublishedTotals:
    """d0 = Σ over components (M − m_j)² + Σ over finite bars (d − b)², M the greatest loss, m_j the
    least of a component; essential: the first of the two sums. d1 = Σ (M − f)² over the edges
    outside a minimum spanning forest. All in the square of the loss's unit.
    """

    d0: float
    essential: float
    d1: float
    components: int
    bars: int

    @property
    def share(self) -> float | None:
        """The share of d0 that is bars which never die; None where d0 is 0."""
        return self.essential / self.d0 if self.d0 > 0 else None


def neighbour_edges(distances: np.ndarray, k: int, *, farthest: bool = False) -> np.ndarray:
    """Edges (e, 2), i < j, unique, from each of n points to its k nearest: no spanning tree is
    added, so the graph may fall apart. farthest: to its k farthest, as the paper's public release
    takes them. O(n²).
    """
    pairs = neighbours(-distances if farthest else distances, min(k, len(distances) - 1))
    return np.unique(np.sort(pairs, axis=1), axis=0)


def published_totals(edges: np.ndarray, values: np.ndarray) -> PublishedTotals:
    """Of `values` (n,), all finite, over the graph `edges` (e, 2), which is taken as it is."""
    diagram = persistence(edges, values).diagram
    never, greatest = np.isinf(diagram.death), float(values.max())
    essential = float(np.square(greatest - diagram.birth[never]).sum())
    finite = float(np.square(diagram.length[~never]).sum())
    heights = values[edges].max(axis=1)
    # of a loop the last edge to enter stays outside the forest: there it is born
    loops = heights[~_in_forest(edges, heights, len(values))]
    return PublishedTotals(
        essential + finite,
        essential,
        float(np.square(greatest - loops).sum()),
        int(never.sum()),
        int(diagram.finite.sum()),
    )


def _in_forest(edges: np.ndarray, heights: np.ndarray, n: int) -> np.ndarray:
    """Which edges (e,) a minimum spanning forest takes. Edges are weighed by their place in the
    order, from 1 on, because a weight of 0 is no edge to scipy.
    """
    order = np.argsort(heights, kind="stable")
    place = np.empty(len(order))
    place[order] = np.arange(1, len(order) + 1)
    matrix = sparse.coo_array((place, (edges[:, 0], edges[:, 1])), shape=(n, n)).tocsr()
    taken = csgraph.minimum_spanning_tree(matrix).data.astype(np.int64)
    inside = np.zeros(len(edges), dtype=bool)
    inside[order[taken - 1]] = True
    return inside
