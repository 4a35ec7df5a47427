"""Measures of outward motion: whether retraining leads away from the anchor before it returns.
Controls do not count.

Around a good optimum trajectories return at once; around others they first move out (Horoi et al.
2022). In weights, in function space, and in the angle of the weights at the origin.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landscape_app.analysis.measures.function import ON_TRAIN, TEST, TRAIN, function_motion_of
from landscape_app.analysis.measures.measure import Facts, Measured, measure
from landscape_app.analysis.measures.motion import motion_of
from landscape_app.analysis.measures.retraining import PASS, RECORDED, SOURCE
from landscape_app.analysis.measures.trajectories import (
    Trajectory,
    complete,
    mean_over_jumps,
    words,
)
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Snapshots

NO_ANCHOR = "the weights of the anchor are not at hand, so there is no angle to them"


@measure(
    unit="fraction",
    direction="higher = moves away more often",
    source=SOURCE,
    cost="free in weights; one pass over the probe outputs and one over the weights, shared",
    worse="higher",
)
def moving_away(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Share of the retraining epochs after which the distance to the anchor is larger than before:
    mean over the jumps. Then the same by the distance in function space, and by 1 − cos(θ, θo).
    """
    paths, out = complete(snapshots)
    angles = motion_of(snapshots, facts).angle
    by_angle = _share(angles, paths, out) if angles is not None else Measured(None, NO_ANCHOR)
    in_function = _in_function(snapshots, facts, TEST)
    on_train = _in_function(snapshots, facts, TRAIN)
    part, label = ON_TRAIN
    return [
        _share(snapshots.column("distance"), paths, out),
        in_function.as_part("function", "in function space"),
        on_train.as_part(f"function, {part}", f"in function space, {label}"),
        by_angle.as_part("cosine", "by 1 − cos(θ, θo)"),
    ]


def _in_function(snapshots: Snapshots, facts: Facts, inputs: str) -> Measured:
    """`moving_away` by the distance in function space; no value where there is none."""
    try:
        known = function_motion_of(snapshots, facts, inputs)
    except AnalysisError as error:
        return Measured(None, str(error))
    finite = [path for path in known.paths if np.isfinite(known.to_anchor[path.rows]).all()]
    lost = len(known.paths) - len(finite)
    gone = f"{lost} with outputs that are not finite are left out" if lost else ""
    return _share(known.to_anchor, finite, words(known.out, gone))


def _share(to_anchor: np.ndarray, paths: Sequence[Trajectory], out: str) -> Measured:
    """Mean over the jumps of the share of epochs at which `to_anchor` (n,) has grown."""
    retrained = [path for path in paths if len(path.rows) > 1]
    shares = [float(np.mean(np.diff(to_anchor[path.rows]) > 0)) for path in retrained]
    return mean_over_jumps(shares, retrained, out)


@measure(
    unit="",
    direction="higher = goes further out before it returns",
    source=SOURCE,
    cost=RECORDED,
    worse="higher",
)
def excursion(snapshots: Snapshots, facts: Facts) -> Measured:
    """max over epochs of ‖θ − θo‖ / ‖θ_jump − θo‖, mean over the jumps: 1 = never further out than
    the jump.
    """
    distance = snapshots.column("distance")
    paths, out = complete(snapshots)
    moved = [path for path in paths if distance[path.rows[0]] > 0]
    ratios = [float(distance[path.rows].max() / distance[path.rows[0]]) for path in moved]
    return mean_over_jumps(ratios, moved, words(_unmoved(len(paths) - len(moved)), out))


@measure(
    unit="degrees",
    direction="higher = sets out further from the way back",
    source=SOURCE,
    cost=PASS,
    worse="higher",
)
def first_turn(snapshots: Snapshots, facts: Facts) -> Measured:
    """Angle between the move of the first epoch, θ₁ − θ₀, and the way back, θo − θ₀: mean over the
    jumps. 0 = straight back, 180 = straight out.
    """
    moves, distance = motion_of(snapshots, facts), snapshots.column("distance")
    paths, out = complete(snapshots)
    lengths = {
        path.name: float(moves.steps[path.rows[1]] * distance[path.rows[0]])
        for path in paths
        if len(path.rows) > 1
    }
    moved = [path for path in paths if lengths.get(path.name, 0.0) > 0]
    cosines = [moves.back[path.rows[1]] / lengths[path.name] for path in moved]
    angles = [float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))) for cosine in cosines]
    return mean_over_jumps(angles, moved, words(_unmoved(len(paths) - len(moved)), out))


def _unmoved(count: int) -> str:
    return f"{count} did not move" if count else ""
