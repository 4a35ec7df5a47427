"""A range that compared runs share, and that one diverged run does not ruin: a run whose values go
far beyond those of the others is off the scale, and the figure says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landscape_app.number_text import number

FAR = 30.0  # times as far as the others: these would be left with a thirtieth of the range
BAR = 1000.0  # … of bars that begin at 0: a shorter one is not seen
DECADES = 4.0  # … above the others, on a scale of decimal logarithms


@dataclass(frozen=True)
class SharedRange:
    """[low, high] of what is on the scale; it holds 0 and 1 where nothing is finite. off: numbers
    of the parts that have values above it, infinite ones included; peak: the largest of these.
    """

    low: float
    high: float
    off: tuple[int, ...] = ()
    peak: float = float("nan")


def shared(
    parts: Sequence[np.ndarray],
    *,
    log: bool = False,
    far: float = FAR,
    decades: float = DECADES,
    usual: float = 0.5,
) -> SharedRange:
    """The range of all finite values of `parts`, one for each run; log: they are decimal
    logarithms.

    A run is far off where its highest value is more than `far` times as far above the lowest value
    of all as that of the usual run, on a logarithmic scale more than `decades` above it. usual:
    which one that is, as a share of the runs: the median (the lower one of two). A run that is off
    widens the range by nothing but what it has below that.
    """
    known = [np.asarray(part, dtype=np.float64).ravel() for part in parts]
    measured = [inside for part in known if len(inside := finite(part))]
    highs = np.array([part.max() for part in measured])
    if not len(highs):
        return _with_off(known, 0.0, 1.0)
    low, high = min(part.min() for part in measured), lower_quantile(highs, usual)
    limit = high + decades
    if not log and high > low:
        limit = low + far * (high - low)
    if high <= low:  # the usual run has one value alone
        limit = np.inf
    inside = highs[highs <= limit]
    return _with_off(known, float(low), float(inside.max()))


def finite(values: np.ndarray) -> np.ndarray:
    """Those of `values` that are finite numbers."""
    return np.asarray(values[np.isfinite(values)])


def lower_quantile(values: np.ndarray, share: float = 0.5) -> float:
    """The value among `values` (n,), n > 0, below which this share of them lies."""
    return float(np.sort(values)[int(share * (len(values) - 1))])


def _with_off(parts: Sequence[np.ndarray], low: float, high: float) -> SharedRange:
    above = [part[part > high] for part in parts]
    off = tuple(number for number, part in enumerate(above) if len(part))
    return SharedRange(
        low,
        high,
        off,
        max((float(part.max()) for part in above if len(part)), default=float("nan")),
    )


def wide(range: SharedRange, *, by: float = 0.5) -> tuple[float, float]:
    """(low, high), `by` to both sides where they are one value."""
    if range.high > range.low:
        return range.low, range.high
    return range.low - by, range.low + by


def sentence(scale: str, names: Sequence[str], peak: float, unit: str = "") -> str:
    """What is off a scale: "Off the colour scale: Poor, up to 1.2e6." Empty where nothing is."""
    if not names:
        return ""
    return f"Off {scale}: {', '.join(names)}, up to {shown(peak)}{unit}."


def shown(value: float) -> str:
    """A value that is off a scale."""
    return number(value) if np.isfinite(value) else "∞"
