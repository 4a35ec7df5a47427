"""Check: the 3-D PHATE picture does not depend on where its optimisation began."""

from __future__ import annotations

from landscape_app.check_table import CHECKS
from landscape_app.checks.embedding import number, picture
from landscape_app.checks.subject import DoesNotApply, Outcome, Subject, on


def check(subject: Subject) -> Outcome:
    """Mean Procrustes disparity between the picture and those made from other starts: 0 equal, 1 nothing in common."""
    result = picture(subject)
    if result.meta.get("stability") is None:
        again = f"not made again from other starts; {subject.how('analyse')}"
        raise DoesNotApply(str(result.meta.get("stability_note") or again))
    value, note = number(result, "stability"), str(result.meta.get("stability_note") or "other starts")
    said = note if value <= CHECKS["stability"].settings["most"] else f"another start gives another layout: {note}"
    return Outcome(value, said, 0 <= value <= 1, on=on(result))
