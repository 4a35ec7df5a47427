"""What colours and shapes mean: the one scale of all reliefs and contours, said in the header."""

from __future__ import annotations

from typing import Any

from dash import html

from landscape_app.dashboard.surface import drawing, words
from landscape_app.dashboard.surface.reading import Seen
from landscape_app.figures.colours import COLOURS


def legend(seen: Seen) -> list[Any]:
    """Shapes, the value, and the ends of its scale. A line has no colours: its two curves are told
    apart.
    """
    shapes = [_shape("◆", "anchor"), _shape("●", "jump"), _shape("—", "retraining", line=True)]
    if not seen.drawn:
        return []
    if seen.choice.kind == "line":
        return [
            html.Span(
                [
                    *shapes,
                    _shape("━", "on train data", line=True),
                    _shape("┅", "on test data", line=True),
                ],
                className="ls-surface-shapes",
            )
        ]
    low, high = (10.0**end if seen.choice.log else end for end in drawing.frame(seen).values)
    low_said, high_said = words.shown(low, seen), words.shown(high, seen)
    how = " (logarithmic)" if seen.choice.log else ""
    return [
        html.Span(shapes, className="ls-surface-shapes"),
        html.Span(
            COLOURS[seen.choice.value].label,
            title=f"Height and colour{how}: one range for all runs shown",
        ),
        html.Span(low_said, className="ls-num"),
        html.Span(
            className="ls-legend-scale",
            role="img",
            **{"aria-label": f"colour scale from {low_said} to {high_said}{how}"},
        ),
        html.Span(high_said, className="ls-num"),
    ]


def _shape(mark: str, meaning: str, *, line: bool = False) -> Any:
    name = "ls-surface-shape" + (" ls-surface-line" if line else "")
    return html.Span(
        [html.Span(mark, className=name, **{"aria-hidden": "true"}), meaning],
        className="ls-surface-key",
    )
