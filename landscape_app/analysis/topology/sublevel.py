"""Sublevel persistence in degree 0: the pieces of a graph below a loss, and the edge at which each
is joined to one of lower minimum.

Vertices enter at their value, edges at the higher of their ends (the lower-star filtration). Where
two components meet, the one with the higher minimum dies (the elder rule). Edelsbrunner & Harer,
Computational Topology, VII.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from landscape_app.errors import AnalysisError
from landscape_app.records.diagram import Diagram


@dataclass(frozen=True)
class Sublevel:
    """b bars: the essential ones first, one per connected component, then those that die, longest
    first.

    diagram: birth_pair is the minimum twice; death_pair the merging edge (its higher end, the
    saddle, first), −1 if essential. basin_rows, basin_offsets (b + 1,): the basin of bar i is
    basin_rows[basin_offsets[i]:basin_offsets[i + 1]], the vertices of its component just before it
    dies, ascending; all of its connected component if it is essential. into: (b,) the bar it merges
    into, −1 if essential: the branches of the merge tree.
    """

    diagram: Diagram
    basin_rows: np.ndarray
    basin_offsets: np.ndarray
    into: np.ndarray


def persistence(
    edges: np.ndarray, values: np.ndarray, *, heights: np.ndarray | None = None
) -> Sublevel:
    """The bars of `values` (n,) over a simple graph with `edges` (e, 2); those of length 0 are no
    bars and left out.

    heights: (e,) when an edge enters, if not at the higher of its ends (e.g. the barrier along it).
    Of equal minima the one with the smaller index is the elder. Raises AnalysisError for values
    that are not finite (see `persistence_of_finite`), a loop, a double edge, or an edge below one
    of its ends. O(e log e).
    """
    values = np.asarray(values, dtype=np.float64)
    edges = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    if not np.isfinite(values).all():
        raise AnalysisError(
            f"{int((~np.isfinite(values)).sum())} of {len(values)} values are not finite. Leave"
            " those snapshots out."
        )
    order = np.argsort(values, kind="stable")
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = np.arange(len(values))
    one, other = rank[edges].T
    top, low = np.maximum(one, other), np.minimum(one, other)
    if (top == low).any():
        raise AnalysisError("The graph has an edge from a vertex to itself; it must be simple.")
    at = values[order]
    if heights is None:
        heights = at[top]
    elif (np.asarray(heights) < at[top]).any():
        raise AnalysisError("An edge enters before one of its ends.")
    heights = np.asarray(heights, dtype=np.float64)
    return _collect(_merge(*_forest(top, low, heights), at), order, at)


def persistence_of_finite(edges: np.ndarray, values: np.ndarray) -> tuple[Sublevel, np.ndarray]:
    """(bars over the vertices whose value is finite, numbered as given; positions (x,) of the
    vertices left out).

    Leaving vertices out may cut the graph, which shows as more essential bars. Where distances are
    at hand, build the graph on the finite ones instead.
    """
    values = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(values)
    vertices = np.flatnonzero(finite)
    place = np.cumsum(finite) - 1
    inside = edges[finite[edges].all(axis=1)]
    sublevel = persistence(place[inside], values[vertices])
    diagram = sublevel.diagram

    def original(positions: np.ndarray) -> np.ndarray:
        return (
            np.where(positions < 0, -1, vertices[np.maximum(positions, 0)])
            if len(vertices)
            else positions
        )

    renamed = Diagram(
        0,
        diagram.birth,
        diagram.death,
        original(diagram.birth_pair),
        original(diagram.death_pair),
        censored=diagram.censored,
    )
    return Sublevel(
        renamed, original(sublevel.basin_rows), sublevel.basin_offsets, sublevel.into
    ), np.flatnonzero(~finite)


def _forest(
    top: np.ndarray, low: np.ndarray, heights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(top, low, heights) of the edges that join two components (at most n − 1), in the order of
    the filtration.

    scipy's spanning forest finds them in C; the Python loop then sees those only. It is given
    positions from 1 on: an edge of weight 0 would vanish, and equal heights would be put in any
    order.
    """
    if not len(top):
        return top, low, heights
    n = int(top.max()) + 1
    order = np.lexsort((low, top, heights))
    position = np.empty(len(order))
    position[order] = np.arange(1, len(order) + 1)
    matrix = sparse.coo_array((position, (top, low)), shape=(n, n)).tocsr()
    if matrix.nnz < len(order):
        raise AnalysisError("The graph has a double edge; it must be simple.")
    joined = order[np.sort(csgraph.minimum_spanning_tree(matrix).data).astype(np.int64) - 1]
    return top[joined], low[joined], heights[joined]


