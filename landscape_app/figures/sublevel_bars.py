"""The sublevel diagram of one run: a piece of the sample is born at its lowest snapshot and dies
where it is joined to a piece of lower minimum.

Bars that never die stand as triangles on top; one is hollow where the train loss never rises on the
straight line between its two minima.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from landscape_app.figures import climbs
from landscape_app.figures.bar_members import members
from landscape_app.figures.drawing import BarTrace, float32, scatter
from landscape_app.figures.palette import SYMBOLS
from landscape_app.figures.view import DrawnRun


def traces(subject: DrawnRun, top: float) -> Iterator[BarTrace]:
    """Bars that die, those without a climb, and those that never die, which stand at `top`."""
    if "sublevel" not in subject.results:
        return
    arrays = subject.results["sublevel"].arrays
    death, birth = np.asarray(arrays["death"]), np.asarray(arrays["birth"])
    essential, hollow = np.isinf(death), np.zeros(len(death), dtype=bool)
    hollow[climbs.flat(subject)] = True
    symbol = SYMBOLS[subject.look]
    for mask, shape, size, width, never in (
        (~essential & ~hollow, symbol, 7, 0, False),
        (hollow, f"{symbol}-open", 7, 1.3, False),
        (essential, "triangle-up", 9, 0, True),
    ):
        chosen = np.flatnonzero(mask)
        at = np.full(len(chosen), top) if never else death[chosen]
        marker = {"symbol": shape, "size": size, "line": {"width": width}}
        place = {"x": float32(birth[chosen]), "y": float32(at)}
        trace = scatter(**place, mode="markers", marker=marker, opacity=0.85)
        kind = {"kind": "sublevel", "stride": 1, "never": never, "bar": chosen.tolist()}
        yield BarTrace(trace, {**kind, **members(subject, arrays, chosen)})
