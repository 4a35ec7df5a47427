"""A study in two figures: a measure against the gap, a point per network, and how closely every measure follows the gap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.palette import CATEGORIES, PALETTES, Scheme, colourscale, template

SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "x", "star")  # beside the colours of a category
ROW = 19  # pixels of a measure in the ranking


def against(
    measure: np.ndarray,
    gap: np.ndarray,
    ids: Sequence[str],
    *,
    labels: tuple[str, str],
    colour: np.ndarray | None = None,
    colour_label: str = "",
    scheme: Scheme = "light",
) -> go.Figure:
    """The measure (n,) to the right and the gap (n,) upwards; networks without a finite value of either are not drawn, and counted.

    colour: (n,) a hyper-parameter: numbers on the ordered scale, words as categories with a shape of their own, one trace each.
    """
    known = np.isfinite(measure) & np.isfinite(gap)
    figure = go.Figure(_points(measure, gap, np.asarray(ids), known, colour, colour_label, scheme))
    absent = int((~known).sum())
    figure.update_layout(
        template=template(scheme),
        margin={"l": 52, "r": 10, "t": 22, "b": 36},
        hovermode="closest",
        legend={"title": {"text": colour_label}},
        xaxis={"title": {"text": labels[0]}},
        yaxis={"title": {"text": labels[1]}},
        annotations=[_note(f"{absent} of {len(known)} without a value", scheme)] if absent else [],
    )
    return figure


def ranking(
    labels: Sequence[str],
    values: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    *,
    baseline: np.ndarray,
    title: str = "τ",
    scheme: Scheme = "light",
) -> go.Figure:
    """A row per measure, the first on top: its τ (m,) with its interval from `low` to `high` (m,), NaN where there is none.

    Baselines (mask (m,)) are open diamonds; the line is at 0, where a measure says nothing.
    """
    palette = PALETTES[scheme]
    place = np.arange(len(values))
    traces = []
    for mask, name, symbol in ((~baseline, "measure", "circle"), (baseline, "baseline", "diamond-open")):
        traces.append(
            go.Scatter(
                x=_f4(values[mask]),
                y=place[mask],
                mode="markers",
                name=name,
                marker={"symbol": symbol, "size": 8, "color": palette.runs[1] if name == "measure" else palette.text},
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": _f4((high - values)[mask]),
                    "arrayminus": _f4((values - low)[mask]),
                    "thickness": 1.2,
                    "width": 0,
                },
                hoverinfo="x",
            )
        )
    figure = go.Figure(traces)
    figure.update_layout(
        template=template(scheme),
        margin={"l": 8, "r": 10, "t": 8, "b": 36},
        height=70 + ROW * len(values),
        showlegend=bool(baseline.any()),
        xaxis={"title": {"text": title}, "range": [-1.05, 1.05], "zeroline": True, "zerolinecolor": palette.muted},
        yaxis={"tickvals": place, "ticktext": list(labels), "autorange": "reversed", "automargin": True},
    )
    return figure


def _points(
    x: np.ndarray, y: np.ndarray, ids: np.ndarray, known: np.ndarray, colour: np.ndarray | None, title: str, scheme: Scheme
) -> list[Any]:
    def trace(mask: np.ndarray, **more: Any) -> Any:
        return go.Scatter(x=_f4(x[mask]), y=_f4(y[mask]), mode="markers", text=ids[mask], hoverinfo="text+x+y", **more)

    palette = PALETTES[scheme]
    if colour is None:
        return [trace(known, marker={"size": 8, "color": palette.runs[1]}, showlegend=False)]
    if colour.dtype.kind == "f":
        bar = {"title": {"text": title}, "thickness": 10}
        marker = {"size": 8, "color": _f4(colour[known]), "colorscale": colourscale(palette), "showscale": True, "colorbar": bar}
        return [trace(known, marker=marker, showlegend=False)]
    names = np.unique(colour)
    return [
        trace(
            known & (colour == name),
            name=str(name),
            marker={"size": 8, "color": CATEGORIES[i % len(CATEGORIES)], "symbol": SYMBOLS[i % len(SYMBOLS)]},
        )
        for i, name in enumerate(names)
    ]


def _note(text: str, scheme: Scheme) -> dict[str, Any]:
    font = {"size": 10, "color": PALETTES[scheme].muted}
    return {"text": text, "xref": "paper", "yref": "paper", "x": 1, "y": 1, "yanchor": "bottom", "showarrow": False, "font": font}


def _f4(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=np.float32)
