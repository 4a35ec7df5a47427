"""Which snapshots a null model of loops is made of: chosen by epoch, seed and step size, and so
without regard to where they lie.

A null needs power. The moves of a perfect circle of k moves close to as long a loop in 2k of their
k! orders: with 5 moves no p can be below 0.083, with 10 it is the number of null draws that bounds
it. So every trajectory keeps at least 10 moves, or all it has.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

MOVES = 10  # that a trajectory keeps at least, where it has as many
POINTS = 320  # snapshots of a null draw at most: Rips without a threshold takes about 0.1 s of them


@dataclass(frozen=True, eq=False)
class Thinning:
    """The positions (p,), ascending, that are kept of so many `snapshots`.

    every (k,): of each kept trajectory one snapshot in so many. moves (k,): how many moves are left
    of it. trajectories: how many there are that have moves; those that are not kept are left out
    whole.
    """

    positions: np.ndarray
    snapshots: int
    every: np.ndarray
    moves: np.ndarray
    trajectories: int

    @property
    def words(self) -> str:
        """217 of 817 snapshots (one in 4 of each trajectory, 10 moves each)."""
        every, moves = _span(self.every), _span(self.moves)
        words = (
            f"{len(self.positions)} of {self.snapshots} snapshots"
            f" ({'every one' if every == '1' else f'one in {every}'} of each trajectory, "
        )
        words += f"{moves} {'move' if moves == '1' else 'moves'} each)"
        left = self.trajectories - len(self.moves)
        words += (
            f"; {left} of {self.trajectories} trajectories are left out, as {POINTS} snapshots are"
            " the most"
            if left
            else ""
        )
        few = int((self.moves < MOVES).sum())
        if few == len(self.moves):
            return f"{words}; that is fewer than {MOVES}, so every snapshot is kept"
        whose = (
            "1 trajectory has fewer and keeps"
            if few == 1
            else f"{few} trajectories have fewer and keep"
        )
        return f"{words}; {whose} every snapshot" if few else words


def thinned(
    before: np.ndarray,
    protocol: np.ndarray | None = None,
    *,
    moves: int = MOVES,
    limit: int = POINTS,
) -> Thinning:
    """Of each trajectory every c-th snapshot, with the largest c that leaves at least `moves`
    moves; c = 1 where it has fewer.

    before (m,): as `paths.reached_from` gives it. protocol (m, 2): seed and step size of each
    snapshot; a negative seed is on no trajectory (the anchor) and always kept. If more than `limit`
    were kept, whole trajectories are left out, evenly over seeds and step sizes. Without a protocol
    every walk is a trajectory of its own. Where walks part is kept, so that each is walked from
    there.
    """
    children = np.bincount(before[before >= 0], minlength=len(before))
    off = (before < 0) & (children == 0) if protocol is None else protocol[:, 0] < 0
    ends = np.flatnonzero((children == 0) & ~off)
    ways = [_way(before, int(end)) for end in ends]
    every = [max(1, (len(way) - 1) // moves) for way in ways]
    forks = set(np.flatnonzero(children > 1).tolist())
    positions = set(np.flatnonzero(off).tolist())
    chosen: list[int] = []
    for i in evenly(
        np.column_stack([ends, np.zeros(len(ends))]) if protocol is None else protocol[ends]
    ):
        more = positions.union(ways[i][:: every[i]], forks.intersection(ways[i]))
        if chosen and len(more) > limit:
            break
        positions = more
        chosen.append(i)
    walked = [i for i in chosen if len(ways[i]) > 1]
    return Thinning(
        positions=np.array(sorted(positions), dtype=np.int64),
        snapshots=len(before),
        every=np.array([every[i] for i in walked], dtype=np.int64),
        moves=np.array([(len(ways[i]) - 1) // every[i] for i in walked], dtype=np.int64),
        trajectories=sum(len(way) > 1 for way in ways),
    )


def evenly(cells: np.ndarray) -> list[int]:
    """An order of the `cells` (n, 2) of a table, its first k spread evenly, for every k: a full
    table's rows, and columns, differ by 1 at most.
    """
    (rows, row), (columns, column) = (np.unique(part, return_inverse=True) for part in cells.T)
    high, wide = max(len(rows), 1), max(len(columns), 1)
    # after so many diagonal steps one comes back to a cell, and goes on beside it
    turn = math.lcm(high, wide)
    number = {(m % high, (m + m // turn) % wide): m for m in range(high * wide)}
    return sorted(range(len(cells)), key=lambda i: number[int(row[i]), int(column[i])])


def smallest_p(moves: int, repeats: int) -> float:
    """The smallest p that a loop of one trajectory of so many moves is expected to get from so many
    null draws.
    """
    alike = 2 / math.factorial(moves - 1) if 2 < moves < 100 else float(moves < 3)
    return max(1 / (1 + repeats), min(alike, 1.0))


def _way(before: np.ndarray, end: int) -> list[int]:
    """From where the walk to `end` began, over all snapshots, to it."""
    way = [end]
    while before[way[-1]] >= 0:
        way.append(int(before[way[-1]]))
    return way[::-1]


def _span(values: np.ndarray) -> str:
    low, high = int(values.min(initial=10**9)), int(values.max(initial=0))
    return str(high) if low >= high else f"{low}-{high}"
