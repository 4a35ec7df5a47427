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
        (one, "the jump is not finite" if one.epochs[0] == 0 else "incomplete")
        for one in every
        if one.epochs[0] or one.diverged[0]
    ]
    kept = [one for one in every if one.epochs[0] == 0 and not one.diverged[0]]
    rises = {one.name: float(loss[one.rows[0]] - loss[base]) for one in kept}
    parts = []
    for step in sorted({one.step_size for one in every}):
        here = [one for one in kept if one.step_size == step]
        mean, error = mean_and_error([rises[one.name] for one in here], [one.seed for one in here])
        detail = words(
            error, left_out([(one.name, why) for one, why in out if one.step_size == step])
        )
        parts.append(Measured(mean, detail, part=f"{step:g}", part_label=f"a = {step:g}"))
    mean, error = _over_steps(parts, [rises[one.name] for one in kept], [one.seed for one in kept])
    whole = words(
        error if kept else "no jump to measure", left_out([(one.name, why) for one, why in out])
    )
    return [Measured(mean, whole), *parts]


def _over_steps(
    parts: list[Measured], rises: list[float], seeds: list[int]
) -> tuple[float | None, str]:
    """Every step size weighs the same, also where a jump was left out."""
    means = [part.value for part in parts if part.value is not None]
    return (float(np.mean(means)) if means else None), mean_and_error(rises, seeds)[1]
