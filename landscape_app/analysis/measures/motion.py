"""How far and in which direction the weights moved from epoch to epoch, and how far apart
trajectories end. One pass over δ serves all measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape_app.records.snapshots import Snapshots

MOTION = "motion"  # the key under which facts may hold a Motion already
ANCHOR_WEIGHTS = "anchor_weights"  # the key under which facts may hold what gives θo
WIDTH = 1024  # parameters handled at once: 821 snapshots of them are 7 MB in float64


@dataclass(frozen=True)
class Motion:
    """steps (n,): ‖θ − θ'‖ to the snapshot one epoch before on the same trajectory, NaN where there
    is none.

    along (n,): ⟨θ − θ', θ' − θ''⟩ of two such moves that follow each other, NaN where there are
    none. displaced (n,): of the last snapshot of a trajectory ‖θ_end − θ_0‖, NaN elsewhere and
    where either is missing. ends (s,): positions of the snapshots of the last epoch at the largest
    step size; between (s, s): the distances among them. back (n,): at epoch 1
    ⟨θ_1 − θ_0, θo − θ_0⟩, NaN elsewhere. angle (n,): 1 − cos(θ, θo); None where θo is not given.
    """

    steps: np.ndarray
    along: np.ndarray
    displaced: np.ndarray
    ends: np.ndarray
    between: np.ndarray
    back: np.ndarray
    angle: np.ndarray | None


def motion(snapshots: Snapshots, base: np.ndarray | None = None) -> Motion:
    """One pass over the weights, float32 blocks accumulated in float64. O(n · parameters), and s² ·
    parameters for the ends. base (parameters,): θo, if it is at hand.
    """
    rows, before = consecutive(snapshots)
    # moves that begin where the one before them in the list ended
    follows = np.flatnonzero(rows[:-1] == before[1:]) + 1
    last, first = _whole(snapshots)
    ends = _ends(snapshots)
    squares, products, apart = np.zeros(len(rows)), np.zeros(len(follows)), np.zeros(len(last))
    begins = np.flatnonzero(snapshots.column("epoch")[rows] == 1)
    back, along_base = np.zeros(len(begins)), np.zeros(len(snapshots))
    start = 0
    between = np.zeros((len(ends), len(ends)))
    # a diverged snapshot makes its own distances NaN or inf, no other's
    with np.errstate(over="ignore", invalid="ignore"):
        for block in snapshots.delta.blocks(WIDTH):
            moved = block[rows].astype(np.float64)
            moved -= block[before]
            squares += np.einsum("ij,ij->i", moved, moved)
            products += np.einsum("ij,ij->i", moved[follows], moved[follows - 1])
            apart += _squares(block, last, first)
            between += _among(block[ends].astype(np.float64))
            back -= np.einsum("ij,ij->i", moved[begins], block[before[begins]])
            if base is not None:
                along_base += block @ base[start : start + block.shape[1]].astype(np.float64)
                start += block.shape[1]
    return Motion(
        _placed(snapshots, rows, np.sqrt(squares)),
        _placed(snapshots, rows[follows], products),
        _placed(snapshots, last, np.sqrt(apart)),
        ends,
        np.sqrt(between + between.T),
        _placed(snapshots, rows[begins], back),
        None if base is None else _angles(snapshots, along_base, base),
    )


def _angles(snapshots: Snapshots, along: np.ndarray, base: np.ndarray) -> np.ndarray:
    """1 − cos(θ, θo), (n,), from ⟨δ, θo⟩ (n,) and ‖δ‖: by the sine, so that close snapshots keep
    the digits that 1 − cos loses.
    """
    norm, away = float(np.linalg.norm(base.astype(np.float64))), snapshots.column("distance")
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        length = np.sqrt(np.maximum(norm**2 + 2 * along + away**2, 0.0))
        cosine = (norm**2 + along) / (norm * length)
        sine = np.maximum(away**2 - (along / norm) ** 2, 0.0) / length**2
        return np.asarray(np.where(cosine > 0, sine / (1 + cosine), 1 - cosine))


def motion_of(snapshots: Snapshots, facts: Mapping[str, Any]) -> Motion:
    """The motion that `facts` holds; computed where they hold none."""
    known = facts.get(MOTION)
    return known if isinstance(known, Motion) else motion(snapshots)


def consecutive(snapshots: Snapshots) -> tuple[np.ndarray, np.ndarray]:
    """(positions, positions of the snapshots one epoch before them on the same trajectory), where
    both are there, by trajectory and epoch.
    """
    trajectory, epoch = snapshots.column("trajectory"), snapshots.column("epoch")
    order = np.lexsort((epoch, trajectory))
    first, second = order[:-1], order[1:]
    follows = (
        (trajectory[second] == trajectory[first])
        & (epoch[second] == epoch[first] + 1)
        & (trajectory[second] >= 0)
    )
    return second[follows], first[follows]


def _whole(snapshots: Snapshots) -> tuple[np.ndarray, np.ndarray]:
    """(positions of the last epoch, of epoch 0) of the trajectories that have both."""
    trajectory, epoch = snapshots.column("trajectory"), snapshots.column("epoch")
    last = epoch.max(initial=0)
    here = {int(trajectory[row]): row for row in np.flatnonzero((epoch == 0) & (trajectory >= 0))}
    ends = [
        row
        for row in np.flatnonzero((epoch == last) & (trajectory >= 0))
        if int(trajectory[row]) in here
    ]
    return np.array(ends, dtype=np.int64), np.array(
        [here[int(trajectory[row])] for row in ends], dtype=np.int64
    )


def _ends(snapshots: Snapshots) -> np.ndarray:
    step, epoch, trajectory = (
        snapshots.column(name) for name in ("step_size", "epoch", "trajectory")
    )
    largest, last = step.max(initial=0.0), epoch.max(initial=0)
    return np.flatnonzero((step == largest) & (epoch == last) & (trajectory >= 0) & (largest > 0))


def _squares(block: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    apart = block[one].astype(np.float64) - block[other]
    return np.asarray(np.einsum("ij,ij->i", apart, apart))


def _among(rows: np.ndarray) -> np.ndarray:
    """Squared distances (s, s) above the diagonal."""
    squares = np.zeros((len(rows), len(rows)))
    for i in range(len(rows) - 1):
        apart = rows[i + 1 :] - rows[i]
        squares[i, i + 1 :] = np.einsum("ij,ij->i", apart, apart)
    return squares


def _placed(snapshots: Snapshots, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    column = np.full(len(snapshots), np.nan)
    column[rows] = values
    return column
