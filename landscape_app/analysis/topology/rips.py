"""Rips persistence of snapshots: H0 as the minimum spanning tree, H1 (and H2) by ripser, every bar
located, loops drawn.

Distances are replaced by their ranks before ripser sees them and put back afterwards, which makes
its answer exact (it computes in float32), breaks ties, leaves no edge of length 0 to be dropped,
and says at which pair a bar is born and dies. Whether its H1 is more than chance is another
question: see `significance`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landscape_app.analysis.topology import ripser_process
from landscape_app.analysis.topology.graph import checked, minimum_spanning_tree
from landscape_app.analysis.topology.loops import draw
from landscape_app.errors import AnalysisError
from landscape_app.records.diagram import Diagram
from landscape_app.records.pulse import pulse

LIMIT = 2000  # snapshots that ripser is given for H1; more are subsampled
# snapshots that it is given for H2, which takes about as long of these as H1 does of four times as
# many
VOIDS = 500
# loops that are drawn, of the longest bars: noise in many dimensions has several times as many as
# snapshots
DRAWN = 1000
# neighbours among which a third snapshot is looked for first; edges that are then looked at at a
# time
NEAREST, BLOCK = 8, 1024
ABOVE = 1.25  # times the last birth: loops of trajectories die soon after
# edges from which ripser has a process of its own: less takes about as long as starting one
MANY = 150_000
MOST = 5793  # snapshots whose pairs float32 can number exactly (2**24)


@dataclass(frozen=True)
class Rips:
    """Rips persistence of n snapshots in the unit of their distances; positions index all n.

    h0: n bars born at 0, the essential one first, then one per edge of the minimum spanning tree by
    descending length (those of duplicates have length 0). h1, h2 (None if not asked for): longest
    first, those alive at `threshold` (`censored`) before them. cycle_rows, cycle_offsets: the loop
    of bar i of h1 is cycle_rows[cycle_offsets[i]:cycle_offsets[i + 1]], in order, closed by the
    edge at which the bar is born (nothing after the first DRAWN bars). threshold: the distance at
    which H1 stops, edges of this length included. points (m,): the snapshots that H1 was computed
    on. radius: every snapshot is at most so far from one of them; error: H1's bars are those of all
    n to within this (bottleneck distance) as far as they lie under the threshold, 0 if m = n.
    void_points, void_radius, void_error: the same of H2, which stops at the same threshold; none
    and 0 where it was not asked for.
    """

    h0: Diagram
    h1: Diagram
    h2: Diagram | None
    cycle_rows: np.ndarray
    cycle_offsets: np.ndarray
    threshold: float
    points: np.ndarray
    radius: float
    void_points: np.ndarray
    void_radius: float

    @property
    def error(self) -> float:
        """Chazal, de Silva & Oudot 2014, Theorem 5.2: twice the Gromov-Hausdorff distance, itself
        at most `radius`.
        """
        return 2 * self.radius

    @property
    def void_error(self) -> float:
        """The same bound for H2."""
        return 2 * self.void_radius


def persistence(
    distances: np.ndarray,
    *,
    quantile: float = 0.25,
    dimension: int = 1,
    limit: int = LIMIT,
    voids: int = VOIDS,
) -> Rips:
    """Rips persistence of `distances` (n, n) up to `dimension` 1 or 2; H1 and H2 stop at this
    quantile of the distances.

    To compare runs, divide the distances by ‖θo‖ first. More than `limit` (≤ 5,793) snapshots: H1
    is that of a farthest-point subsample that begins at snapshot 0; more than `voids`, so is H2. H0
    is always complete and of all. Raises AnalysisError for what is no distance matrix.
    """
    distances = checked(distances)
    _check_settings(quantile, dimension, voids, limit)
    points, radius = farthest_points(distances, limit)
    inside = _of(distances, points)
    edges, lengths, threshold = _short_edges(inside, quantile)
    ranks = _in_order(_ripser(len(points), edges, 1)[0], lengths)
    loops = [points[loop] for loop in draw(inside, edges, ranks[:DRAWN, 0])]
    sizes = [len(loop) for loop in loops] + [0] * (len(ranks) - len(loops))
    fewer, wider = np.empty(0, dtype=np.int64), 0.0
    if dimension == 2:
        fewer, wider = farthest_points(distances, min(voids, limit))
    return Rips(
        h0=spanning_bars(distances),
        h1=_located(ranks, points[edges], lengths, 1),
        h2=_voids(_of(distances, fewer), fewer, threshold) if dimension == 2 else None,
        cycle_rows=np.concatenate([np.empty(0, dtype=np.int64), *loops]),
        cycle_offsets=np.cumsum([0, *sizes], dtype=np.int64),
        threshold=threshold,
        points=points,
        radius=radius,
        void_points=fewer,
        void_radius=wider,
    )


def _check_settings(quantile: float, dimension: int, voids: int, limit: int) -> None:
    """Raise AnalysisError for what no filtration can be made with."""
    if (
        not 0 < quantile <= 1
        or dimension not in (1, 2)
        or not 1 <= min(voids, limit) <= limit <= MOST
    ):
        raise AnalysisError(
            f"The quantile is in (0, 1], the dimension 1 or 2, the limit 1-{MOST}; given were"
            f" {quantile}, {dimension} and {limit}."
        )


def _of(distances: np.ndarray, points: np.ndarray) -> np.ndarray:
    return distances if len(points) == len(distances) else distances[np.ix_(points, points)]


def _voids(inside: np.ndarray, points: np.ndarray, threshold: float) -> Diagram:
    """H2 of the snapshots `points` at distances `inside`, up to `threshold`."""
    edges, lengths, _ = _short_edges(inside, 1.0)
    count = int(np.searchsorted(lengths, threshold, side="right"))
    edges, lengths = edges[:count], lengths[:count]
    return _located(
        _in_order(_ripser(len(points), edges, 2)[1], lengths), points[edges], lengths, 2
    )


def finite_loops(distances: np.ndarray) -> np.ndarray:
    """Lengths (b,) of the bars of H1, the longest first, of the whole filtration of a few
    snapshots: nothing is censored.

    Not located, not drawn: for null draws that are only counted. ripser stops a little above the
    last birth, and goes on to the end only if a bar is alive there. 6 ms at n = 221 for
    trajectories, five times as long for a cloud without order; 2 ms without loops.
    """
    births = loop_births(distances)
    if not len(births):
        return np.empty(0)
    enclosing = float(distances.max(axis=1).min())
    for threshold in (ABOVE * float(births.max()), enclosing):
        edges, lengths = _edges_up_to(distances, min(threshold, enclosing))
        ranks = _in_order(_ripser(len(distances), edges, 1)[0], lengths)
        if ranks[:, 1].all():
            break
    return np.asarray(lengths[ranks[:, 1] - 1] - lengths[ranks[:, 0] - 1])


def loop_births(distances: np.ndarray) -> np.ndarray:
    """Lengths of edges, among them all at which a bar of H1 is born: no other snapshot is nearer to
    both ends than they are to each other.

    Any other edge comes with a triangle whose other edges are there before it, so it closes no
    loop. What is left is the relative neighbourhood graph (Toussaint 1980); its minimum spanning
    tree closes none either. O(n²) for clouds, O(n³) at worst.
    """
    n = len(distances)
    each, nearest = (
        np.arange(n),
        np.argpartition(distances, min(NEAREST, n - 1), axis=1)[:, : NEAREST + 1],
    )
    empty = np.triu(np.ones((n, n), dtype=bool), 1)
    for third in nearest.T:  # finds most of what lies between
        empty &= np.maximum(distances[each, third][:, None], distances[third]) >= distances
    i, j = np.nonzero(empty)
    lone = np.zeros((n, n), dtype=bool)
    for block in np.array_split(np.arange(len(i)), len(i) // BLOCK + 1):
        u, v = i[block], j[block]
        lone[u, v] = np.maximum(distances[u], distances[v]).min(axis=1) >= distances[u, v]
    tree, _ = minimum_spanning_tree(distances)
    lone[tree[:, 0], tree[:, 1]] = False
    return np.asarray(distances[lone])


def spanning_bars(distances: np.ndarray) -> Diagram:
    """H0 of the Rips filtration of `distances` (n, n): all n bars, the essential one first, each
    dying at an edge of the tree.
    """
    edges, weights = minimum_spanning_tree(distances)
    n = len(distances)
    return Diagram(
        dimension=0,
        birth=np.zeros(n),
        death=np.concatenate([[np.inf], weights[::-1]]),
        # all are born at once: the elder rule tells none from another
        birth_pair=np.full((n, 2), -1),
        death_pair=np.concatenate([np.full((1, 2), -1), edges[::-1]]),
        censored=np.zeros(n, dtype=bool),
    )


def farthest_points(distances: np.ndarray, count: int) -> tuple[np.ndarray, float]:
    """(positions (m,) ascending, radius): snapshot 0, then again and again the one farthest from
    all taken, until `count`.

    Every snapshot is within `radius` of one of them. Stops early where only duplicates are left.
    O(n · count).
    """
    n = len(distances)
    if n <= count:
        return np.arange(n), 0.0
    points, near = [0], np.array(distances[0])
    while len(points) < count and near.max() > 0:
        points.append(int(near.argmax()))
        np.minimum(near, distances[points[-1]], out=near)
    return np.sort(points), float(near.max())


def _short_edges(distances: np.ndarray, quantile: float) -> tuple[np.ndarray, np.ndarray, float]:
    """(edges (e, 2) in order of length, lengths (e,), threshold): all pairs up to the quantile,
    ties with the last one included.

    The edge of rank r, counted from 1, is edges[r − 1]. Beyond the enclosing radius (where one
    snapshot is joined to all others) nothing is alive any more, so the threshold never exceeds it.
    """
    lengths = distances[np.triu_indices(len(distances), 1)].astype(np.float64)
    if not len(lengths):
        return np.empty((0, 2), dtype=np.int64), lengths, 0.0
    count = max(1, math.ceil(quantile * len(lengths)))
    threshold = min(
        float(np.partition(lengths, count - 1)[count - 1]), float(distances.max(axis=1).min())
    )
    return *_edges_up_to(distances, threshold), threshold


def _edges_up_to(distances: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """(edges (e, 2) in order of length, lengths (e,)): all pairs that are no further apart."""
    i, j = np.triu_indices(len(distances), 1)
    lengths = distances[i, j].astype(np.float64)
    short = np.flatnonzero(lengths <= threshold)
    short = short[np.argsort(lengths[short], kind="stable")]
    return np.column_stack([i[short], j[short]]), lengths[short]


def _ripser(n: int, edges: np.ndarray, dimension: int) -> list[np.ndarray]:
    """Per dimension from 1, the ranks (b, 2) of birth and death; death 0 for a bar that is alive at
    the threshold.

    ripser's sparse input: an upper triangle of unique pairs and nothing on the diagonal, or its
    answer is silently another.
    """
    if not len(edges):
        return [np.empty((0, 2), dtype=np.int64)] * dimension
    pulse()
    bars = (
        ripser_process.bars(n, edges, dimension)
        if len(edges) > MANY
        else ripser_process.computed(n, edges, dimension)
    )
    return [
        np.where(np.isfinite(pairs), pairs, 0).astype(np.int64).reshape(-1, 2) for pairs in bars
    ]


def _in_order(ranks: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """`ranks` (b, 2) without bars of length 0 (between edges of equal length): the censored by
    birth, then the longest first.
    """
    birth, death = lengths[ranks[:, 0] - 1], lengths[ranks[:, 1] - 1]
    censored = ranks[:, 1] == 0
    length = np.where(censored, np.inf, death - birth)
    order = np.lexsort((ranks[:, 0], -length))
    return ranks[order[length[order] > 0]]


def _located(ranks: np.ndarray, pairs: np.ndarray, lengths: np.ndarray, dimension: int) -> Diagram:
    """The bars with lengths in place of ranks; `pairs` (e, 2): the snapshots of every edge in order
    of length.
    """
    censored = ranks[:, 1] == 0
    return Diagram(
        dimension=dimension,
        birth=lengths[ranks[:, 0] - 1],
        death=np.where(censored, np.inf, lengths[ranks[:, 1] - 1]),
        birth_pair=pairs[ranks[:, 0] - 1],
        death_pair=np.where(censored[:, None], -1, pairs[ranks[:, 1] - 1]),
        censored=censored,
    )
