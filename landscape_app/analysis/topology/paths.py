"""The ways that retraining went, as a forest of snapshots: what each was reached from, and which
moves may change places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Paths:
    """q moves between p snapshots: move i goes from parent[i] to child[i], both (q,), and every
    parent comes before its child.

    chain (q,): a label of the unbranched stretch that each move is on. What is no child (the
    anchor, the jumps) stays where it is.
    """

    parent: np.ndarray
    child: np.ndarray
    chain: np.ndarray

    def moves(self, at: np.ndarray) -> np.ndarray:
        """The moves (q, …) between places, or values, `at` (p, …)."""
        changes: np.ndarray = at[self.child] - at[self.parent]
        return changes

    def in_another_order(self, moves: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """`moves` (q, …), those of each chain in a random order, in the places of that chain: every
        order is as likely.
        """
        order = np.lexsort((rng.random(len(moves)), self.chain))
        mixed = np.empty_like(moves)
        mixed[np.argsort(self.chain, kind="stable")] = moves[order]
        return mixed

    def walked(self, start: np.ndarray, moves: np.ndarray) -> np.ndarray:
        """Where all p are after the `moves` (q, …) from `start` (p, …), of which only what is no
        child counts.
        """
        at = start.copy()
        for parent, child, move in zip(
            self.parent.tolist(), self.child.tolist(), moves, strict=True
        ):
            at[child] = at[parent] + move
        return at


def reached_from(steps: np.ndarray, m: int) -> np.ndarray:
    """(m,) the snapshot from which each was reached by one of `steps` (s, 2), −1: none. Always an
    earlier one, so that following ends.
    """
    before = np.full(m, -1)
    for earlier, later in np.asarray(steps, dtype=np.int64).reshape(-1, 2)[::-1].tolist():
        if earlier < later:
            before[later] = earlier
    return before


def between(before: np.ndarray) -> Paths:
    """The paths of all single steps, `before` (p,) as `reached_from` gives it."""
    child = np.flatnonzero(before >= 0)
    return joined(before[child], child, len(before))


def joined(parent: np.ndarray, child: np.ndarray, p: int) -> Paths:
    """The paths with these moves. A chain begins where nothing was walked before, or where ways
    part.
    """
    walk_to = np.full(p, -1)
    walk_to[child] = np.arange(len(child))
    forks = np.bincount(parent, minlength=p) > 1
    chain = np.arange(len(child))
    for move, at in enumerate(parent.tolist()):
        if walk_to[at] >= 0 and not forks[at]:
            chain[move] = chain[walk_to[at]]
    return Paths(parent, child, chain)
