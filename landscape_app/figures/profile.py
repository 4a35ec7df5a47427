"""The topological landscape profile of one run, and beside it the loss over its triangulated
picture.

Profile: every snapshot has one place on a line, such that at any height each piece of the sample
that lies below is one stretch, as wide as the piece has snapshots. A point at each minimum is the
sublevel bar born there, hollow where its climb is 0. The triangulated picture's bars are a
statement about the picture: low pieces (filled) and rims around hills (open), on the same axes as
the profile's height.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures import climbs, diagrams
from landscape_app.figures.figure_meta import BarGroup, FigureMeta
from landscape_app.figures.palette import SYMBOLS, template
from landscape_app.figures.view import DrawnRun, Need, View
from landscape_app.records.rows import look_up
from landscape_app.registries import FILTRATIONS

AIR = 0.06  # of the range of heights, above and below


def needs(view: View) -> tuple[Need, ...]:
    """Stored results of a run that the profile, and the diagram of its triangulated picture, are
    made of.
    """
    at = {"filtration": view.filtration, "distance": view.distance}
    return (Need("profile", at), Need("sublevel", at), Need("triangulation", at))


def drawable(subject: DrawnRun) -> bool:
    """Whether there is a profile whose line can be drawn."""
    if "profile" not in subject.results:
        return False
    arrays = subject.results["profile"].arrays
    return {"order_rows", "heights", "wall_places", "wall_heights"} <= set(arrays) and len(
        arrays["order_rows"]
    ) > 0


def span(subjects: Sequence[DrawnRun]) -> tuple[float, float]:
    """(low, high) over the heights and rims of `subjects`, so that runs compare."""
    parts = [np.empty(0)]
    for subject in subjects:
        if drawable(subject):
            parts.append(np.asarray(subject.results["profile"].arrays["heights"]))
        if "triangulation" in subject.results:
            arrays = subject.results["triangulation"].arrays
            parts += [
                np.asarray(arrays[name])
                for name in ("h0_birth", "h0_death", "h1_birth", "h1_death")
            ]
    values = np.concatenate(parts)
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    edge = AIR * (high - low) or 0.5
    return low - edge, high + edge


def draw(subject: DrawnRun, view: View, span: tuple[float, float]) -> go.Figure:
    """The profile, and the triangulated picture's diagram where there is one."""
    colour = view.palette.runs[subject.slot]
    traces: list[dict[str, Any]] = [_range(subject, colour, span[0])]
    named = f"run-{subject.slot + 1}"
    paint: list[list[Any]] = [[0, "line.color", named], [0, "fillcolor", named]]
    bars: list[BarGroup] = []
    twofold = "triangulation" in subject.results
    parts = [_minima(subject, colour)] if "sublevel" in subject.results else []
    if twofold:
        line = {"width": 1, "color": view.palette.muted}
        traces.append(
            {
                **_beside(list(span), list(span)),
                "mode": "lines",
                "line": line,
                "opacity": 0.5,
                "hoverinfo": "skip",
            }
        )
        paint.append([1, "line.color", "muted"])
        parts += _picture(subject, colour, span)
    for trace, group in parts:
        paint.append([len(traces), "marker.color", named])
        bars.append(cast("BarGroup", {"trace": len(traces), "stride": 1, **group}))
        traces.append(trace)
    meta: FigureMeta = {
        "view": "diagrams",
        "runs": [subject.run],
        "bars": bars,
        "paint": paint,
    }
    places = len(subject.results["profile"].arrays["order_rows"])
    return go.Figure(
        traces,
        {"template": template(view.scheme), "meta": meta, **_layout(places, span, view, twofold)},
    )


def _range(subject: DrawnRun, colour: str, floor: float) -> dict[str, Any]:
    """The line over all places, filled down to the floor. Between stretches that touch it rises to
    where they are joined.
    """
    arrays = subject.results["profile"].arrays
    at, rise = (np.asarray(arrays[f"wall_{name}"]) for name in ("places", "heights"))
    heights = np.insert(np.asarray(arrays["heights"], dtype=np.float64), at, rise)
    places = np.insert(np.arange(len(arrays["heights"]), dtype=np.float64), at, at - 0.5)
    x, y = np.r_[0, places, places[-1]], np.r_[floor, heights, floor]
    line = {"width": 1.2, "color": colour, "shape": "linear"}
    return {
        "type": "scatter",
        "x": _f4(x),
        "y": _f4(y),
        "mode": "lines",
        "line": line,
        "fill": "toself",
        "fillcolor": colour,
        "opacity": 0.35,
        "hoverinfo": "skip",
    }


