"""The cards: a column a run, its relief above its contours; one run alone has them side by side."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import dcc, html

from landscape_app.dashboard.common.run_mark import mark
from landscape_app.dashboard.surface import drawing, ids, words
from landscape_app.dashboard.surface.reading import Seen, Shown
from landscape_app.registries import PLANES

CONFIG = {
    "displayModeBar": False,
    "showSendToCloud": False,
    "displaylogo": False,
    "responsive": True,
    "doubleClick": "reset",
    "scrollZoom": True,
}
PARTS = ("head", "state", "foot", "summary")


def grid(seen: Seen) -> Any:
    """All cards with their figures."""
    if not seen.shown:
        return html.Div(
            html.P("Choose a run on the left.", className="ls-muted"), className="ls-centred"
        )
    names = drawing.names(seen)
    drawn, said = drawing.figures(seen, names), captions(seen, names)
    rows = 2 if len(names) > len(seen.shown) > 1 else 1
    columns = "pair" if len(names) == 2 > len(seen.shown) else str(len(seen.shown))
    cards = [_card(name, seen, drawn[name], said) for name in names]
    return html.Div(
        cards, className=f"ls-surface-grid ls-surface-columns-{columns} ls-surface-rows-{rows}"
    )


def _card(name: str, seen: Seen, figure: go.Figure, said: dict[str, Any]) -> Any:
    kind, _, slot = name.partition("-")
    one = seen.shown[int(slot)]
    title = {"relief": "Relief", "contours": "From above", "line": "Along the line"}[kind]
    graph = dcc.Graph(
        id=ids.graph(name), figure=figure, config=CONFIG, responsive=True, className="ls-graph"
    )
    return html.Section(
        [
            html.Div(
                [
                    html.Div(
                        [mark(one.slot), html.H2(one.label if kind != "contours" else title)],
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
        className="ls-card ls-view" + ("" if one.subject is not None else " ls-surface-none"),
        role="figure",
        style={"gridColumn": str(one.slot + 1)} if len(seen.shown) > 1 else {},
        **{
            "aria-label": f"{title} of {one.id}, {PLANES[seen.choice.kind].label.lower()}",
            "data-view": name,
        },
    )


def captions(seen: Seen, names: list[str]) -> dict[str, Any]:
    """{"relief-0-head": …, "-state", "-foot", "-summary" of every figure}: all words that change
    with what is drawn.
    """
    said: dict[str, Any] = {}
    for name in names:
        kind, _, slot = name.partition("-")
        one = seen.shown[int(slot)]
        second = kind == "contours"
        last = second or kind == "line"
        said[f"{name}-head"] = (
            words.head(one, seen) if not second else "every snapshot at its nearest place"
        )
        said[f"{name}-state"] = "" if second else _state(one, seen)
        said[f"{name}-foot"] = _foot(one, seen) if last else []
        said[f"{name}-summary"] = "" if second else words.summary(one, seen)
    return said


def _foot(one: Shown, seen: Seen) -> list[Any]:
    return [
        html.P(" ".join(words.foot(one, seen))),
        *(html.P(text, className="ls-caveat") for text in words.caveats(one)),
    ]


def _state(one: Shown, seen: Seen) -> Any:
    """Over the figure: nothing where it is whole; what a job does; or why there is none, and the
    button that changes that.
    """
    job = one.job
    if one.subject is not None:
        return (
            html.Div([html.Span(words.at_work(job)), _bar(one)], className="ls-badge-line")
            if one.state == "working"
            else ""
        )
    doing: list[Any] = []
    if one.state == "working":
        doing = [_bar(one, wide=True)]
    elif one.state == "missing":
        doing = [
            dmc.Button(
                "Compute it",
                id=ids.compute(one.id),
                size="xs",
                **{"aria-label": f"Compute it for {one.id}"},
            )
        ]
    if one.state in ("unusable", "sampling") or one.ended:
        doing.append(dcc.Link("See Jobs", href=f"/jobs?show={one.id}"))
    return html.Div(
        [html.P(words.why(one, seen), role="status"), *doing],
        className="ls-message",
        **{"data-state": one.state},
    )


def _bar(one: Shown, *, wide: bool = False) -> Any:
    done = 0.0 if one.job is None or not one.job.total else 100 * one.job.done / one.job.total
    name = "ls-tiny-bar" + (" ls-surface-bar" if wide else "")
    return html.Span(html.Span(style={"width": f"{done:.0f}%"}), className=name)
