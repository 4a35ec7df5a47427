"""Measures of retraining after a jump: how far and when it comes back, where it ends, and how long
its path is. Controls do not count.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.measures.gap import NO_ACCURACY, classifies
from landscape_app.analysis.measures.measure import Facts, Measured, measure
from landscape_app.analysis.measures.motion import motion_of
from landscape_app.analysis.measures.trajectories import (
    Trajectory,
    anchor,
    complete,
    mean_over_jumps,
    words,
)
from landscape_app.records.snapshots import Snapshots

SOURCE = "jump and retrain: Horoi et al. 2022, arXiv 2102.00485; the measure is this program's"
RECORDED = "free: recorded while sampling"
PASS = "one pass over the snapshots' weights, shared"
NO_JUMP = "no complete jump to measure"
# below the anchor's accuracy: all of it comes back too rarely to say anything (on digits in 1 of 32
# jumps)
RECOVERED = 0.05


@measure(unit="", direction="higher = returns less", source=SOURCE, cost=RECORDED)
def return_ratio(snapshots: Snapshots, facts: Facts) -> Measured:
    """‖θ_end − θo‖ / ‖θ_jump − θo‖, mean over the jumps: 0 = all the way back, 1 = as far as the
    jump. Higher = returns less.

    A control does not jump, so its ratio would be 0/0. With a small retraining rate the ratio stays
    near 1 in every landscape.
    """
    distance = snapshots.column("distance")
    trajectories, out = complete(snapshots)
    # a network of biases only does not jump at all
    moved = [path for path in trajectories if distance[path.rows[0]] > 0]
    ratios = [float(distance[path.rows[-1]] / distance[path.rows[0]]) for path in moved]
    return mean_over_jumps(ratios, moved, out)


@measure(unit="epochs", direction="higher = recovers more slowly", source=SOURCE, cost=RECORDED)
def epochs_to_recover(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """First epoch at which the train accuracy is within RECOVERED of the anchor's: the median over
    the jumps that recover; and the number of jumps that do not.

    Epoch 0 is the jump itself. Higher = recovers more slowly. Read both numbers: a median of few
    jumps says little.
    """
    accuracy = snapshots.column("train_accuracy")
    goal = accuracy[anchor(snapshots)] - RECOVERED
    trajectories, out = complete(snapshots)
    reached = [accuracy[path.rows] >= goal for path in trajectories]
    epochs = [int(there.argmax()) for there in reached if there.any()]
    never, total = len(reached) - len(epochs), len(reached)
    if not classifies(snapshots):
        return [Measured(None, NO_ACCURACY)]
    median = float(np.median(epochs)) if epochs else None
    detail = words(f"of the {len(epochs)} of {total} jumps that recover" if total else NO_JUMP, out)
    count = Measured(
        float(never) if total else None, words(f"of {total} jumps", out), "never", "never", "jumps"
    )
    return [Measured(median, detail), count]


@measure(unit="weight", direction="higher = ends further apart", source=SOURCE, cost=PASS)
def end_spread(snapshots: Snapshots, facts: Facts) -> Measured:
    """‖θ_end − θ'_end‖, mean over all pairs of directions at the largest step size. Higher = ends
    further apart.

    The protocol decides most of it: random directions are nearly orthogonal, so two jumps without
    retraining end √2 · a · ‖θo‖ apart.
    """
    moves = motion_of(snapshots, facts)
    trajectories, out = complete(snapshots)
    usable = {int(path.rows[-1]) for path in trajectories}
    complete_ends = [i for i, row in enumerate(moves.ends) if int(row) in usable]
    if len(complete_ends) < 2:
        return Measured(None, words("needs two directions at the largest step size", out))
    pairs = moves.between[np.ix_(complete_ends, complete_ends)][
        np.triu_indices(len(complete_ends), 1)
    ]
    step = snapshots.column("step_size")[moves.ends[complete_ends[0]]]
    return Measured(float(pairs.mean()), words(f"{len(pairs)} pairs at step {step:g}", out))


@measure(unit="weight", direction="higher = longer path", source=SOURCE, cost=PASS)
def trajectory_length(snapshots: Snapshots, facts: Facts) -> Measured:
    """Σ over the epochs of ‖θ_e − θ_{e−1}‖ from the jump to the end, mean over the jumps. Higher =
    longer path.

    The path joins one snapshot per epoch by straight lines. It does not contain the steps within an
    epoch, and so not most of the noise of the batches.
    """
    steps = motion_of(snapshots, facts).steps
    trajectories, out = complete(snapshots)
    return mean_over_jumps([_length(steps, path) for path in trajectories], trajectories, out)


def _length(steps: np.ndarray, trajectory: Trajectory) -> float:
    return float(steps[trajectory.rows[1:]].sum())