def _minima(subject: DrawnRun, colour: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A point at the minimum of every sublevel bar."""
    arrays, order = (
        subject.results["sublevel"].arrays,
        np.asarray(subject.results["profile"].arrays["order_rows"]),
    )
    place = look_up(order, arrays["birth_row"]).of(np.arange(len(order)))
    birth, death = np.asarray(arrays["birth"]), np.asarray(arrays["death"])
    symbols, widths = np.full(len(birth), SYMBOLS[subject.slot], dtype="<U32"), np.zeros(len(birth))
    hollow = climbs.flat(subject)
    symbols[hollow], widths[hollow] = f"{SYMBOLS[subject.slot]}-open", 1.3
    trace = {
        "type": "scatter",
        "x": _f4(place),
        "y": _f4(birth),
        "mode": "markers",
        "hoverinfo": "none",
        "marker": {
            "symbol": symbols.tolist(),
            "size": 7,
            "color": colour,
            "line": {"width": widths.tolist()},
        },
    }
    ends = [float(value) if np.isfinite(value) else None for value in death]
    group = {
        "kind": "sublevel",
        "bar": list(range(len(birth))),
        "birth": birth.tolist(),
        "death": ends,
    }
    return trace, {**group, **diagrams.members(subject, arrays, np.arange(len(birth)))}


def _picture(
    subject: DrawnRun, colour: str, span: tuple[float, float]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Low pieces and rims of the loss over the triangulated picture."""
    arrays = subject.results["triangulation"].arrays
    symbol, found = SYMBOLS[subject.slot], []
    death = np.asarray(arrays["h0_death"])
    marks = {
        "h0": {"symbol": symbol, "size": 6, "line": {"width": 0}},
        "h1": {"symbol": f"{symbol}-open", "size": 6, "line": {"width": 1.3}},
    }
    kept = np.flatnonzero(np.isfinite(death) & (death > np.asarray(arrays["h0_birth"])))
    edges, focus = arrays["h0_merge_rows"][kept], arrays["h0_birth_row"][kept]
    named = diagrams.kept(subject, list(focus[:, None]))
    basins = {
        "kind": "over0",
        "bar": kept.tolist(),
        "edge": diagrams.edges(subject, edges),
        "rows": named,
    }
    basins["focus"] = diagrams.focuses(subject, focus)
    found.append(
        (
            {
                **_beside(arrays["h0_birth"][kept], death[kept]),
                "marker": {**marks["h0"], "color": colour},
            },
            basins,
        )
    )
    kept = np.flatnonzero(np.asarray(arrays["h1_death"]) > np.asarray(arrays["h1_birth"]))
    edges, filled = arrays["h1_birth_rows"][kept], arrays["h1_death_rows"][kept]
    named = diagrams.kept(subject, list(np.hstack([edges, filled])))
    rims = {
        "kind": "over1",
        "bar": kept.tolist(),
        "edge": diagrams.edges(subject, edges),
        "rows": named,
    }
    found.append(
        (
            {
                **_beside(arrays["h1_birth"][kept], arrays["h1_death"][kept]),
                "marker": {**marks["h1"], "color": colour},
            },
            rims,
        )
    )
    return found


def _beside(x: Any, y: Any) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": _f4(x),
        "y": _f4(y),
        "xaxis": "x2",
        "yaxis": "y2",
        "mode": "markers",
        "hoverinfo": "none",
    }


def _layout(places: int, span: tuple[float, float], view: View, twofold: bool) -> dict[str, Any]:
    label = FILTRATIONS[view.filtration].label
    common = {"nticks": 5, "tickangle": 0, "fixedrange": True}
    found = {
        "margin": {"l": 42, "r": 8, "t": 4, "b": 30},
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
        "yaxis": {**common, "range": list(span), "title": {"text": label}},
    }
    if twofold:
        found["xaxis2"] = {
            **common,
            "domain": [0.66, 1],
            "range": list(span),
            "title": {"text": "birth (2-D PHATE)"},
            "anchor": "y2",
        }
        found["yaxis2"] = {**common, "range": list(span), "anchor": "x2"}
    return found


def _f4(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=np.float32)
