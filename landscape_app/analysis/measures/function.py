"""Measures in function space: how far a jump and its retraining move what the network computes on
the probe inputs, and on how many of them the classes differ. Controls do not count.

The probe inputs are inputs of the test set, and in a second part of every measure inputs of the
train set; no labels are used. Distances are those of analysis.function_space: between softmax
outputs, or between the scaled outputs of a regression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any, TypeVar

import numpy as np

from landscape_app.analysis import function_space
from landscape_app.analysis.measures.measure import Facts, Measured, measure
from landscape_app.analysis.measures.trajectories import (
    Trajectory,
    anchor,
    complete,
    left_out,
    mean_over_jumps,
    words,
)
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Snapshots

Known = TypeVar("Known")

FUNCTION = "function"  # the key under which facts may hold what gives a FunctionMotion already
TEST, TRAIN = "test", "train"  # of which set the probe inputs are
ON_TRAIN = TRAIN, "train inputs"
NO_TRAIN_PROBE = (
    "the outputs on train inputs are not stored: this run was begun before they were recorded"
)
STILL = 1e-6  # a jump that changes the outputs by less has nothing to return from
SOURCE = "jump and retrain: Horoi et al. 2022, arXiv 2102.00485; the measure is this program's"
DISAGREEMENT = "Jiang et al. 2022, arXiv 2106.13799, between retrainings from one anchor"
COST = "one pass over the probe outputs, shared"
NO_CLASSES = "this task has no classes that could disagree"
APART = "higher = computes something further from what the anchor computes"


@dataclass(frozen=True)
class FunctionMotion:
    """What n snapshots compute on the p probe inputs: to_anchor (n,), the distance from the outputs
    of the anchor, which is at position `base`, NaN where not finite; classes (n, p), None for a
    regression; paths: the complete jumps with finite outputs; out: words about the others; inputs:
    what the probe inputs are called.
    """

    base: int
    to_anchor: np.ndarray
    classes: np.ndarray | None
    paths: Sequence[Trajectory]
    out: str
    inputs: str = "probe inputs"


def answering(snapshots: Snapshots, inputs: str) -> Snapshots:
    """The snapshots with their outputs on the probe inputs of the test set, or of the train set.
    Raises AnalysisError where those are not stored.
    """
    if inputs == TEST:
        return snapshots
    if snapshots.train_probe is None:
        raise AnalysisError(NO_TRAIN_PROBE)
    return replace(snapshots, probe=snapshots.train_probe)


def function_motion(snapshots: Snapshots, inputs: str = TEST) -> FunctionMotion:
    """Two passes over the outputs on the probe inputs of one set. Raises AnalysisError where the
    run has no function space.
    """
    snapshots = answering(snapshots, inputs)
    base = anchor(snapshots)
    to_anchor = function_space.distances_to(snapshots, base)
    if not np.isfinite(to_anchor[base]):
        raise AnalysisError("the anchor's outputs on the probe set are not finite")
    classes = function_space.predicted(snapshots) if snapshots.classes else None
    every, out = complete(snapshots)
    finite = [bool(np.isfinite(to_anchor[path.rows[[0, -1]]]).all()) for path in every]
    paths, gone = _parted(every, finite, "outputs not finite")
    called = "probe inputs" if inputs == TEST else "train inputs"
    return FunctionMotion(base, to_anchor, classes, paths, words(out, gone), called)


def _parted(
    paths: Sequence[Trajectory], usable: Sequence[bool], why: str
) -> tuple[list[Trajectory], str]:
    """(those of `paths` that are `usable`, words that name the others)."""
    gone = [(path.name, why) for path, there in zip(paths, usable, strict=True) if not there]
    return [path for path, there in zip(paths, usable, strict=True) if there], left_out(gone)


def function_motion_of(
    snapshots: Snapshots, facts: Mapping[str, Any], inputs: str = TEST
) -> FunctionMotion:
    """The one that `facts` holds, where it holds one: there a function of the set gives it."""
    known = facts.get(FUNCTION)
    return function_motion(snapshots, inputs) if known is None else known(inputs)


def on_both(known: Callable[[str], Known], compute: Callable[[Known], Measured]) -> list[Measured]:
    """The measure that `compute` gives of what is `known` on inputs of the test set, and its part
    on inputs of the train set; where one of the two raises, no value and the reason.
    """

    def on(inputs: str) -> Measured:
        try:
            return compute(known(inputs))
        except AnalysisError as error:
            return Measured(None, str(error))

    return [on(TEST), on(TRAIN).as_part(*ON_TRAIN)]


def _on_both(
    compute: Callable[[FunctionMotion], Measured], snapshots: Snapshots, facts: Facts
) -> list[Measured]:
    return on_both(partial(function_motion_of, snapshots, facts), compute)


@measure(
    unit="fraction",
    direction="higher = the ends disagree on more inputs",
    source=DISAGREEMENT,
    cost=COST,
    worse="higher",
)
def end_disagreement(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Share of the probe inputs that the ends of two directions at one step size put into different
    classes: mean over all such pairs. Its error is a jackknife over the directions.
    """
    return _on_both(_between_ends, snapshots, facts)


