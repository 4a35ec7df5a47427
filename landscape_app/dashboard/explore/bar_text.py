"""What is known of the climbs of sublevel bars, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping

from landscape_app.dashboard.explore.comparison import ComparedRun
from landscape_app.figures.climbs import of as of_bars
from landscape_app.number_text import number


def climb(climbs: Mapping[int, float], bar: int) -> str:
    """How far the train loss rises on the straight line between a bar's two minima."""
    if bar not in climbs:
        return "not checked"
    return number(climbs[bar]) if math.isfinite(climbs[bar]) else "not finite"


def climbs(run: ComparedRun) -> str:
    """How many bars have a climb: 15 of 17 bars without a climb; empty where none was checked."""
    heights = [] if run.subject is None else list(of_bars(run.subject).values())
    if not heights:
        return ""
    bars = "1 bar" if len(heights) == 1 else f"{len(heights)} bars"
    return f"{sum(climb == 0 for climb in heights)} of {bars} without a climb"
