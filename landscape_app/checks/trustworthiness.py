"""Check: neighbours in the 3-D PHATE picture are neighbours among the snapshots (Venna & Kaski
2001).
"""

from __future__ import annotations

from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome, on
from landscape_app.checks.embedding import number, picture


def check(checked: CheckSubject) -> Outcome:
    """Trustworthiness as the analysis measured it; 1 where no neighbour in the picture is a
    stranger in truth.
    """
    result = picture(checked)
    if result.meta.get("trustworthiness") is None:
        raise DoesNotApply(f"not measured with this embedding; {checked.how('analyse')}")
    value = number(result, "trustworthiness")
    return Outcome(value, "of the 3-D PHATE picture", 0 <= value <= 1, on=on(result))
