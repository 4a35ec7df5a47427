"""The topological landscape profile of one run, and beside it the loss over its triangulated
picture.

Profile: every snapshot has one place on a line, such that at any height each piece of the sample
that lies below is one stretch, as wide as the piece has snapshots. A point at each minimum is the
sublevel bar born there, hollow where its climb is 0. The triangulated picture's bars are a
statement about the picture: low pieces (filled) and rims around hills (open), on the same axes as
the profile's height.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures import climbs
from landscape_app.figures.bar_members import edges, focuses, members, present
from landscape_app.figures.diagrams import diagonal, is_logarithm
from landscape_app.figures.drawing import UPPER, BarTrace, Drawing, float32, scatter
from landscape_app.figures.palette import SYMBOLS, template
from landscape_app.figures.rips_bars import PLACE
from landscape_app.figures.shared_range import finite, sentence, shared, wide
from landscape_app.figures.view import DrawnRun, Need, View
from landscape_app.records.rows import look_up
from landscape_app.registries import FILTRATIONS

AIR = 0.06  # of the range of heights, above and below


def needs(view: View) -> tuple[Need, ...]:
    """Stored results of a run that the profile, and the diagram of its triangulated picture, are
    made of.
    """
    at = {"filtration": view.filtration, "distance": view.graph}
    return (Need("profile", at), Need("sublevel", at), Need("triangulation", at))


def drawable(subject: DrawnRun) -> bool:
    """Whether there is a profile whose line can be drawn."""
    if "profile" not in subject.results:
        return False
    arrays = subject.results["profile"].arrays
    return {"order_rows", "heights", "wall_places", "wall_heights"} <= set(arrays) and len(
        arrays["order_rows"]
    ) > 0


class HeightSpan(NamedTuple):
    """The range of the heights over the compared runs. off: what is off it, in a sentence."""

    low: float
    high: float
    off: str = ""

    @property
    def top(self) -> float:
        """Where marks of what is off it stand."""
        return self.high - AIR / 2 * (self.high - self.low)


def span(subjects: Sequence[DrawnRun], *, log: bool = False) -> HeightSpan:
    """Of the heights and rims of `subjects`, so that runs compare; without those of a run that is
    far off the others' (shared_range). log: they are decimal logarithms.
    """
    common = shared([_heights(subject) for subject in subjects], log=log)
    low, high = wide(common)
    edge = AIR * (high - low)
    names = [subjects[number].label for number in common.off]
    return HeightSpan(low - edge, high + edge, sentence("the axis of heights", names, common.peak))


def logarithmic_span(subjects: Sequence[DrawnRun]) -> HeightSpan:
    """The same of decimal logarithms."""
    return span(subjects, log=True)


def span_of(view: View) -> Callable[[Sequence[DrawnRun]], HeightSpan]:
    """What makes the range of this view's filtration."""
    return logarithmic_span if is_logarithm(view) else span


def _heights(subject: DrawnRun) -> np.ndarray:
    parts = [np.empty(0)]
    if drawable(subject):
        parts.append(np.asarray(subject.results["profile"].arrays["heights"]))
    if "triangulation" in subject.results:
        arrays = subject.results["triangulation"].arrays
        names = ("h0_birth", "h0_death", "h1_birth", "h1_death")
        parts += [np.asarray(arrays[name]) for name in names]
    values = np.concatenate(parts)
    return finite(values)


def draw(subject: DrawnRun, view: View, span: HeightSpan) -> go.Figure:
    """The profile, and the triangulated picture's diagram where there is one."""
    drawing = Drawing("diagrams", [subject.run], bars=[])
    named, twofold = f"run-{subject.look + 1}", "triangulation" in subject.results
    colour = view.palette.runs[subject.look]
    line = _range(subject, colour, span.low)
    drawing.add(line, {"line.color": named, "fillcolor": named})
    if twofold:
        ends = float32([span.low, span.high])
        drawing.add(diagonal(ends, view, PLACE), {"line.color": "muted"})
    bars = [_minima(subject).within(np.inf, span.top)] if "sublevel" in subject.results else []
    if twofold:
        bars += [part.within(span.top, span.top) for part in (_basins(subject), _rims(subject))]
    for trace in bars:
        trace.add_to(drawing, subject, view)
    places = len(subject.results["profile"].arrays["order_rows"])
    layout = _layout(places, span, view, twofold)
    return drawing.figure({"template": template(view.scheme), **layout})


