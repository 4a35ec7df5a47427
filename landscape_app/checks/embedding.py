"""Check: the 3-D PHATE picture is of one connected graph and keeps the order of the distances."""

from __future__ import annotations

from typing import Any

from landscape_app.checks.check_subject import CheckSubject, Outcome, on
from landscape_app.errors import RunDamagedError
from landscape_app.store.derived import Result


def check(checked: CheckSubject) -> Outcome:
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
