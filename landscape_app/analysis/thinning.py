"""Fewer snapshots where there are too many: every m-th epoch of every trajectory, with its first
and last, and every anchor.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landscape_app.errors import AnalysisError

Columns = tuple[np.ndarray, np.ndarray]  # trajectory (n,) −1 for the anchor, epoch (n,)


def taken(trajectory: np.ndarray, epoch: np.ndarray, m: int) -> np.ndarray:
    """Which snapshots (n,) stay: epochs that m divides, 0 among them, and the last there is of each
    trajectory.
    """
    last = np.zeros(2 + int(trajectory.max(initial=-1)), dtype=np.int64)
    np.maximum.at(last, trajectory + 1, epoch)
    return np.asarray((epoch % m == 0) | (epoch == last[trajectory + 1]))


def thinning(runs: Sequence[Columns], most: int) -> int:
    """The smallest m with which no more than `most` snapshots of all `runs` stay. Raises
    AnalysisError if there is none.
    """
    longest, total = (
        max((int(epoch.max(initial=0)) for _, epoch in runs), default=0),
        sum(len(epoch) for _, epoch in runs),
    )
    for m in range(max(1, -(-total // most)), longest + 2):  # at least one in m stays
        if sum(int(taken(*columns, m).sum()) for columns in runs) <= most:
            return m
    raise AnalysisError(
        f"{len(runs)} runs have {total:,} snapshots, and more than {most:,} even of first and last"
        " epochs: too many for one picture. Compare fewer runs."
    )
