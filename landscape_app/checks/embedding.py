"""Checks of the 3-D PHATE picture: its order, its neighbours, its stability."""

from __future__ import annotations

from typing import Any

from landscape_app.check_table import CHECKS
from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome, on
from landscape_app.errors import RunDamagedError
from landscape_app.store.derived import Result

SLACK, SMALL = 1.01, 1e-4  # within so much two stresses are equally good


def embedding(checked: CheckSubject) -> Outcome:
    """DEMaP of the 3-D embedding (Spearman correlation of geodesic with embedded distances), with
    one component asked for.
    """
    result = picture(checked)
    components = result.meta.get("components")
    pieces = (
        "1 component"
        if components == 1
        else f"{components} components: the layout between them is arbitrary"
    )
    return Outcome(number(result, "demap"), pieces, components == 1, on=on(result))


def picture(checked: CheckSubject) -> Result:
    """The 3-D PHATE embedding."""
    return checked.result(
        "embedding", method="phate", dims=3, missing=f"not embedded yet; {checked.how('analyse')}"
    )


def number(result: Result, name: str) -> float:
    """A score that the embedding has. Raises RunDamagedError where it is none."""
    value: Any = result.meta.get(name)
    if not isinstance(value, (int, float)):
        raise RunDamagedError(f"the embedding has no {name}")
    return float(value)


def trustworthiness(checked: CheckSubject) -> Outcome:
    """Trustworthiness as the analysis measured it; 1 where no neighbour in the picture is a
    stranger in truth.
    """
    result = picture(checked)
    if result.meta.get("trustworthiness") is None:
        raise DoesNotApply(f"not measured with this embedding; {checked.how('analyse')}")
    value = number(result, "trustworthiness")
    return Outcome(value, "of the 3-D PHATE picture", 0 <= value <= 1, on=on(result))


def stability(checked: CheckSubject) -> Outcome:
    """Mean Procrustes disparity between the picture and those made from other starts: 0 equal, 1
    nothing in common.

    Distances that fill more equal axes than can be drawn have several layouts of equal quality
    (four rays from an anchor fill four axes). That is undecided. It fails where another start does
    better.
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
        f" {mine:.3g}): the arrangement of its arms has no meaning"
    )
    return Outcome(value, f"{words}; {note}", 0 <= value <= 1, on=on(result), undecided=value <= 1)
