"""Check: the network fits the labels it was given, so that its minimum is one."""

from __future__ import annotations

import math

from landscape_app.check_table import CHECKS
from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome


def check(checked: CheckSubject) -> Outcome:
    """Train accuracy at the anchor on the labels given, without augmentation."""
    accuracy = float(checked.tensors["scores.train_accuracy"].reshape(-1)[0])
    if math.isnan(accuracy) and not checked.facts.get("classes"):
        raise DoesNotApply("a regression has no accuracy")
    fitted = accuracy >= CHECKS["interpolation"].settings["least"]
    return Outcome(
        accuracy,
        "interpolates" if fitted else "does not interpolate: it does not fit all its labels",
    )
