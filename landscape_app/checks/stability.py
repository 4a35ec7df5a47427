"""Check: the 3-D PHATE picture does not depend on where its optimisation began.

Where the distances fill more nearly equal axes than can be drawn (four rays from an anchor fill
four), several layouts are equally good: that is no fault of the picture but a property of what it
shows, and said. It is a fault if another start does better.
"""

from __future__ import annotations

from landscape_app.check_table import CHECKS
from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome, on
from landscape_app.checks.embedding import number, picture

SLACK, SMALL = 1.01, 1e-4  # within so much two stresses are equally good


def check(checked: CheckSubject) -> Outcome:
    """Mean Procrustes disparity between the picture and those made from other starts: 0 equal, 1
    nothing in common.
    """
    result = picture(checked)
    if result.meta.get("stability") is None:
        again = f"not computed from other starts; {checked.how('analyse')}"
        raise DoesNotApply(str(result.meta.get("stability_note") or again))
    value, note = (
        number(result, "stability"),
        str(result.meta.get("stability_note") or "other starts"),
    )
    if not value > CHECKS["stability"].settings["most"]:
        return Outcome(value, note, 0 <= value <= 1, on=on(result))
    mine, least = result.meta.get("stress"), result.meta.get("stability_misfit")
    if mine is None or least is None or mine > SLACK * least + SMALL:
        return Outcome(
            value, f"another start gives another layout: {note}", 0 <= value <= 1, on=on(result)
        )
    words = (
        f"other starts give other layouts of equal quality (stress {least:.3g}, this one"
        f" {mine:.3g}): the arrangement of its arms means nothing"
    )
    return Outcome(value, f"{words}; {note}", 0 <= value <= 1, on=on(result), undecided=value <= 1)
