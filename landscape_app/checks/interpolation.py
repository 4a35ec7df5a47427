"""Check: the network fits the labels it was given, so that its minimum is one."""

from __future__ import annotations

from landscape_app.checks.subject import Outcome, Subject

LIMIT = 0.99


def check(subject: Subject) -> Outcome:
    """Train accuracy at the anchor on the labels given, without augmentation (SCIENCE §3)."""
    accuracy = float(subject.tensors["scores.train_accuracy"].reshape(-1)[0])
    return Outcome(
        accuracy,
        f"≥ {LIMIT}",
        accuracy >= LIMIT,
        "interpolates" if accuracy >= LIMIT else "does not interpolate: it has not fitted its labels",
    )
