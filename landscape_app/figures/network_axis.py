"""The axis of a value that each network of a study has, which a few that are far off the others do
not ruin: they stand at its edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape_app.figures import shared_range
from landscape_app.figures.shared_range import shared

DECADES = 2.0  # positive values that span more are drawn on a logarithmic axis: τ is of ranks
USUAL = 0.75  # the share of the networks that says what is usual
AIR = 0.06  # of the range, beyond the values at both ends, where something is off
NAMED = 3  # networks named in one sentence


@dataclass(frozen=True, eq=False)
class NetworkAxis:
    """low, high: of the values (n,) on it, in their own unit. side (n,): −1 and 1 for a network
    that is off its lower or its upper end, else 0. peak: the value that is farthest off. A network
    that is not drawn is off nothing.
    """

    low: float
    high: float
    log: bool
    side: np.ndarray
    peak: float = float("nan")

    def place(self, values: np.ndarray) -> np.ndarray:
        """Where `values` (n,) are drawn: what is off the axis at its edge."""
        low, high = self._scaled(AIR / 2)
        edge = np.where(self.side > 0, high, low)
        placed: np.ndarray = np.where(self.side != 0, 10.0**edge if self.log else edge, values)
        return placed

    def layout(self) -> dict[str, Any]:
        """Its type, which its ticks say, and its range where something is off it."""
        kind = {"type": "log", "exponentformat": "power", "dtick": 1} if self.log else {}
        return {**kind, "range": list(self._scaled(AIR))} if self.side.any() else kind

    def beyond(self, label: str, names: Sequence[str]) -> str:
        """Which networks are off it, in a sentence; empty where none is."""
        off = [name for name, side in zip(names, self.side, strict=True) if side]
        more = [f"{len(off) - NAMED} more"] if len(off) > NAMED else []
        return shared_range.sentence(f"the axis of {label}", off[:NAMED] + more, self.peak)

    def _scaled(self, air: float) -> tuple[float, float]:
        low, high = np.log10([self.low, self.high]) if self.log else (self.low, self.high)
        edge = air * (high - low) or 0.5
        return float(low - edge), float(high + edge)


def axes(measure: np.ndarray, gap: np.ndarray) -> tuple[NetworkAxis, NetworkAxis]:
    """The axis of the measure (n,), logarithmic where its positive values span more than DECADES,
    and that of the gap (n,), of the networks that have a finite value of both.
    """
    known = np.isfinite(measure) & np.isfinite(gap)
    return _axis(measure, known, may_log=True), _axis(gap, known, may_log=False)


def _axis(every: np.ndarray, known: np.ndarray, *, may_log: bool) -> NetworkAxis:
    """Far off is what is farther from the median than shared_range says, on a logarithmic axis what
    is that far above. Scores from −1 to 1 are never off.
    """
    values, sides = every[known], np.zeros(len(every), dtype=int)
    if not len(values):
        return NetworkAxis(0.0, 1.0, False, sides)
    side, log = np.zeros(len(values), dtype=int), may_log and _spans_decades(values)
    if log:
        side[_above(np.log10(values))] = 1
        log = _spans_decades(values[side == 0])
    if not log and np.abs(values).max() > 1:
        side = _apart(values)
    sides[known] = side
    on, off = values[side == 0], values[side != 0]
    peak = float(off[np.abs(off).argmax()]) if len(off) else float("nan")
    return NetworkAxis(float(on.min()), float(on.max()), log, sides, peak)


def _spans_decades(values: np.ndarray) -> bool:
    return bool(values.min() > 0 and np.log10(values.max() / values.min()) > DECADES)


def _above(logarithms: np.ndarray) -> np.ndarray:
    """Positions of what is as far above the usual ones as these are spread, twice."""
    spread = shared_range.lower_quantile(logarithms, USUAL) - logarithms.min()
    decades = max(shared_range.DECADES, 2 * spread)
    parts = [np.array([value]) for value in logarithms]
    return np.array(shared(parts, log=True, decades=decades, usual=USUAL).off, dtype=int)


def _apart(values: np.ndarray) -> np.ndarray:
    """On which side of the others each is: −1, 0 or 1."""
    away = values - np.median(values)
    common = shared([np.array([0.0, abs(part)]) for part in away], usual=USUAL)
    side: np.ndarray = np.where(np.abs(away) > common.high, np.sign(away), 0).astype(int)
    return side


def off_scale(
    measure: np.ndarray, gap: np.ndarray, names: Sequence[str], labels: tuple[str, str]
) -> str:
    """Which networks are off the axes, in sentences; empty where none is. names: (n,)."""
    both = zip(axes(measure, gap), labels, strict=True)
    return " ".join(filter(None, (axis.beyond(label, names) for axis, label in both)))


def mark_off(traces: Sequence[Any], ids: Sequence[str], x: NetworkAxis, y: NetworkAxis) -> None:
    """Networks that are off an axis become triangles that point to where they are; ids: (n,)."""
    sides = dict(zip(ids, zip(x.side, y.side, strict=True), strict=True))
    for trace in traces:
        away = [sides.get(id, (0, 0)) for id in trace.customdata or ()]
        if not any(map(any, away)):
            continue
        shapes = trace.marker.symbol or "circle"
        shapes = [shapes] * len(away) if isinstance(shapes, str) else shapes
        trace.marker.symbol = [
            f"triangle-up{'-open' * shape.endswith('-open')}" if any(side) else shape
            for side, shape in zip(away, shapes, strict=True)
        ]
        trace.marker.angle = [float(np.degrees(np.arctan2(*side))) for side in away]
