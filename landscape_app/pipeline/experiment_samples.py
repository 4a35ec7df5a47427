"""The samplings of a run as the experiment sees them: jump and retrain as in the paper, and the
static samplings that it is compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from landscape_app.analysis.experiment.features import SampledPoints
from landscape_app.analysis.published_distance import sampled_rows
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Snapshots
from landscape_app.settings import SampleSpec
from landscape_app.settings.sample import at_equal_cost
from landscape_app.store import samplings, snapshots
from landscape_app.store.run import RunFolder

JUMPS, NAIVE, GRID, EQUAL_COST = "jump_retrain", "naive", "grid", "naive_equal_cost"
LABELS = {
    JUMPS: "jump and retrain",
    NAIVE: "naive",
    GRID: "grid",
    EQUAL_COST: "naive, at the cost of jump and retrain",
}

Read = Callable[[RunFolder], Snapshots]


def points(taken: Snapshots) -> SampledPoints:
    """The snapshots after the anchor, which is the first, as points."""
    loss, accuracy = taken.column("train_loss")[1:], taken.column("train_accuracy")[1:]
    if taken.probe is None or not taken.classes:
        return SampledPoints(loss, accuracy)
    probe = taken.probe.whole().reshape(len(taken), -1, taken.classes)
    return SampledPoints(loss, accuracy, probe[1:], probe[0])


def _jumps(run: RunFolder) -> Snapshots:
    """The anchor and the paper's sample: epochs 0-39 of trajectories with a step; those that
    diverged keep their place.
    """
    every = snapshots.read(run)
    anchor = np.flatnonzero(every.column("row") == 0)
    taken = every.select(np.concatenate([anchor, sampled_rows(every)]))
    if not len(anchor):
        raise AnalysisError("it has no anchor")
    if len(taken) == 1:
        raise AnalysisError("it has no jumps")
    return taken


def own(kind: str) -> dict[str, Any]:
    """The parameters by which the paper's static sampling of a kind is found."""
    return {"directions": SampleSpec(kind=kind).directions} if kind == NAIVE else {}


def _static(kind: str) -> Read:
    def read(run: RunFolder) -> Snapshots:
        taken = samplings.read(run, kind, **own(kind))
        if taken is None:
            raise AnalysisError(f"it has no {kind} sampling")
        return taken

    return read


def _equal_cost(run: RunFolder) -> Snapshots:
    """The naive sampling with as many directions as cost what jump and retrain costs."""
    directions = equal_cost(run).directions
    taken = samplings.read(run, NAIVE, directions=directions)
    if taken is None:
        raise AnalysisError(
            f"it has no naive sampling of {directions} directions, which costs what its jumps and"
            f" retraining cost (landscape sample --kind naive --directions {directions})"
        )
    return taken


def equal_cost(run: RunFolder) -> SampleSpec:
    """The naive sampling whose forward passes over rows are at least those of the run's jumps and
    retraining. Raises AnalysisError for a run that was not begun.
    """
    facts = run.prepared() or {}
    if not facts:
        raise AnalysisError("it was not begun")
    train, test = int(facts["train_rows"]), int(facts["test_rows"])
    return at_equal_cost(run.spec, train / (train + test))


READERS: Mapping[str, Read] = {
    JUMPS: _jumps,
    NAIVE: _static(NAIVE),
    GRID: _static(GRID),
    EQUAL_COST: _equal_cost,
}


def samplings_of(
    run: RunFolder, samplings: Sequence[SampleSpec], equally: bool
) -> list[SampleSpec]:
    """The static samplings that a study has of a run that was begun. equally: also one at the cost
    of its jump and retrain.
    """
    # the newest is what readers get that do not say how many directions
    return [equal_cost(run), *samplings] if equally else list(samplings)
