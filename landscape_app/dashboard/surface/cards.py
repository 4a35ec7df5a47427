"""The cards: a column a run, its relief above its contours; one run alone has them side by side.

The legend of all colours and shapes stands in the header.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.controls import message
from landscape_app.dashboard.common.graphs import CONFIG
from landscape_app.dashboard.common.run_mark import mark
from landscape_app.dashboard.surface import drawing, ids, words
from landscape_app.dashboard.surface.view import RunSurface, SurfaceView
from landscape_app.figures.colours import COLOURS
from landscape_app.registries import PLANES


def grid(view: SurfaceView) -> Any:
    """All cards with their figures."""
    if not view.runs:
        return html.Div(message("Choose a run on the left."), className="ls-centred")
    names = drawing.names(view)
    drawn, said = drawing.figures(view, names), captions(view, names)
    rows = 2 if len(names) > len(view.runs) > 1 else 1
    columns = "pair" if len(names) == 2 > len(view.runs) else str(len(view.runs))
    cards = [_card(name, view, drawn[name], said) for name in names]
    return html.Div(
        cards, className=f"ls-surface-grid ls-surface-columns-{columns} ls-surface-rows-{rows}"
    )


def _card(name: str, view: SurfaceView, figure: go.Figure, said: dict[str, Any]) -> Any:
    kind, _, slot = name.partition("-")
    run = view.runs[int(slot)]
    title = {"relief": "Relief", "contours": "From above", "line": "Along the line"}[kind]
    graph = dcc.Graph(
        id=ids.graph(name),
        figure=figure,
        config={**CONFIG, "scrollZoom": True},
        responsive=True,
        className="ls-graph",
    )
    return html.Section(
        [
            html.Div(
                [
                    html.Div(
                        [mark(run.slot), html.H2(run.label if kind != "contours" else title)],
                        className="ls-view-title",
                    ),
                    html.Span(
                        said[f"{name}-head"],
                        id=ids.words(f"{name}-head"),
                        className="ls-view-words",
                    ),
                ],
                className="ls-view-head",
            ),
            html.Div(
                [
                    graph,
                    html.Div(
                        said[f"{name}-state"], id=ids.words(f"{name}-state"), className="ls-state"
                    ),
                ],
                className="ls-view-body",
            ),
            html.Div(
                said[f"{name}-foot"], id=ids.words(f"{name}-foot"), className="ls-surface-foot"
            ),
            html.P(said[f"{name}-summary"], id=ids.words(f"{name}-summary"), className="ls-unseen"),
        ],
        className="ls-card ls-view" + ("" if run.subject is not None else " ls-surface-none"),
        role="figure",
        style={"gridColumn": str(run.slot + 1)} if len(view.runs) > 1 else {},
        **{
            "aria-label": f"{title} of {run.id}, {PLANES[view.choice.kind].label.lower()}",
            "data-view": name,
        },
    )


def captions(view: SurfaceView, names: list[str]) -> dict[str, Any]:
    """{"relief-0-head": …, "-state", "-foot", "-summary" of every figure}: all words that change
    with what is drawn.
    """
    said: dict[str, Any] = {}
    for name in names:
        kind, _, slot = name.partition("-")
        run = view.runs[int(slot)]
        second = kind == "contours"
        last = second or kind == "line"
        said[f"{name}-head"] = (
            words.head(run, view) if not second else "every snapshot at its nearest place"
        )
        said[f"{name}-state"] = "" if second else _state(run, view)
        said[f"{name}-foot"] = _foot(run, view) if last else []
        said[f"{name}-summary"] = "" if second else words.summary(run, view)
    return said


def _foot(run: RunSurface, view: SurfaceView) -> list[Any]:
    return [
        html.P(" ".join(words.foot(run, view))),
        *(html.P(text, className="ls-caveat") for text in words.caveats(run)),
    ]


def _state(run: RunSurface, view: SurfaceView) -> Any:
    """Over the figure: nothing where it is whole; what a job does; or why there is none, and the
    button that changes that.
    """
    job = run.job
    if run.subject is not None:
        return (
            html.Div([html.Span(words.at_work(job)), _bar(run)], className="ls-badge-line")
            if run.state == "working"
            else ""
        )
    doing: list[Any] = []
    if run.state == "working":
        doing = [_bar(run, wide=True)]
    elif run.state == "missing":
        doing = [
            dmc.Button(
                "Compute it",
                id=ids.compute(run.id),
                size="xs",
                **{"aria-label": f"Compute it for {run.id}"},
            )
        ]
    if run.state in ("unusable", "sampling") or run.ended:
        doing.append(dcc.Link("See Jobs", href=addresses.job(run.id)))
    return html.Div(
        [html.P(words.why(run, view), role="status"), *doing],
        className="ls-message",
        **{"data-state": run.state},
    )


def _bar(run: RunSurface, *, wide: bool = False) -> Any:
    done = 0.0 if run.job is None or not run.job.total else 100 * run.job.done / run.job.total
    name = "ls-tiny-bar" + (" ls-surface-bar" if wide else "")
    return html.Span(html.Span(style={"width": f"{done:.0f}%"}), className=name)


def legend(view: SurfaceView) -> list[Any]:
    """Shapes, the value, and the ends of its scale. A line has no colours: its two curves are told
    apart.
    """
    shapes = [_shape("◆", "anchor"), _shape("●", "jump"), _shape("—", "retraining", line=True)]
    if not view.drawn:
        return []
    if view.choice.kind == "line":
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
    low, high = (10.0**end if view.choice.log else end for end in drawing.frame(view).values)
    low_said, high_said = words.shown(low, view), words.shown(high, view)
    how = " (logarithmic)" if view.choice.log else ""
    return [
        html.Span(shapes, className="ls-surface-shapes"),
        html.Span(
            COLOURS[view.choice.value].label,
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
