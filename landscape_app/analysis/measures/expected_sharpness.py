"""Expected sharpness: how much the train loss rises at a random, filter-normalised jump of a given
step size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from landscape_app.analysis.measures.measure import LOSS, Facts, Measured, measure
from landscape_app.analysis.measures.trajectories import (
    Trajectory,
    anchor,
    jumps,
    left_out,
    mean_over_seeds,
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
    worse="higher",
)
def expected_sharpness(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Mean over the seeds of L(θo + a·v̄) − L(θo), L the train loss, per step size a; first the
    mean over the step sizes.

    Read right after the jump, before any retraining: a jump that is finite counts, also where its
    retraining diverges later.
    """
    loss, base = snapshots.column("train_loss"), anchor(snapshots)
    every = jumps(snapshots)
    finite = [jump for jump in every if not _fault(jump)]
    rises = {jump.name: float(loss[jump.rows[0]] - loss[base]) for jump in finite}
    parts = []
    for step in sorted({jump.step_size for jump in every}):
        mean = _mean(rises, [jump for jump in every if jump.step_size == step])
        parts.append(replace(mean, part=f"{step:g}", part_label=f"a = {step:g}"))
    # every step size weighs the same, also where a jump was left out
    means = [part.value for part in parts if part.value is not None]
    overall = (
        replace(_mean(rises, every), value=float(np.mean(means)))
        if finite
        else Measured(None, words("no jump to measure", _left_out(every)))
    )
    return [overall, *parts]


@measure(
    unit=LOSS,
    direction="higher = the jumps end higher",
    source="jump and retrain: Horoi et al. 2022, arXiv 2102.00485",
    cost="free: recorded at the jumps",
)
def jump_loss(snapshots: Snapshots, facts: Facts) -> Measured:
    """Train loss right after the jump, before any retraining: mean over the jumps."""
    loss, every = snapshots.column("train_loss"), jumps(snapshots)
    losses = {jump.name: float(loss[jump.rows[0]]) for jump in every if not _fault(jump)}
    mean = _mean(losses, every)
    return mean if losses else replace(mean, detail=words("no jump to measure", mean.detail))


def _fault(jump: Trajectory) -> str:
    """Why there is no rise at this jump; "" where there is one."""
    if jump.epochs[0]:
        return "incomplete"
    return "the jump is not finite" if jump.diverged[0] else ""


def _mean(rises: Mapping[str, float], every: Sequence[Trajectory]) -> Measured:
    """The mean of `rises`, by name, over the jumps `every`; its error, and which are left out."""
    finite = [jump for jump in every if not _fault(jump)]
    mean = mean_over_seeds([rises[jump.name] for jump in finite], [jump.seed for jump in finite])
    return replace(mean, detail=words(mean.detail, _left_out(every)))


def _left_out(every: Sequence[Trajectory]) -> str:
    return left_out([(jump.name, _fault(jump)) for jump in every if _fault(jump)])
