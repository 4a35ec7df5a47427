"""What the figures of the page share, so that they compare: one frame, and one range of values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landscape_app.dashboard.surface.choice import SurfaceChoice
from landscape_app.dashboard.surface.view import RunSurface, SurfaceView, values

Range = tuple[float, float]
REACH = 1.5  # how far beyond the computed points, in their extent, a frame follows the snapshots
AIR = 0.03  # of a range, left on both sides of it


@dataclass(frozen=True)
class CommonAxes:
    """values: the range of heights and colours as drawn (after the logarithm). across: that of both
    axes.
    """

    values: Range
    across: Range


def frame(view: SurfaceView) -> CommonAxes:
    """What holds every drawn surface and, within REACH, every snapshot."""
    parts = [part for run in view.drawn for part in values(run, view.choice)]
    drawn = [heights(view.choice, part).reshape(-1) for part in parts]
    return CommonAxes(_ends(np.concatenate([np.empty(0), *drawn])), _across(view))


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


def _ends(values: np.ndarray) -> Range:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return low, high if high > low else low + 1.0
