"""What the null model says of a loss over the graph of snapshots, in numbers and in words, and
whether its scales agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from landscape_app.analysis.topology.null import LEVEL, Null
from landscape_app.analysis.topology.reordering import Ranked, orders, reordered
from landscape_app.analysis.topology.significance import NOT_TESTED, NUMBERS, numbers

STATISTIC = "total persistence"
SMOOTHER, ROUGHER, CHANCE = "smoother", "rougher", "as chance"
THAN = {
    SMOOTHER: "smoother over the graph than",
    ROUGHER: "rougher over the graph than",
    CHANCE: "neither smoother nor rougher over the graph than",
}
ORDER = "the same changes in another order"
NOTHING = "nothing to test: in every order the changes make the same total"


def smoothness(
    edges: np.ndarray,
    steps: np.ndarray,
    series: np.ndarray,
    *,
    scale: str,
    rng: np.random.Generator,
    repeats: int,
    ranked: Ranked | None = None,
) -> tuple[np.ndarray, dict[str, Any]]:
    """(samples (repeats,), meta) of the total persistence of `series` (n,) against its changes in
    other orders: see `reordered`.

    meta: statistic, scale (what the changes are changes of), observed, p (two-sided), p_low,
    p_high, smallest_p (the smallest p there could be), repeats, null_median, null_low and null_high
    (5th and 95th percentile), side (smoother, rougher, as chance; None without a test) and note.
    Raises AnalysisError for values that are not finite.
    """
    null = reordered(edges, steps, series, rng=rng, repeats=repeats, ranked=ranked)
    side = _side(null)
    least = max(2 / (1 + repeats), min(1.0, 2 / orders(steps, series)))
    tested = (
        {"p": null.p, "p_low": null.p_low, "smallest_p": least}
        if repeats
        else {"p": None, "p_low": None, "smallest_p": None}
    )
    return null.samples, {
        "statistic": STATISTIC,
        "scale": scale,
        **numbers(null),
        **tested,
        "side": side,
        "note": NOT_TESTED
        if not repeats
        else NOTHING
        if side is None
        else f"{THAN[side]} {ORDER} (p = {null.p:.2g})",
    }


def untested(why: str) -> dict[str, Any]:
    """The meta of a filtration that has no bars to test, and why."""
    none = dict.fromkeys((*NUMBERS, "p", "p_low", "smallest_p", "side"))
    return {"statistic": STATISTIC, "scale": "", **none, "repeats": 0, "note": why}


def agreed(tests: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The one verdict of several scales of a loss, {"side", "note"}; `tests`: their meta by label.
    Scales that disagree give none.
    """
    sides = {test["side"] for test in tests.values()} - {None}
    if not sides:
        return {
            "side": None,
            "note": next((str(test["note"]) for test in tests.values()), NOT_TESTED),
        }
    each = "; ".join(
        f"{label}: {test['side']} (p = {test['p']:.2g})"
        if test["side"]
        else f"{label}: {test['note']}"
        for label, test in tests.items()
    )
    if len(sides) > 1:
        return {"side": None, "note": f"no verdict, as the scales disagree: {each}"}
    return {"side": sides.pop(), "note": each}


def _side(null: Null) -> str | None:
    if not len(null.samples) or (null.samples == null.observed).all():
        return None
    return CHANCE if null.p > LEVEL else SMOOTHER if null.p_low < null.p_high else ROUGHER
