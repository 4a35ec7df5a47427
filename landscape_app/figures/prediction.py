"""A predicted curve of shares, and beside it what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from landscape_app.figures.drawing import plain
from landscape_app.figures.palette import PALETTES, Palette, Scheme, template

PREDICTED, MEASURED = "your prediction", "measured"
ERRORS = 2.0  # standard errors of a bar, to each side


@dataclass(frozen=True)
class MeasuredShare:
    """A share at the value x of a setting; error: its standard error, None where it has none.
    hollow: its network does not fit its train labels.
    """

    x: float
    share: float
    error: float | None = None
    hollow: bool = False


def draw(
    values: Sequence[float],
    predicted: Sequence[float],
    measured: Sequence[MeasuredShare],
    *,
    axis: str,
    scheme: Scheme = "light",
) -> go.Figure:
    """values, predicted: (n,) shares at the values of a setting between 0 and 1. measured: those
    that are known, with bars of two standard errors. axis: what the setting is called.
    """
    palette = PALETTES[scheme]
    return go.Figure(
        [_predicted(values, predicted, palette), _measured(measured, palette)],
        {
            "template": template(scheme),
            "margin": {"l": 44, "r": 12, "t": 30, "b": 40},
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "hovermode": "closest",
            "xaxis": {
                "title": {"text": plain(axis)},
                "tickvals": list(values),
                "tickformat": ".0%",
                "range": [min(values) - 0.06, max(values) + 0.06],
                "fixedrange": True,
            },
            "yaxis": {"range": [-0.04, 1.06], "tickformat": ".0%", "fixedrange": True},
        },
    )


def _predicted(values: Sequence[float], shares: Sequence[float], palette: Palette) -> Any:
    return {
        "type": "scatter",
        "x": list(values),
        "y": list(shares),
        "mode": "lines+markers",
        "name": PREDICTED,
        "line": {"color": palette.muted, "dash": "dash", "width": 1.5},
        "marker": {"symbol": "circle-open", "size": 7},
        "hovertemplate": "%{x:.0%}: predicted %{y:.0%}<extra></extra>",
    }


def _measured(points: Sequence[MeasuredShare], palette: Palette) -> Any:
    """In their order; where there is none yet, the legend names them all the same."""
    colour = palette.runs[1]
    return {
        "type": "scatter",
        "x": [point.x for point in points] or [None],
        "y": [point.share for point in points] or [None],
        "error_y": {
            "type": "data",
            "array": [ERRORS * (point.error or 0.0) for point in points],
            "color": colour,
            "thickness": 1.2,
            "width": 4,
        },
        "mode": "lines+markers",
        "name": MEASURED,
        "line": {"color": colour, "width": 2},
        "marker": {
            "symbol": ["square-open" if point.hollow else "square" for point in points] or "square",
            "size": 8,
        },
        "hovertemplate": "%{x:.0%}: measured %{y:.1%}<extra></extra>",
    }
