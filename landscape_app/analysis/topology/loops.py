"""The loop of an H1 bar as something to draw: the edge that gives birth to it, closed by the
shortest way round.

With one edge per rank, the cocycle that ripser keeps for a bar consists of the bar's birth edge and
of later edges: it adds only columns of edges that it has met before, and it goes from the longest
down. So in the complex at birth the cocycle is the birth edge alone, and any path between its ends
over earlier edges closes a loop on which the cocycle is 1: a loop that stays essential until the
bar dies. The shortest such path is drawn; cocycles need not be asked for.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from landscape_app.records.pulse import pulse


def draw(distances: np.ndarray, edges: np.ndarray, births: Iterable[int]) -> list[np.ndarray]:
    """The vertices in order of one loop per rank in `births`: from one end of edge births[i] round
    to the other.

    distances (m, m); edges (e, 2) in the order of the filtration, rank 1 first.
    """
    ranks = np.full(distances.shape, len(edges) + 1, dtype=np.int32)
    ranks[edges[:, 0], edges[:, 1]] = ranks[edges[:, 1], edges[:, 0]] = np.arange(1, len(edges) + 1)
    return [_shortest(distances, ranks, edges[rank - 1], rank) for rank in births]


def _shortest(distances: np.ndarray, ranks: np.ndarray, ends: np.ndarray, rank: int) -> np.ndarray:
    """The shortest path between `ends` over the edges of lower rank: Dijkstra from both ends until
    neither can better it.

    From both, because most loops have four vertices and the two balls then hold hardly more than
    the neighbours of the ends.
    """
    pulse()
    sides = [_Side(int(end), len(distances)) for end in ends]
    best, meeting = np.inf, -1
    while True:
        near = [side.next() for side in sides]
        if sum(length for _, length in near) >= best:
            break
        this, other = (0, 1) if near[0][1] <= near[1][1] else (1, 0)
        vertex, length = near[this]
        if not np.isfinite(length):
            raise RuntimeError(
                f"The edge of rank {rank} closes no loop, so it cannot be the birth of one."
            )
        reached = sides[this].settle(vertex, length + distances[vertex], ranks[vertex] < rank)
        if len(reached):
            through = sides[this].way[reached] + sides[other].way[reached]
            if through.min() < best:
                best, meeting = through.min(), int(reached[through.argmin()])
    forth, back = (side.path(meeting) for side in sides)
    return _without_returns(forth + back[::-1][1:])


class _Side:
    """One end's search: `way` (m,) to every vertex reached so far, of which `ahead` are not
    settled, and the vertex before each.
    """

    def __init__(self, end: int, m: int) -> None:
        self.way = np.full(m, np.inf)
        self.ahead = np.full(m, np.inf)
        self.before = np.full(m, -1)
        self.way[end] = self.ahead[end] = 0.0

    def next(self) -> tuple[int, float]:
        vertex = int(self.ahead.argmin())
        return vertex, float(self.ahead[vertex])

    def settle(self, vertex: int, onward: np.ndarray, joined: np.ndarray) -> np.ndarray:
        """The vertices to which the way over `vertex` is shorter; `onward` (m,) are those ways,
        `joined` (m,) its edges.
        """
        self.ahead[vertex] = np.inf
        better = (joined & (onward < self.way)).nonzero()[0]
        self.way[better] = self.ahead[better] = onward[better]
        self.before[better] = vertex
        return better

    def path(self, vertex: int) -> list[int]:
        """From the end to `vertex`."""
        path = [vertex]
        while self.before[path[-1]] >= 0:
            path.append(int(self.before[path[-1]]))
        return path[::-1]


def _without_returns(path: list[int]) -> np.ndarray:
    """`path` without the stretches that come back to a vertex: they have length 0, among
    duplicates.
    """
    simple: list[int] = []
    for vertex in path:
        if vertex in simple:
            del simple[simple.index(vertex) + 1 :]
        else:
            simple.append(vertex)
    return np.array(simple, dtype=np.int64)