def _range(subject: DrawnRun, colour: str, floor: float) -> dict[str, Any]:
    """The line over all places, filled down to the floor. Between stretches that touch it rises to
    where they are joined.
    """
    arrays = subject.results["profile"].arrays
    at, rise = (np.asarray(arrays[f"wall_{name}"]) for name in ("places", "heights"))
    heights = np.insert(np.asarray(arrays["heights"], dtype=np.float64), at, rise)
    places = np.insert(np.arange(len(arrays["heights"]), dtype=np.float64), at, at - 0.5)
    return scatter(
        x=float32(np.r_[0, places, places[-1]]),
        y=float32(np.r_[floor, heights, floor]),
        mode="lines",
        line={"width": 1.2, "color": colour, "shape": "linear"},
        fill="toself",
        fillcolor=colour,
        opacity=0.35,
        hoverinfo="skip",
    )


def _minima(subject: DrawnRun) -> BarTrace:
    """A point at the minimum of every sublevel bar."""
    arrays = subject.results["sublevel"].arrays
    order = np.asarray(subject.results["profile"].arrays["order_rows"])
    place = look_up(order, arrays["birth_row"]).of(np.arange(len(order)))
    birth, death = np.asarray(arrays["birth"]), np.asarray(arrays["death"])
    symbols, widths = np.full(len(birth), SYMBOLS[subject.look], dtype="<U32"), np.zeros(len(birth))
    hollow = climbs.flat(subject)
    symbols[hollow], widths[hollow] = f"{SYMBOLS[subject.look]}-open", 1.3
    marker = {"symbol": symbols.tolist(), "size": 7, "line": {"width": widths.tolist()}}
    group = {
        "kind": "sublevel",
        "stride": 1,
        "bar": list(range(len(birth))),
        "birth": birth.tolist(),
        "death": [float(value) if np.isfinite(value) else None for value in death],
        **members(subject, arrays, np.arange(len(birth))),
    }
    points = scatter(x=float32(place), y=float32(birth), mode="markers", marker=marker)
    return BarTrace(points, group)


def _basins(subject: DrawnRun) -> BarTrace:
    """Low pieces of the loss over the triangulated picture."""
    arrays = subject.results["triangulation"].arrays
    birth, death = np.asarray(arrays["h0_birth"]), np.asarray(arrays["h0_death"])
    bars = np.flatnonzero(np.isfinite(death) & (death > birth))
    lowest = arrays["h0_birth_row"][bars]
    group = {
        "kind": "over0",
        "stride": 1,
        "bar": bars.tolist(),
        "edge": edges(subject, arrays["h0_merge_rows"][bars]),
        "rows": present(subject, list(lowest[:, None])),
        "focus": focuses(subject, lowest),
    }
    marker = {"symbol": SYMBOLS[subject.look], "size": 6, "line": {"width": 0}}
    return BarTrace(_beside(birth[bars], death[bars], marker), group)


def _rims(subject: DrawnRun) -> BarTrace:
    """Rims around hills of the loss over the triangulated picture."""
    arrays = subject.results["triangulation"].arrays
    birth, death = np.asarray(arrays["h1_birth"]), np.asarray(arrays["h1_death"])
    bars = np.flatnonzero(death > birth)
    closing, filled = arrays["h1_birth_rows"][bars], arrays["h1_death_rows"][bars]
    group = {
        "kind": "over1",
        "stride": 1,
        "bar": bars.tolist(),
        "edge": edges(subject, closing),
        "rows": present(subject, list(np.hstack([closing, filled]))),
    }
    marker = {"symbol": f"{SYMBOLS[subject.look]}-open", "size": 6, "line": {"width": 1.3}}
    return BarTrace(_beside(birth[bars], death[bars], marker), group)


def _beside(x: np.ndarray, y: np.ndarray, marker: dict[str, Any]) -> dict[str, Any]:
    return scatter(x=float32(x), y=float32(y), **PLACE, mode="markers", marker=marker)


def _layout(places: int, span: HeightSpan, view: View, twofold: bool) -> dict[str, Any]:
    heights = [span.low, span.high]
    label = FILTRATIONS[view.filtration].label
    common = {"nticks": 5, "tickangle": 0, "fixedrange": True}
    layout = {
        "margin": {"l": 42, "r": 8, "t": UPPER, "b": 30},
        "showlegend": False,
        "hovermode": "closest",
        "hoverdistance": 12,
        "dragmode": False,
        "xaxis": {
            **common,
            "domain": [0, 0.52] if twofold else [0, 1],
            "range": [-0.02 * places, 1.02 * places],
            "showgrid": False,
            "title": {"text": "snapshots, piece by piece"},
        },
        "yaxis": {**common, "range": heights, "title": {"text": label}},
    }
    if twofold:
        layout["xaxis2"] = {
            **common,
            "domain": [0.66, 1],
            "range": heights,
            "title": {"text": "birth (2-D PHATE)"},
            "anchor": "y2",
        }
        layout["yaxis2"] = {**common, "range": heights, "anchor": "x2"}
    return layout