@measure(
    unit="fraction",
    direction="higher = the ends answer unlike the anchor on more inputs",
    source=DISAGREEMENT,
    cost=COST,
    worse="higher",
)
def anchor_disagreement(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Share of the probe inputs that the end of a jump and the anchor put into different classes,
    mean over the jumps.
    """
    return _on_both(lambda known: _with_anchor(known, -1), snapshots, facts)


@measure(
    unit="fraction",
    direction="higher = the jumps answer unlike the anchor on more inputs",
    source=DISAGREEMENT,
    cost=COST,
    worse="higher",
)
def jump_disagreement(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """`anchor_disagreement` right after the jump, before any retraining."""
    return _on_both(lambda known: _with_anchor(known, 0), snapshots, facts)


@measure(unit="", direction=APART, source=SOURCE, cost=COST, worse="higher")
def function_distance_end(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Distance in function space from the end of a jump to the anchor, mean over the jumps."""
    return _on_both(lambda known: _distance(known, -1), snapshots, facts)


@measure(unit="", direction=APART, source=SOURCE, cost=COST, worse="higher")
def function_distance_jump(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """`function_distance_end` right after the jump, before any retraining."""
    return _on_both(lambda known: _distance(known, 0), snapshots, facts)


@measure(unit="", direction="higher = returns less", source=SOURCE, cost=COST, worse="higher")
def function_return(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Distance to the anchor in function space at the end, divided by that at the jump: mean over
    the jumps. 0 = computes again what the anchor computes.
    """
    return _on_both(_returned, snapshots, facts)


def _between_ends(known: FunctionMotion) -> Measured:
    classes = _classes(known)
    pairs = [
        (path, other)
        for path, other in combinations(known.paths, 2)
        if path.step_size == other.step_size and path.seed != other.seed
    ]
    if not pairs:
        return Measured(None, words("needs two directions at one step size", known.out))
    shares = [_share(classes[path.rows[-1]], classes[other.rows[-1]]) for path, other in pairs]
    error = jackknife(shares, [(path.seed, other.seed) for path, other in pairs])
    seeds = len({path.seed for pair in pairs for path in pair})
    told = (
        "two directions, so no standard error"
        if error is None
        else f"± {error:.2g} (standard error, jackknife over {seeds} seeds)"
    )
    detail = words(f"{len(pairs)} pairs of ends, {_inputs(known)}", told, known.out)
    return Measured(float(np.mean(shares)), detail, error=error)


def jackknife(values: Sequence[float], pairs: Sequence[tuple[int, int]]) -> float | None:
    """Standard error of the mean of `values`, one for each pair of different seeds in `pairs`:
    √((n − 1)/n · Σ (m_s − m̄)²), m_s the mean without the pairs of seed s.

    A value belongs to two seeds, so the values are no independent repeats. None with fewer than
    three seeds, or where a seed is in every pair.
    """
    given, of = np.asarray(values, dtype=np.float64), np.asarray(pairs)
    seeds = np.unique(of)
    without = [given[(of != seed).all(axis=1)] for seed in seeds]
    if not all(map(len, without)):
        return None
    means = np.array([rest.mean() for rest in without])
    return float(np.sqrt((len(seeds) - 1) * np.mean((means - means.mean()) ** 2)))


def _with_anchor(known: FunctionMotion, epoch: int) -> Measured:
    """The mean share of inputs at the first (0) or last (−1) snapshot of the jumps."""
    classes = _classes(known)
    shares = [_share(classes[path.rows[epoch]], classes[known.base]) for path in known.paths]
    return mean_over_jumps(shares, known.paths, words(_inputs(known), known.out))


def _distance(known: FunctionMotion, epoch: int) -> Measured:
    apart = [float(known.to_anchor[path.rows[epoch]]) for path in known.paths]
    return mean_over_jumps(apart, known.paths, known.out)


def _returned(known: FunctionMotion) -> Measured:
    at = known.to_anchor
    moves = [bool(at[path.rows[0]] >= STILL) for path in known.paths]
    moved, still = _parted(known.paths, moves, "its jump changes no output")
    ratios = [float(at[path.rows[-1]] / at[path.rows[0]]) for path in moved]
    return mean_over_jumps(ratios, moved, words(known.out, still))


def _classes(known: FunctionMotion) -> np.ndarray:
    if known.classes is None:
        raise AnalysisError(NO_CLASSES)
    return known.classes


def _share(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.mean(one != other))


def _inputs(known: FunctionMotion) -> str:
    return f"{_classes(known).shape[1]} {known.inputs}"
