"""How far the weights moved from epoch to epoch, and how far apart the trajectories end: one pass over δ for all measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape_app.records.snapshots import Snapshots

MOTION = "motion"  # the key under which facts may hold a Motion already
WIDTH = 4096  # parameters handled at once: 821 snapshots of them are 27 MB in float64


@dataclass(frozen=True)
class Motion:
    """steps (n,): ‖θ − θ'‖ to the snapshot one epoch before on the same trajectory, NaN where there is none.

    ends (s,): positions of the snapshots of the last epoch at the largest step size; between (s, s): the distances among them.
    """

    steps: np.ndarray
    ends: np.ndarray
    between: np.ndarray


def motion(snapshots: Snapshots) -> Motion:
    """One pass over the weights, float32 blocks accumulated in float64. O(n · parameters), and s² · parameters for the ends."""
    rows, before = consecutive(snapshots)
    ends = _ends(snapshots)
    squares, between = np.zeros(len(rows)), np.zeros((len(ends), len(ends)))
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged snapshot makes its own distances NaN or inf, no other's
        for block in snapshots.delta.blocks(WIDTH):
            moved = block[rows].astype(np.float64)
            moved -= block[before]
            squares += np.einsum("ij,ij->i", moved, moved)
            last = block[ends].astype(np.float64)
            for i in range(len(ends) - 1):
                apart = last[i + 1 :] - last[i]
                between[i, i + 1 :] += np.einsum("ij,ij->i", apart, apart)
    steps = np.full(len(snapshots), np.nan)
    steps[rows] = np.sqrt(squares)
    return Motion(steps, ends, np.sqrt(between + between.T))


def motion_of(snapshots: Snapshots, facts: Mapping[str, Any]) -> Motion:
    """The one that `facts` holds, else computed now."""
    found = facts.get(MOTION)
    return found if isinstance(found, Motion) else motion(snapshots)


def consecutive(snapshots: Snapshots) -> tuple[np.ndarray, np.ndarray]:
    """(positions, positions of the snapshots one epoch before them on the same trajectory), where both are there."""
    trajectory, epoch = snapshots.column("trajectory"), snapshots.column("epoch")
    order = np.lexsort((epoch, trajectory))
    first, second = order[:-1], order[1:]
    follows = (trajectory[second] == trajectory[first]) & (epoch[second] == epoch[first] + 1) & (trajectory[second] >= 0)
    return second[follows], first[follows]


def _ends(snapshots: Snapshots) -> np.ndarray:
    step, epoch, trajectory = (snapshots.column(name) for name in ("step_size", "epoch", "trajectory"))
    largest, last = step.max(initial=0.0), epoch.max(initial=0)
    return np.flatnonzero((step == largest) & (epoch == last) & (trajectory >= 0) & (largest > 0))
