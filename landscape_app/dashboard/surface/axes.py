"""What the figures of the page share, so that they compare: one frame, and one range of values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landscape_app.dashboard.surface.choice import SurfaceChoice
from landscape_app.dashboard.surface.view import RunSurface, SurfaceView, values
from landscape_app.figures.shared_range import sentence, shared

Range = tuple[float, float]
REACH = 1.5  # how far beyond the computed points, in their extent, a frame follows the snapshots
AIR = 0.03  # of a range, left on both sides of it


@dataclass(frozen=True)
class CommonAxes:
    """values: the range of heights and colours as drawn (after the logarithm). across: that of both
    axes. off: slots of the runs that have heights above it; peak: the largest, in its own unit.
    """

    values: Range
    across: Range
    off: tuple[int, ...] = ()
    peak: float = float("nan")


def frame(view: SurfaceView) -> CommonAxes:
    """What holds every drawn surface, but for one that is far off the others (shared_range), and,
    within REACH, every snapshot.
    """
    log = view.choice.log
    drawn = [
        np.concatenate(
            [heights(view.choice, part).reshape(-1) for part in values(run, view.choice)]
        )
        for run in view.drawn
    ]
    common = shared(drawn, log=log)
    high = common.high if common.high > common.low else common.low + 1.0
    off = tuple(view.drawn[number].slot for number in common.off)
    peak = 10.0**common.peak if log else common.peak
    return CommonAxes((common.low, high), _across(view), off, peak)


def beyond(run: RunSurface, view: SurfaceView) -> str:
    """That the run's surface goes above the common range, in a sentence; empty where it does
    not.
    """
    common = frame(view)
    if run.slot not in common.off:
        return ""
    drawn = _all(run, view)
    peak = float(drawn[np.isfinite(drawn)].max())
    return f"{sentence('the common range', [run.label], peak)} It ends there in a flat top."


def _all(run: RunSurface, view: SurfaceView) -> np.ndarray:
    """Every value of a run that is drawn as a height."""
    return np.concatenate([part.reshape(-1) for part in values(run, view.choice)])


def outside(run: RunSurface, shared: CommonAxes) -> int:
    """Snapshots of a run whose place is beyond the frame."""
    places = run.surface.arrays["coordinates"]
    with np.errstate(invalid="ignore"):
        return int(((places < shared.across[0]) | (places > shared.across[1])).any(axis=1).sum())


def _across(view: SurfaceView) -> Range:
    """The computed points, and the snapshots as far as REACH."""
    arrays = [run.surface.arrays for run in view.drawn]
    extent = max((float(np.abs(array["alpha"]).max()) for array in arrays), default=1.0)
    places = np.concatenate(
        [np.zeros(1), *(np.abs(array["coordinates"]).reshape(-1) for array in arrays)]
    )
    farthest = float(places[np.isfinite(places)].max())
    reach = min(max(extent, farthest), REACH * extent) * (1 + AIR)
    return -reach, reach


def heights(choice: SurfaceChoice, values: np.ndarray) -> np.ndarray:
    """float32 heights of `values` as they are drawn, NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.log10(values) if choice.log else np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(drawn), drawn, np.nan).astype(np.float32)
