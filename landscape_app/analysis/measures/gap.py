"""The generalization gap at the anchor. A study compares every other measure with it.

Train scores are on the labels given, without augmentation; test labels are never corrupted. Higher
= generalizes worse.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from landscape_app.analysis.measures.measure import LOSS, Facts, Measured, measure
from landscape_app.analysis.measures.trajectories import anchor, complete, words
from landscape_app.records.snapshots import Snapshots

DIRECTION = "higher = generalizes worse"
JIANG = "Jiang et al. 2020, Fantastic Generalization Measures"
FREE = "free: recorded at the anchor"

# the part of a gap that shares no row with measures of function space
OUTSIDE = "outside", "on test rows outside the probe"
NOT_SCORED = "this run was begun before the test rows outside the probe were scored"
NONE_OUTSIDE = "every test row is in the probe"
NO_ACCURACY = "this task has no accuracy"
NATS = {
    "cross_entropy",
    "CrossEntropyLoss",
    "NLLLoss",
    "BCELoss",
    "BCEWithLogitsLoss",
    "MultiLabelSoftMarginLoss",
    "KLDivLoss",
}


@measure(unit="fraction", direction=DIRECTION, source=JIANG, cost=FREE, worse="higher")
def gap_accuracy(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Train accuracy minus test accuracy at the anchor, as a fraction; its error is that of a share
    among the test rows. Then the same with the test rows outside the probe.
    """
    train, test = snapshots.column("train_accuracy"), snapshots.column("test_accuracy")
    here = anchor(snapshots)
    if not classifies(snapshots):
        return [Measured(None, NO_ACCURACY), Measured(None, NO_ACCURACY).as_part(*OUTSIDE)]
    rule = facts.get("accuracy") or {}
    rows, entries = (
        rule.get("test_rows", facts.get("test_rows")),
        rule.get("name") == "label_accuracy",
    )
    error = _of_share(test[here], rows) if rows and not entries else None
    spread = "" if error is None else f"± {error:.2g} (standard error, {rows} test rows)"
    what = "label accuracy: the share of label entries that are right" if entries else ""
    whole = Measured(
        float(train[here] - test[here]),
        words(what, spread, _at_ends(snapshots, train - test)),
        error=error,
    )
    there = facts.get("outside_probe") or {}
    if (accuracy := there.get("test_accuracy")) is None:
        return [whole, _no_outside(there)]
    error = None if entries else _of_share(accuracy, there["rows"])
    return [whole, _outside(float(train[here] - accuracy), there["rows"], error)]


@measure(unit=LOSS, direction=DIRECTION, source=JIANG, cost=FREE, worse="higher")
def gap_loss(snapshots: Snapshots, facts: Facts) -> list[Measured]:
    """Test loss minus train loss at the anchor; its error is that of two means over rows, where the
    losses of single rows are known. Then the same with the test rows outside the probe.
    """
    train, test = snapshots.column("train_loss"), snapshots.column("test_loss")
    # inf − inf of a diverged snapshot, which is named and left out below
    with np.errstate(invalid="ignore"):
        gap = test - train
    errors = [facts[name] for name in ("train_loss_error", "test_loss_error") if name in facts]
    error = math.hypot(*errors) if len(errors) == 2 else None
    spread = "" if error is None else f"± {error:.2g} (standard error over rows)"
    here = anchor(snapshots)
    whole = Measured(float(gap[here]), words(spread, _at_ends(snapshots, gap)), error=error)
    there = facts.get("outside_probe") or {}
    if there.get("test_loss") is None:
        return [whole, _no_outside(there)]
    errors = [facts.get("train_loss_error"), there.get("test_loss_error")]
    error = None if None in errors else math.hypot(*errors)
    return [whole, _outside(there["test_loss"] - float(train[here]), there["rows"], error)]


def _of_share(share: float, rows: int) -> float:
    """The standard error of a share among so many rows."""
    return float(np.sqrt(share * (1 - share) / rows))


def _outside(value: float, rows: int, error: float | None) -> Measured:
    spread = "" if error is None else f"± {error:.2g} (standard error)"
    told = words(f"{rows} test rows outside the probe", spread)
    return Measured(value, told, error=error).as_part(*OUTSIDE)


def _no_outside(there: Mapping[str, Any]) -> Measured:
    """Why there is no gap outside the probe. there: what is recorded of it."""
    if "rows" not in there:
        return Measured(None, NOT_SCORED).as_part(*OUTSIDE)
    why = NONE_OUTSIDE if not there["rows"] else "the score is not finite, or has no meaning here"
    return Measured(None, why).as_part(*OUTSIDE)


def classifies(snapshots: Snapshots) -> bool:
    """Whether the run tells classes apart: only then its snapshots have an accuracy."""
    return bool(np.isfinite(snapshots.column("train_accuracy")[anchor(snapshots)]))


def loss_unit(facts: Facts) -> str:
    """Nats for a loss that is a logarithm of a probability; the unit of another loss is not
    known.
    """
    return "nats" if facts.get("loss") in NATS else ""


def _at_ends(snapshots: Snapshots, gap: np.ndarray) -> str:
    trajectories, out = complete(snapshots)
    if not trajectories:
        return out
    mean = np.mean([gap[trajectory.rows[-1]] for trajectory in trajectories])
    return words(f"{mean:.3g} where the {len(trajectories)} jumps end", out)
