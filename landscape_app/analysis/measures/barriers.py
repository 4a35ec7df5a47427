"""Loss barriers: the highest train loss on straight lines between the ends of jumps and the anchor.

The loss is evaluated at some points of a line, so a barrier is a lower bound. A curved path between
the same ends may have a lower one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from landscape_app.analysis.measures.measure import LOSS, Measured, measure
from landscape_app.analysis.measures.trajectories import mean_over_seeds, words

HIGHER = "higher = ends further apart"
SOURCE = "linear mode connectivity: Frankle et al. 2020, arXiv 1912.05671"
COST = "9 passes over the train rows per pair of 16 ends and the anchor, shared"


@measure(unit=LOSS, direction=HIGHER, source=SOURCE, cost=COST)
def barrier_to_anchor(climbs: np.ndarray, seeds: np.ndarray, note: str) -> Measured:
    """Mean over the ends (s,) of jumps of directions `seeds` (s,); climbs that are not finite are
    left out and counted.
    """
    good = np.isfinite(climbs)
    mean = mean_over_seeds(climbs[good].tolist(), seeds[good].tolist())
    left = f"{int((~good).sum())} not finite" if not good.all() else ""
    return replace(mean, detail=words(f"{good.sum()} ends", mean.detail, left, note))


@measure(unit=LOSS, direction=HIGHER, source=SOURCE, cost=COST)
def barrier_between_ends(climbs: np.ndarray, note: str) -> Measured:
    """Mean over the pairs of ends (e,) that are finite."""
    inside = climbs[np.isfinite(climbs)]
    pairs = words(
        f"{len(inside)} pairs, which share ends, so no standard error"
        if len(inside)
        else "no two ends",
        note,
    )
    return Measured(float(inside.mean()) if len(inside) else None, pairs)


@measure(
    unit=LOSS, direction=HIGHER, source=f"its merge tree is this program's; {SOURCE}", cost=COST
)
def barrier_persistence(finite_bars: Sequence[float], note: str) -> Measured:
    """Σ of the finite bars of the merge tree of ends and anchor."""
    return Measured(math.fsum(finite_bars), words(f"{len(finite_bars)} bars", note))
