"""Expected sharpness: how much the train loss rises at a random, filter-normalised jump of a given
step size.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.measures.measure import LOSS, Facts, Measured, measure
from landscape_app.analysis.measures.trajectories import (
    anchor,
    jumps,
    left_out,
    mean_and_error,
    words,
)
from landscape_app.records.snapshots import Snapshots


@measure(
    unit=LOSS,
    direction="higher = sharper",
    source=(
        "Neyshabur et al. 2017, Exploring Generalization; directions: Li et al. 2018, arXiv"
        " 1712.09913"
    ),
    cost="free: recorded at the jumps",
)
def expected_sharpness(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Mean over the seeds of L(θo + a·v̄) − L(θo), L the train loss, per step size a; first the
    mean over the step sizes.

    Read right after the jump, before any retraining: a jump that is finite counts, also where its
    retraining diverges later.
    """
    loss, base = snapshots.column("train_loss"), anchor(snapshots)
    every = jumps(snapshots)
    out = [
        (trajectory, "the jump is not finite" if trajectory.epochs[0] == 0 else "incomplete")
        for trajectory in every
        if trajectory.epochs[0] or trajectory.diverged[0]
    ]
    kept = [
        trajectory
        for trajectory in every
        if trajectory.epochs[0] == 0 and not trajectory.diverged[0]
    ]
    rises = {trajectory.name: float(loss[trajectory.rows[0]] - loss[base]) for trajectory in kept}
    parts = []
    for step in sorted({trajectory.step_size for trajectory in every}):
        here = [trajectory for trajectory in kept if trajectory.step_size == step]
        mean, error = mean_and_error(
            [rises[trajectory.name] for trajectory in here],
            [trajectory.seed for trajectory in here],
        )
        detail = words(
            error,
            left_out(
                [(trajectory.name, why) for trajectory, why in out if trajectory.step_size == step]
            ),
        )
        parts.append(Measured(mean, detail, part=f"{step:g}", part_label=f"a = {step:g}"))
    mean, error = _over_steps(
        parts,
        [rises[trajectory.name] for trajectory in kept],
        [trajectory.seed for trajectory in kept],
    )
    whole = words(
        error if kept else "no jump to measure",
        left_out([(trajectory.name, why) for trajectory, why in out]),
    )
    return [Measured(mean, whole), *parts]


def _over_steps(
    parts: list[Measured], rises: list[float], seeds: list[int]
) -> tuple[float | None, str]:
    """Every step size weighs the same, also where a jump was left out."""
    means = [part.value for part in parts if part.value is not None]
    return (float(np.mean(means)) if means else None), mean_and_error(rises, seeds)[1]
