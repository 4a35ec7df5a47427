"""The generalization gap at the anchor. A study compares every other measure with it.

Train scores are on the labels given, without augmentation; test labels are never corrupted. Higher
= generalizes worse.
"""

from __future__ import annotations

import math

import numpy as np

from landscape_app.analysis.measures.measure import LOSS, Facts, Measured, measure
from landscape_app.analysis.measures.trajectories import anchor, complete, words
from landscape_app.records.snapshots import Snapshots

DIRECTION = "higher = generalizes worse"
JIANG = "Jiang et al. 2020, Fantastic Generalization Measures"
FREE = "free: recorded at the anchor"

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
def gap_accuracy(snapshots: Snapshots, facts: Facts) -> Measured:
    """Train accuracy minus test accuracy at the anchor, as a fraction; its error is that of a share
    among the test rows.
    """
    train, test = snapshots.column("train_accuracy"), snapshots.column("test_accuracy")
    here = anchor(snapshots)
    if not classifies(snapshots):
        return Measured(None, NO_ACCURACY)
    rule = facts.get("accuracy") or {}
    rows, entries = (
        rule.get("test_rows", facts.get("test_rows")),
        rule.get("name") == "label_accuracy",
    )
    error = float(np.sqrt(test[here] * (1 - test[here]) / rows)) if rows and not entries else None
    spread = "" if error is None else f"± {error:.2g} (standard error, {rows} test rows)"
    what = "label accuracy: the share of label entries that are right" if entries else ""
    return Measured(
        float(train[here] - test[here]),
        words(what, spread, _at_ends(snapshots, train - test)),
        error=error,
    )


@measure(unit=LOSS, direction=DIRECTION, source=JIANG, cost=FREE, worse="higher")
def gap_loss(snapshots: Snapshots, facts: Facts) -> Measured:
    """Test loss minus train loss at the anchor; its error is that of two means over rows, where the
    losses of single rows are known.
    """
    train, test = snapshots.column("train_loss"), snapshots.column("test_loss")
    # inf − inf of a diverged snapshot, which is named and left out below
    with np.errstate(invalid="ignore"):
        gap = test - train
    errors = [facts[name] for name in ("train_loss_error", "test_loss_error") if name in facts]
    error = math.hypot(*errors) if len(errors) == 2 else None
    spread = "" if error is None else f"± {error:.2g} (standard error over rows)"
    return Measured(
        float(gap[anchor(snapshots)]), words(spread, _at_ends(snapshots, gap)), error=error
    )


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