@dataclass(frozen=True)
class _Merges:
    """What the union-find leaves. Vertices are ranks here, so the root of a component, its smallest
    rank, is its minimum.
    """

    # root that dies, root that lives on, higher and lower end of the edge, height
    bars: list[tuple[int, int, int, int, float]]
    roots: list[int]  # those that never die
    size: list[int]  # of a root's component: when it died, or at the end
    following: list[int]  # the members of a component as a linked list that begins with its root


def _merge(top: np.ndarray, low: np.ndarray, heights: np.ndarray, at: np.ndarray) -> _Merges:
    n, births = len(at), at.tolist()
    parent, tail, size, following = list(range(n)), list(range(n)), [1] * n, [-1] * n
    bars = []

    def root(v: int) -> int:
        while parent[v] != v:
            parent[v] = v = parent[parent[v]]
        return v

    tops, lows, levels = top.tolist(), low.tolist(), heights.tolist()
    for group in _saddles(tops, levels):
        # A saddle joins the eldest of its components first, so that it belongs to none of the
        # basins that end at it.
        for i in group if len(group) == 1 else sorted(group, key=lambda i: root(lows[i])):
            one, other = root(tops[i]), root(lows[i])
            elder, younger = (one, other) if one < other else (other, one)
            if levels[i] > births[younger]:
                bars.append((younger, elder, tops[i], lows[i], levels[i]))
            # The younger list goes to the end of the elder's as a whole: every basin stays one
            # stretch of the final order.
            following[tail[elder]], tail[elder] = younger, tail[younger]
            size[elder] += size[younger]
            parent[younger] = elder
    return _Merges(bars, [v for v in range(n) if parent[v] == v], size, following)


def _saddles(tops: list[int], levels: list[float]) -> Iterator[range]:
    """Ranges of successive edges that enter at once from one vertex."""
    start = 0
    for i in range(1, len(tops) + 1):
        if i == len(tops) or tops[i] != tops[start] or levels[i] != levels[start]:
            yield range(start, i)
            start = i


def _collect(merges: _Merges, order: np.ndarray, at: np.ndarray) -> Sublevel:
    """Bars in their final order, back in the numbering of the vertices."""
    dying = np.array([bar[:4] for bar in merges.bars], dtype=np.int64).reshape(-1, 4)
    death = np.array([bar[4] for bar in merges.bars])
    longest = np.lexsort((dying[:, 0], at[dying[:, 0]] - death))
    dying, death = dying[longest], death[longest]
    roots = np.concatenate([np.array(merges.roots, dtype=np.int64), dying[:, 0]])
    bar_of = np.full(len(at), -1, dtype=np.int64)
    bar_of[roots] = np.arange(len(roots))
    essential = len(merges.roots)
    diagram = Diagram(
        dimension=0,
        birth=at[roots],
        death=np.concatenate([np.full(essential, np.inf), death]),
        birth_pair=np.column_stack([order[roots]] * 2),
        death_pair=np.concatenate([np.full((essential, 2), -1), order[dying[:, 2:]]]),
        censored=np.zeros(len(roots), dtype=bool),
    )
    into = np.concatenate([np.full(essential, -1), bar_of[dying[:, 1]]])
    return Sublevel(diagram, *_basins(merges, roots.tolist(), order), into)


def _basins(merges: _Merges, roots: list[int], order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    place: list[int] = [0] * len(order)
    sequence: list[int] = []
    for v in merges.roots:
        while v >= 0:
            place[v] = len(sequence)
            sequence.append(v)
            v = merges.following[v]
    vertices = order[np.array(sequence, dtype=np.int64)]
    basins = [np.sort(vertices[place[v] : place[v] + merges.size[v]]) for v in roots]
    offsets = np.cumsum([0, *(len(basin) for basin in basins)], dtype=np.int64)
    return np.concatenate([np.empty(0, dtype=np.int64), *basins]), offsets
