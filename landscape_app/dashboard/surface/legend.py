"""The legend in the header: the shapes, and the colours of the value that is shown."""

from __future__ import annotations

from typing import Any

from dash import html

from landscape_app.dashboard.surface import axes
from landscape_app.dashboard.surface.captions import shown
from landscape_app.dashboard.surface.view import SurfaceView
from landscape_app.figures.colours import COLOURS


def legend(view: SurfaceView) -> list[Any]:
    """Shapes, the value, and the ends of its scale. A line has no colours: its two curves are told
    apart.
    """
    if not view.drawn:
        return []
    shapes = [_shape("◆", "anchor"), _shape("●", "jump"), _shape("—", "retraining", line=True)]
    line = view.choice.kind == "line"
    if line:
        shapes += [_shape("━", "on train data", line=True), _shape("┅", "on test data", line=True)]
    key = html.Span(shapes, className="ls-surface-shapes")
    return [key] if line else [key, *_scale(view)]


def _scale(view: SurfaceView) -> list[Any]:
    """The value, and its colours between the ends of the range."""
    ends = axes.frame(view).values
    low, high = (shown(10.0**end if view.choice.log else end, view) for end in ends)
    how = " (logarithmic)" if view.choice.log else ""
    return [
        html.Span(
            COLOURS[view.choice.value].label,
            title=f"Height and colour{how}: one range for all runs shown",
        ),
        html.Span(low, className="ls-num"),
        html.Span(
            className="ls-legend-scale",
            role="img",
            **{"aria-label": f"colour scale from {low} to {high}{how}"},
        ),
        html.Span(high, className="ls-num"),
    ]


def _shape(mark: str, meaning: str, *, line: bool = False) -> Any:
    name = "ls-surface-shape" + (" ls-surface-line" if line else "")
    return html.Span(
        [html.Span(mark, className=name, **{"aria-hidden": "true"}), meaning],
        className="ls-surface-key",
    )
