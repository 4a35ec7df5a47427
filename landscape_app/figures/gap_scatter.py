"""A measure of a study against the gap: a point per network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.drawing import float32, plain
from landscape_app.figures.looks import of_regime
from landscape_app.figures.network_axis import axes, mark_off
from landscape_app.figures.palette import (
    CATEGORIES,
    PALETTES,
    Palette,
    Scheme,
    colourscale,
    template,
)
from landscape_app.figures.palette import SYMBOLS as RUN_SYMBOLS
from landscape_app.registries import REGIMES

# beside the colours of a category
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "x", "star")
FEW = 6  # distinct numbers that are told apart by a shape each; more take a colour bar
OUTSIDE, HOLLOW = "other networks", "does not interpolate"


@dataclass(frozen=True)
class Marked:
    """Masks (n,) of networks: `outside` those the statistics leave out, drawn small and grey;
    `picked` those with a ring; `hollow` those that do not interpolate, drawn as outlines.
    """

    outside: np.ndarray | None = None
    picked: np.ndarray | None = None
    hollow: np.ndarray | None = None


def against(
    measure: np.ndarray,
    gap: np.ndarray,
    ids: Sequence[str],
    *,
    labels: tuple[str, str],
    colour: np.ndarray | None = None,
    colour_label: str = "",
    hover: Sequence[str] | None = None,
    marked: Marked | None = None,
    scheme: Scheme = "light",
) -> go.Figure:
    """The measure (n,) to the right and the gap (n,) upwards; networks without a finite value of
    either are not drawn, and counted. Those far off the others are triangles at the edge
    (network_axis).

    colour: (n,) a hyper-parameter: words, or numbers of at most FEW different values, as categories
    with a shape of their own, a trace each; other numbers on the ordered scale. hover: (n,) what is
    said of a point, its id where not given. Every point carries its id.
    """
    known, palette = np.isfinite(measure) & np.isfinite(gap), PALETTES[scheme]
    text = np.asarray(ids if hover is None else hover)
    x, y = axes(measure, gap)
    points = NetworkPoints(x.place(measure), y.place(gap), np.asarray(ids), text)
    traces = _traces(points, known, colour, colour_label, marked or Marked(), palette)
    mark_off(traces, ids, x, y)
    figure = go.Figure(traces).update_layout(
        template=template(scheme), **_layout(traces, colour_label)
    )
    figure.update_xaxes(title={"text": plain(labels[0])}, **x.layout())
    figure.update_yaxes(title={"text": plain(labels[1])}, **y.layout())
    absent = int((~known).sum())
    note = [_note(f"{absent} of {len(known)} without a value", palette)] if absent else []
    return figure.update_layout(annotations=note)


def _layout(traces: list[Any], title: str) -> dict[str, Any]:
    beside_bar = any("colorbar" in trace.marker.to_plotly_json() for trace in traces)
    return {
        "margin": {"l": 58, "r": 14, "t": 26, "b": 40},
        "hovermode": "closest",
        "hoverlabel": {"align": "left"},
        "legend": _legend(title, beside_bar=beside_bar),
    }


@dataclass(frozen=True)
class NetworkPoints:
    """Networks as points: measure x, gap y, ids and what is said of each, all (n,)."""

    x: np.ndarray
    y: np.ndarray
    ids: np.ndarray
    text: np.ndarray

    def trace(self, mask: np.ndarray, **more: Any) -> Any:
        """The networks of a mask; each carries its id (a list: numpy arrays do not reach
        events).
        """
        ids = self.ids[mask].tolist()
        return go.Scatter(
            x=float32(self.x[mask]),
            y=float32(self.y[mask]),
            mode="markers",
            text=self.text[mask].tolist(),
            customdata=ids,
            hoverinfo="text",
            **more,
        )


def _traces(
    points: NetworkPoints,
    known: np.ndarray,
    colour: np.ndarray | None,
    title: str,
    marked: Marked,
    palette: Palette,
) -> list[Any]:
    """Below the others what the statistics leave out, and on top what is picked."""
    inside = known if marked.outside is None else known & ~marked.outside
    drawn = _points(points, inside, colour, title, palette)
    if marked.hollow is not None and (hollow := inside & marked.hollow).any():
        _open(drawn, points.ids[hollow].tolist())
        drawn.append(_hollow_entry(palette))
    return [
        *_outside(points, known, marked, palette),
        *drawn,
        *_rings(points, known, marked, palette),
    ]


def _open(traces: list[Any], ids: list[str]) -> None:
    """Draw the networks `ids` as outlines of their own shape and colour."""
    for trace in traces:
        shape = str(trace.marker.symbol)
        symbols = [f"{shape}-open" if id in ids else shape for id in trace.customdata]
        trace.marker.symbol = symbols if len(set(symbols)) > 1 else symbols[0] if symbols else shape


def _hollow_entry(palette: Palette) -> Any:
    """What the legend says of outlines; it has no point."""
    marker = _marker(palette.muted, "circle-open")
    look = {"mode": "markers", "name": HOLLOW, "hoverinfo": "skip", "legendrank": 1900}
    empty = {"x": [None], "y": [None], "text": [""], "customdata": [""]}
    return go.Scatter(**empty, showlegend=True, marker=marker, **look)


def _points(
    points: NetworkPoints,
    known: np.ndarray,
    colour: np.ndarray | None,
    title: str,
    palette: Palette,
) -> list[Any]:
    if colour is None:
        return [points.trace(known, marker=_marker(palette.runs[1]), showlegend=False)]
    numbers = colour.dtype.kind == "f"
    if numbers and len(np.unique(colour[np.isfinite(colour)])) > FEW:
        marker = {**_marker(float32(colour[known])), **_colour_bar(title, palette)}
        return [points.trace(known, marker=marker, showlegend=False)]
    return _category_traces(points, known, colour, palette, numbers=numbers)


def _outside(
    points: NetworkPoints, known: np.ndarray, marked: Marked, palette: Palette
) -> list[Any]:
    """The networks that the statistics leave out."""
    if marked.outside is None or not (known & marked.outside).any():
        return []
    marker = _marker(palette.muted, "circle-open", size=5, opacity=0.6)
    return [points.trace(known & marked.outside, name=OUTSIDE, legendrank=2000, marker=marker)]


def _colour_bar(title: str, palette: Palette) -> dict[str, Any]:
    bar = {
        "title": {"text": plain(title), "font": {"size": 11}},
        "thickness": 10,
        "outlinewidth": 0,
        "tickfont": {"size": 10},
    }
    return {"colorscale": colourscale(palette), "showscale": True, "colorbar": bar}


def _category_traces(
    points: NetworkPoints,
    known: np.ndarray,
    colour: np.ndarray,
    palette: Palette,
    *,
    numbers: bool,
) -> list[Any]:
    """A trace per value, and one of the networks that have no number."""
    values = np.unique(colour[np.isfinite(colour)] if numbers else colour).tolist()
    traces = [
        points.trace(
            known & (colour == value),
            name=f"{value:g}" if numbers else plain(str(value)),
            showlegend=True,
            marker=_category(look, len(values), palette, ordered=numbers),
        )
        for value, look in zip(values, _looks(values), strict=True)
    ]
    if numbers and (nameless := known & ~np.isfinite(colour)).any():
        marker = _marker(palette.muted, "circle-open")
        traces.append(points.trace(nameless, name="none", marker=marker))
    return traces


def _looks(values: list[Any]) -> list[int]:
    """Regimes as the runs of each look on every page; else one after another."""
    if set(values) <= set(REGIMES):
        return [of_regime(value) for value in values]
    return list(range(len(values)))


def _category(i: int, count: int, palette: Palette, *, ordered: bool) -> dict[str, Any]:
    """Numbers in the order of the scale; as many words as there are regimes as Explore draws runs;
    more by the categories. Each with its shape.
    """
    if ordered:
        # the lowest colours vanish into a dark background as small points
        first, last = 2, len(palette.scale) - 1
        return _marker(
            palette.scale[first + round((last - first) * i / max(count - 1, 1))],
            SYMBOLS[i % len(SYMBOLS)],
        )
    if count <= len(REGIMES):
        return _marker(palette.runs[i], RUN_SYMBOLS[i])
    return _marker(CATEGORIES[i % len(CATEGORIES)], SYMBOLS[i % len(SYMBOLS)])


def _rings(points: NetworkPoints, known: np.ndarray, marked: Marked, palette: Palette) -> list[Any]:
    """A ring around each network that is picked."""
    if marked.picked is None or not (mask := known & marked.picked).any():
        return []
    look = {"size": 16, "color": palette.pick, "line": {"width": 2, "color": palette.pick}}
    return [
        go.Scatter(
            x=float32(points.x[mask]),
            y=float32(points.y[mask]),
            mode="markers",
            name="picked",
            marker={"symbol": "circle-open", **look},
            hoverinfo="skip",
            showlegend=False,
        )
    ]


def _marker(
    colour: Any, symbol: str = "circle", *, size: float = 9, opacity: float = 0.85
) -> dict[str, Any]:
    return {"size": size, "color": colour, "symbol": symbol, "opacity": opacity}


def _legend(title: str, *, beside_bar: bool) -> dict[str, Any]:
    """To the right, under the name of what colours; above the points where a colour bar stands
    there.
    """
    if beside_bar:
        return {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "font": {"size": 11}}
    return {
        "title": {"text": plain(title), "font": {"size": 11}},
        "y": 1,
        "yanchor": "top",
        "font": {"size": 11},
    }


def _note(text: str, palette: Palette) -> dict[str, Any]:
    font = {"size": 10, "color": palette.muted}
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": 1,
        "y": 1,
        "yanchor": "bottom",
        "showarrow": False,
        "font": font,
    }
