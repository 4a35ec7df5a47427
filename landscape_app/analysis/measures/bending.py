"""How straight retraining is: the length of its path divided by the straight distance, and the
angle between successive epochs. Controls do not count.

The path joins one snapshot per epoch by straight lines. It does not contain the steps within an
epoch, and so not most of the noise of the batches.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.measures.measure import Facts, Measured, measure
from landscape_app.analysis.measures.motion import motion_of
from landscape_app.analysis.measures.retraining import PASS, SOURCE
from landscape_app.analysis.measures.trajectories import (
    Trajectory,
    complete,
    mean_over_jumps,
    words,
)
from landscape_app.records.snapshots import Snapshots


@measure(unit="", direction="higher = more curved", source=SOURCE, cost=PASS)
def trajectory_detour(snapshots: Snapshots, facts: Facts) -> Measured:
    """Σ ‖θ_e − θ_{e−1}‖ / ‖θ_end − θ_jump‖, mean over the jumps: 1 = straight."""
    moves = motion_of(snapshots, facts)
    trajectories, out = complete(snapshots)
    moved = [trajectory for trajectory in trajectories if moves.displaced[trajectory.rows[-1]] > 0]
    ratios = [
        float(moves.steps[trajectory.rows[1:]].sum() / moves.displaced[trajectory.rows[-1]])
        for trajectory in moved
    ]
    return mean_over_jumps(ratios, moved, words(_still(len(trajectories) - len(moved)), out))


@measure(unit="degrees", direction="higher = turns more", source=SOURCE, cost=PASS)
def trajectory_turning(snapshots: Snapshots, facts: Facts) -> Measured:
    """Angle between θ_{e+1} − θ_e and θ_e − θ_{e−1}, mean over the epochs of a jump, then over the
    jumps: 0 = straight on, 180 = back.
    """
    moves = motion_of(snapshots, facts)
    trajectories, out = complete(snapshots)
    turned = [
        (trajectory, angles)
        for trajectory in trajectories
        if len(angles := _angles(moves.steps, moves.along, trajectory))
    ]
    means = [float(np.degrees(angles).mean()) for _, angles in turned]
    return mean_over_jumps(
        means,
        [trajectory for trajectory, _ in turned],
        words(_still(len(trajectories) - len(turned)), out),
    )


def _angles(steps: np.ndarray, along: np.ndarray, trajectory: Trajectory) -> np.ndarray:
    """(m,) in radians, of the epochs before and after which the weights moved."""
    before, after, product = (
        steps[trajectory.rows[1:-1]],
        steps[trajectory.rows[2:]],
        along[trajectory.rows[2:]],
    )
    both = (before > 0) & (after > 0)
    return np.asarray(np.arccos(np.clip(product[both] / (before[both] * after[both]), -1.0, 1.0)))


def _still(count: int) -> str:
    return f"{count} did not move" if count else ""
