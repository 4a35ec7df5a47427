"""Check: the loops of the cloud were compared with null draws, so that none is taken for structure
without a test.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome, on
from landscape_app.store.derived import Result

SURROGATES = 19  # with fewer no p-value can be below 0.05
TOLERANCE = 1e-6


def check(checked: CheckSubject) -> Outcome:
    """The p-value of the longest loop; sound where there were enough null draws, and where it is
    what they give, counted again.
    """
    missing = f"not tested against noise; {checked.how('analyse')}"
    result = checked.result("significance", missing=missing)
    test = result.meta.get("rips_h1") or {}
    if test.get("p_high") is None:
        raise DoesNotApply(str(test.get("words") or missing))
    p, draws = float(test["p_high"]), int(test["repeats"])
    counted = max(
        (_p(samples, float(test["observed"])) for samples in _surrogates(result)), default=math.nan
    )
    faults = [] if draws >= SURROGATES else [f"{draws} null draws are too few"]
    faults += (
        []
        if abs(p - counted) < TOLERANCE
        else [f"counted again, the stored null draws give p = {counted:.3g}"]
    )
    drawn = _longest(result)
    faults += (
        []
        if drawn is None or drawn == float(test["observed"])
        else [f"the longest stored loop has length {drawn:.3g}; the test was of another"]
    )
    words = f"{test.get('words') or f'p = {p:.2g}'}; {_power(test, draws)}"
    return Outcome(p, "; ".join([words, *faults]), not faults, on=on(result))


def _power(test: Mapping[str, Any], draws: int) -> str:
    """How many null draws and snapshots there were, and how small a p could have been."""
    least = float(test.get("smallest_p") or 1 / (1 + draws))
    of = f"{test['thinning']}; " if test.get("thinning") else ""
    return f"{of}{draws} null draws; smallest attainable p = {least:.2g}"


def _surrogates(result: Result) -> list[np.ndarray]:
    """The longest loop in every null draw, (repeats,) for each kind of null draw; a loop must stand
    out from all kinds.
    """
    return [
        np.asarray(result.arrays[name])
        for name in result.arrays
        if name.startswith("rips_h1_longest_")
    ]


def _longest(result: Result) -> float | None:
    """Length of the longest loop of the stored, and drawn, tested diagram; None where none is
    stored.
    """
    if "h1_birth" not in result.arrays:
        return None
    return float(
        (np.asarray(result.arrays["h1_death"]) - np.asarray(result.arrays["h1_birth"])).max(
            initial=0.0
        )
    )


def _p(samples: np.ndarray, observed: float) -> float:
    return (1 + int((samples >= observed).sum())) / (1 + len(samples))
