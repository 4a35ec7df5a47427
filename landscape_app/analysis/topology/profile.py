"""The topological landscape profile of a merge tree: valleys within valleys on a line, as wide as
they have vertices, as deep as the loss.

A valley here is one of the drawing: a piece of the graph that is not joined to others by lower
vertices.

Every vertex gets one place on the line. Valleys are stretches of it, within each other as the
components of the sublevel sets are and as long as they have vertices. A saddle stands between the
two valleys that meet at it; where more meet at one vertex, the others touch, and `walls` says where
the line has to rise between two places. With them it has the merge tree of the graph: a mountain
range. Oesterling et al. 2013, Visualizing nD Point Clouds as Topological Landscape Profiles; Chen
et al. 2026, Landscaper, arXiv 2602.07135.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape_app.analysis.topology.sublevel import Sublevel


@dataclass(frozen=True)
class Profile:
    """a arcs of the merge tree over n vertices: first the arcs of each bar, from its minimum up,
    bars in their order.

    left, right: (a,) int64, the stretch [left, right) of the line that an arc and all below it
    take; bottom, top: (a,) where it begins (its minimum, or the saddle that made it) and ends (the
    saddle above; a component's highest value). level: (a,) 0 at a root; parent: (a,) the arc above,
    −1 at a root. vertex: (a,) the minimum or saddle at the bottom. order: (n,) the vertex at each
    place.
    """

    left: np.ndarray
    right: np.ndarray
    bottom: np.ndarray
    top: np.ndarray
    level: np.ndarray
    parent: np.ndarray
    vertex: np.ndarray
    order: np.ndarray

    @property
    def walls(self) -> tuple[np.ndarray, np.ndarray]:
        """(places (w,) ascending, heights (w,)): before each of these places a valley touches the
        one it meets at that height, without a vertex of their saddle between them.
        """
        inner = np.flatnonzero(self.parent >= 0)
        ends = set(zip(self.parent[inner].tolist(), self.right[inner].tolist(), strict=True))
        inner = inner[np.argsort(self.left[inner], kind="stable")]
        touching = np.array(
            [a for a in inner.tolist() if (self.parent[a], self.left[a]) in ends], dtype=np.int64
        )
        return self.left[touching], self.bottom[self.parent[touching]]


def profile(sublevel: Sublevel, values: np.ndarray) -> Profile:
    """The profile of the bars `found` of `values` (n,). The deeper valley of a saddle lies to the
    left. O(n log n + Σ basins).
    """
    values = np.asarray(values, dtype=np.float64)
    tree = _Tree.of(sublevel, values)
    arc = tree.arcs_of(sublevel, values)
    width = np.bincount(arc, minlength=len(tree.bottom))
    for a in tree.upwards():
        if tree.parent[a] >= 0:
            width[tree.parent[a]] += width[a]
    left, order = _laid_out(tree, arc, width, values)
    return Profile(
        left, left + width, tree.bottom, tree.top, tree.level, tree.parent, tree.vertex, order
    )


@dataclass(frozen=True)
class _Tree:
    """The arcs, see Profile; `first` (b + 1,): those of bar j are first[j] … first[j + 1] − 1, from
    its minimum up.
    """

    first: np.ndarray
    bottom: np.ndarray
    top: np.ndarray
    vertex: np.ndarray
    parent: np.ndarray
    level: np.ndarray

    @staticmethod
    def of(sublevel: Sublevel, values: np.ndarray) -> _Tree:
        birth, death, minima = (
            sublevel.diagram.birth,
            sublevel.diagram.death,
            sublevel.diagram.birth_pair[:, 0],
        )
        joins, first, bottom, top, vertex = [], [0], [], [], []
        for bar in range(len(birth)):
            here = np.flatnonzero(sublevel.into == bar)
            heights, one = np.unique(death[here], return_index=True)
            last = death[bar] if np.isfinite(death[bar]) else values[_basin(sublevel, bar)].max()
            joins.append(heights)
            bottom += [birth[bar], *heights]
            top += [*heights, last]
            vertex += [minima[bar], *sublevel.diagram.death_pair[here[one], 0]]
            first.append(len(bottom))
        parent = np.arange(1, len(bottom) + 1)
        level = np.zeros(len(bottom), dtype=np.int64)
        for bar in range(len(birth)):  # an elder bar comes before those that run into it
            end, into = first[bar + 1] - 1, sublevel.into[bar]
            parent[end] = (
                -1 if into < 0 else first[into] + 1 + np.searchsorted(joins[into], death[bar])
            )
            above = -1 if into < 0 else level[parent[end]]
            level[first[bar] : end + 1] = above + np.arange(end + 1 - first[bar], 0, -1)
        return _Tree(
            np.array(first),
            np.array(bottom),
            np.array(top),
            np.array(vertex, dtype=np.int64),
            parent,
            level,
        )

    def arcs_of(self, sublevel: Sublevel, values: np.ndarray) -> np.ndarray:
        """(n,) the arc on which each vertex enters; a saddle is on the arc above it."""
        home = np.zeros(len(values), dtype=np.int64)
        # the smallest basin that a vertex is in comes last
        for bar in np.argsort(-np.diff(sublevel.basin_offsets), kind="stable"):
            home[_basin(sublevel, bar)] = bar
        arc = np.zeros(len(values), dtype=np.int64)
        for bar in range(len(self.first) - 1):
            inside = np.flatnonzero(home == bar) if len(self.first) > 2 else np.arange(len(values))
            joins = self.bottom[self.first[bar] + 1 : self.first[bar + 1]]
            arc[inside] = self.first[bar] + np.searchsorted(joins, values[inside], side="right")
        return arc

    def downwards(self) -> Iterator[int]:
        """Every arc after the one above it."""
        for bar in range(len(self.first) - 1):
            yield from range(int(self.first[bar + 1]) - 1, int(self.first[bar]) - 1, -1)

    def upwards(self) -> Iterator[int]:
        """Every arc after those below it."""
        return reversed(list(self.downwards()))


def _basin(sublevel: Sublevel, bar: int) -> np.ndarray:
    return sublevel.basin_rows[sublevel.basin_offsets[bar] : sublevel.basin_offsets[bar + 1]]


def _laid_out(
    tree: _Tree, arc: np.ndarray, width: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(left (a,), order (n,)): from the roots down, each arc's own vertices as walls outside its
    valleys, the higher the further out.
    """
    sorted_ = np.lexsort((values, arc))
    starts = np.searchsorted(arc[sorted_], np.arange(len(width) + 1))
    below: list[list[int]] = [[] for _ in width]
    left, free = np.zeros(len(width), dtype=np.int64), 0
    order = np.empty(len(values), dtype=np.int64)
    for a in tree.downwards():
        if tree.parent[a] >= 0:
            below[tree.parent[a]].append(a)
        else:
            left[a], free = free, free + width[a]
    for a in sorted(range(len(width)), key=lambda a: tree.level[a]):
        own = sorted_[starts[a] : starts[a + 1]]
        valleys = sorted(below[a], key=lambda v: tree.bottom[_deepest(tree, v)])
        # saddles, one between two valleys
        parting = int(min(max(len(valleys) - 1, 0), (values[own] == tree.bottom[a]).sum()))
        walls = own[parting:]
        place = int(left[a]) + len(walls[1::2])
        order[left[a] : place] = walls[1::2][::-1]
        for i, valley in enumerate(valleys):
            left[valley] = place
            place += width[valley]
            if i < parting:
                order[place] = own[i]
                place += 1
        order[place : place + len(walls[::2])] = walls[::2]
    return left, order


def _deepest(tree: _Tree, arc: int) -> int:
    """The arc with the minimum of the bar that `arc` belongs to."""
    return int(tree.first[np.searchsorted(tree.first, arc, side="right") - 1])
