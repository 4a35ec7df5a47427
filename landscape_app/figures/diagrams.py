"""The two persistence diagrams of one run, side by side on axes common to the compared runs:
sublevel H0 of a loss, and Rips H0 and H1.

Where loops were tested, a strip above the diagonal is as high as the longest loops of the null
draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures import climbs, rips_bars, sublevel_bars
from landscape_app.figures.drawing import UPPER, Drawing, scatter
from landscape_app.figures.palette import template
from landscape_app.figures.shared_range import finite, sentence, shared, wide
from landscape_app.figures.view import FUNCTION, DrawnRun, Need, View
from landscape_app.protocol import NORM_UNIT
from landscape_app.registries import FILTRATIONS

NULL = "#7f8794"  # the null's strip, in both schemes


@dataclass(frozen=True)
class Axes:
    """[low, high] of the sublevel diagram and of the Rips diagram, over the compared runs; `top` is
    where triangles stand. off: what is off the scale, in sentences.
    """

    sublevel: tuple[float, float]
    rips: tuple[float, float]
    off: tuple[str, ...] = ()

    @property
    def top(self) -> float:
        """Where an essential sublevel bar is drawn."""
        low, high = self.sublevel
        return high - 0.045 * (high - low)


def needs(view: View) -> tuple[Need, ...]:
    """Stored results of a run that the diagrams are made of."""
    at, graph = {"distance": view.between}, {"distance": view.graph}
    return (
        Need("sublevel", {"filtration": view.filtration, **graph}),
        Need("rips", at),
        Need("significance", graph),
        *([Need("loops", at)] if view.distance == FUNCTION else []),
        *climbs.needs(view),
    )


def axes_of(view: View) -> Callable[[Sequence[DrawnRun]], Axes]:
    """What makes the axes of this view's filtration."""
    return logarithmic_axes if is_logarithm(view) else axes


def is_logarithm(view: View) -> bool:
    """Whether the filtration is a decimal logarithm."""
    return view.filtration.startswith("log_")


def logarithmic_axes(subjects: Sequence[DrawnRun]) -> Axes:
    """The axes of a filtration that is a decimal logarithm."""
    return axes(subjects, log=True)


def axes(subjects: Sequence[DrawnRun], *, log: bool = False) -> Axes:
    """Ranges that hold every finite birth and death of `subjects`, without those of a run that is
    far off the others' (shared_range).
    """
    sublevel = shared([_ends(subject) for subject in subjects], log=log)
    rips = shared([_distances(subject) for subject in subjects])
    (low, high), (_, far) = wide(sublevel), wide(rips)
    off = [
        sentence(scale, [subjects[number].label for number in common.off], common.peak)
        for scale, common in (("the axis of births", sublevel), ("the axis of distances", rips))
    ]
    return Axes(
        (low - 0.05 * (high - low), high + 0.13 * (high - low)),
        (-0.03 * far, 1.06 * far),
        tuple(filter(None, off)),
    )


def _ends(subject: DrawnRun) -> np.ndarray:
    """Finite births and deaths of the sublevel bars: one that never dies is off no scale."""
    if "sublevel" not in subject.results:
        return np.empty(0)
    arrays = subject.results["sublevel"].arrays
    ends = np.concatenate([np.asarray(arrays[name], np.float64) for name in ("birth", "death")])
    return finite(ends)


def _distances(subject: DrawnRun) -> np.ndarray:
    if "rips" not in subject.results:
        return np.empty(0)
    drawn = (subject.results["rips"].arrays, rips_bars.loops(subject)[0])
    names = ("h0_death", "h1_birth", "h1_death", "h2_death")
    parts = [np.ravel(arrays[name]) for arrays in drawn for name in names if name in arrays]
    ends = np.concatenate([np.empty(0), *parts])
    return finite(ends)


def draw(subject: DrawnRun, view: View, axes: Axes) -> go.Figure:
    """Both diagrams of one run; a part whose result is not there stays empty."""
    drawing = Drawing("diagrams", [subject.run], bars=[])
    for ends, place in ((axes.sublevel, {}), (axes.rips, rips_bars.PLACE)):
        drawing.add(diagonal(list(ends), view, place), {"line.color": "muted"})
    for bars in sublevel_bars.traces(subject, axes.top):
        bars.within(axes.sublevel[1], axes.top).add_to(drawing, subject, view)
    for bars in rips_bars.traces(subject, axes.rips[1]):
        bars.within(axes.rips[1], axes.rips[1]).add_to(drawing, subject, view)
    return drawing.figure(
        {
            "template": template(view.scheme),
            "margin": {"l": 42, "r": 8, "t": UPPER, "b": 30},
            "showlegend": False,
            "shapes": _strip(subject, axes),
            **_layout(axes, view, _unit(subject)),
        }
    )


def diagonal(ends: Any, view: View, place: dict[str, str]) -> dict[str, Any]:
    """Birth equals death, between `ends` (2,); place: the axes it is drawn on."""
    line = {"width": 1, "color": view.palette.muted}
    look = {"mode": "lines", "line": line, "opacity": 0.5, "hoverinfo": "skip"}
    return scatter(x=ends, y=ends, **place, **look)


def _strip(subject: DrawnRun, axes: Axes) -> list[dict[str, Any]]:
    """The null's strip over the Rips diagonal: as high as 95 % of the null draws' longest loops,
    where H1 was tested.
    """
    if not rips_bars.loops(subject)[1] or "rips" not in subject.results:
        return []
    height = subject.results[subject.loops].meta["rips_h1"].get("null_high")
    if not height or not np.isfinite(height):
        return []
    low, high = axes.rips
    path = f"M{low},{low}L{low},{low + height}L{high},{high + height}L{high},{high}Z"
    return [
        {
            "type": "path",
            "path": path,
            "xref": "x2",
            "yref": "y2",
            "layer": "below",
            "fillcolor": NULL,
            "opacity": 0.3,
            "line": {"width": 1, "color": NULL},  # a low strip is seen by its rim
        }
    ]


def _unit(subject: DrawnRun) -> str:
    """Of the Rips distances: ‖θo‖, or nothing for distances that have no unit."""
    stored = subject.results.get("rips")
    return "" if stored is None else str(stored.meta.get("unit", NORM_UNIT))


def _layout(axes: Axes, view: View, unit: str) -> dict[str, Any]:
    entry = FILTRATIONS[view.filtration]
    common = {"nticks": 5, "tickangle": 0, "fixedrange": True}
    far = f"birth (distance/{unit})" if unit else "birth (distance)"
    return {
        "hovermode": "closest",
        "hoverdistance": 12,
        "xaxis": {
            **common,
            "domain": [0, 0.44],
            "range": list(axes.sublevel),
            "title": {"text": f"birth ({entry.label})"},
        },
        "yaxis": {**common, "range": list(axes.sublevel), "title": {"text": "death"}},
        "xaxis2": {
            **common,
            "domain": [0.58, 1],
            "range": list(axes.rips),
            "title": {"text": far},
            "anchor": "y2",
        },
        "yaxis2": {**common, "range": list(axes.rips), "anchor": "x2"},
    }
