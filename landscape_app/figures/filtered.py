"""A figure with the snapshots hidden that the filters of Explore hide, as assets/paint.js hides
them on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures import curves
from landscape_app.figures.figure_meta import Base, MiddleCurve
from landscape_app.figures.view import DrawnRun


def hide(figure: go.Figure, runs: Sequence[DrawnRun], passing: Mapping[str, np.ndarray]) -> None:
    """Hide every snapshot of `figure` that does not pass: its place becomes NaN. Medians and bands
    are made of those that stay. Axes stay as they are, so that two figures can be compared.

    passing: {run: (n,) bool, in the order of its rows}. Figures that draw no snapshots, and those
    that say that filters hide nothing in them (`whole`), stay as they are.
    """
    meta = figure.layout.meta
    if meta.get("whole"):
        return
    by_id = {run.run: run for run in runs}
    for base in meta.get("base", ()):
        _hide(figure.data[base["trace"]], base, by_id[base["run"]], passing[base["run"]])
    for middle in meta.get("middle", ()):
        _refit(figure, middle, by_id[middle["run"]])


def _hide(trace: Any, base: Base, run: DrawnRun, passing: np.ndarray) -> None:
    rows = np.asarray(base["rows"])
    positions = run.find(rows)
    gone = (rows >= 0) & positions.there & ~passing[positions.at]
    for axis in "xyz":
        if (at := getattr(trace, axis, None)) is not None:
            values = np.array(at, dtype=np.float32)
            values[gone] = np.nan
            trace[axis] = values


def _refit(figure: go.Figure, middle: MiddleCurve, run: DrawnRun) -> None:
    """The median and the band of what the single curves still show."""
    single = figure.data[middle["of"]]
    base = next(base for base in figure.layout.meta["base"] if base["trace"] == middle["of"])
    rows = np.asarray(base["rows"])
    shown = np.full(len(run.rows), np.nan)
    positions = run.find(rows)
    shown[positions.places] = np.asarray(single.y, dtype=np.float64)[positions.there]
    around, along = curves.band_and_median(*curves.middle(run, shown))
    figure.data[middle["band"]].update(around)
    figure.data[middle["median"]].update(along)
