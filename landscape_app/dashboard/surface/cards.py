"""The cards, a column a run: its relief above its contours (beside them for one run alone); and
the legend above them.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html

from landscape_app.dashboard.common import run_view
from landscape_app.dashboard.common.controls import GRAPH_CONFIG, message
from landscape_app.dashboard.common.run_view import mark, named
from landscape_app.dashboard.common.taking import save_menu
from landscape_app.dashboard.surface import axes, figures, ids
from landscape_app.dashboard.surface.captions import captions, shown
from landscape_app.dashboard.surface.view import RunSurface, SurfaceView
from landscape_app.figures.colours import COLOURS
from landscape_app.figures.palette import MARKS, MARKS_OF_SPACE
from landscape_app.registries import PLANES

TITLES = {"relief": "Relief", "contours": "From above", "line": "Along the line"}


def grid(view: SurfaceView) -> Any:
    """All cards with their figures."""
    if not view.runs:
        return html.Div(message("Choose a run on the left."), className="ls-centred")
    names = figures.names(view)
    drawn, words = figures.figures(view, names), captions(view, names)
    rows = 2 if len(names) > len(view.runs) > 1 else 1
    columns = "pair" if len(names) == 2 > len(view.runs) else str(len(view.runs))
    cards = [_card(name, view, drawn[name], words) for name in names]
    return html.Div(
        [run_view.tab(view.runs), *cards],
        className=f"ls-surface-grid ls-surface-columns-{columns} ls-surface-rows-{rows}",
    )


def _card(name: str, view: SurfaceView, figure: go.Figure, words: dict[str, Any]) -> Any:
    kind, _, slot = name.partition("-")
    run = view.runs[int(slot)]
    second = kind == "contours" and not view.choice.flat
    title = html.Div(
        [mark(run.look), html.H2(TITLES[kind] if second else named(run.label, run.id))],
        className="ls-view-title",
    )
    head = html.Span(**_words(name, "head", words), className="ls-view-words")
    state = html.Div(**_words(name, "state", words), className="ls-state")
    label = f"{TITLES[kind]} of {run.id}, {PLANES[view.choice.kind].label.lower()}"
    return html.Section(
        [
            html.Div([title, head, *_save(kind, run, view, label)], className="ls-view-head"),
            html.Div([_graph(name, figure), state], className="ls-view-body"),
            html.Div(**_words(name, "foot", words), className="ls-surface-foot"),
            html.P(**_words(name, "summary", words), className="ls-unseen"),
        ],
        className="ls-card ls-view" + ("" if run.subject is not None else " ls-surface-none"),
        role="figure",
        style={"gridColumn": str(run.slot + 1), "order": run.slot} if len(view.runs) > 1 else {},
        **{"aria-label": label, "data-view": name},
    )


def _save(kind: str, run: RunSurface, view: SurfaceView, spoken: str) -> list[Any]:
    """The menu of the card's figure, where there is one."""
    if run.subject is None:
        return []
    runs, dims = [other.id for other in view.runs], 2 if kind == "contours" else 3
    asked = {"points": view.choice.points, "extent": view.choice.extent}
    settings = {"dims": dims, **{name: value for name, value in asked.items() if value is not None}}
    return [save_menu("surface", runs, run=run.id, settings=settings, spoken=spoken)]


def _words(name: str, part: str, words: dict[str, Any]) -> dict[str, Any]:
    """The words of a part of a card, and the id under which they change."""
    return {"children": words[f"{name}-{part}"], "id": ids.words(f"{name}-{part}")}


def _graph(name: str, figure: go.Figure) -> Any:
    return dcc.Graph(
        id=ids.graph(name),
        figure=figure,
        config={**GRAPH_CONFIG, "scrollZoom": True},
        responsive=True,
        className="ls-graph",
    )


def legend(view: SurfaceView) -> list[Any]:
    """Shapes, the value, and the ends of its scale. A line has no colours: its two curves are told
    apart.
    """
    if not view.drawn:
        return []
    jump = " ".join(_jump_marks(view))
    shapes = [_shape("◆", "anchor"), _shape(jump, "jump"), _shape("—", "retraining", line=True)]
    line = view.choice.kind == "line"
    if line:
        shapes += [_shape("━", "on train data", line=True), _shape("┅", "on test data", line=True)]
    key = html.Span(shapes, className="ls-surface-shapes")
    return [key] if line else [key, *_scale(view)]


def _jump_marks(view: SurfaceView) -> list[str]:
    """The marks of jumps as they are drawn, each once: a run has another one in space where plotly
    lacks its own.
    """
    looks = [run.look for run in view.runs if run.subject is not None]
    kinds = {name.partition("-")[0] for name in figures.names(view)}
    solid = not view.choice.flat and "relief" in kinds
    marks = [MARKS_OF_SPACE[look] for look in looks] if solid else []
    marks += [MARKS[look] for look in looks] if not solid or len(kinds) > 1 else []
    return list(dict.fromkeys(marks))


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
