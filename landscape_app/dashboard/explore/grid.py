"""The main grid: the cards of all panels, each in the place that its panel says, and the note."""

from __future__ import annotations

from functools import partial
from typing import Any

import plotly.graph_objects as go
from dash import dcc, html

from landscape_app.dashboard.common.run_view import mark
from landscape_app.dashboard.common.taking import save_menu
from landscape_app.dashboard.explore import cards, finding_line, ids, messages
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import BELOW, Card
from landscape_app.figures.true_scale import TRUE
from landscape_app.figures.view import FUNCTION, WEIGHTS, View

CONFIG = {
    "displayModeBar": False,
    "showSendToCloud": False,
    "displaylogo": False,
    "responsive": True,
    "doubleClick": False,
    "scrollZoom": True,
}
STILL = {**CONFIG, "scrollZoom": False}


def grid(comparison: Comparison, *, graphs: bool = False) -> list[Any]:
    """All cards, with places for their figures, which come later (figure_stream.py); the number of
    runs decides the arrangement (assets/explore.css). Cards below all others are a part of their
    own, after the first window.

    graphs: with a graph in each place, for a file whose own script draws into it.
    """
    words = cards.captions(comparison)
    placed: list[Any] = []
    below: list[Any] = []
    for card in cards.cards(comparison):
        part = below if card.area == BELOW else placed
        part.append(_card(card, words, graphs))
    note = html.P(words["note"], id=ids.NOTE, className="ls-note")
    view = comparison.view
    shown = {ids.PART: view.part, ids.JOINT_DIMS: str(view.joint_dims)}
    hidden = [dcc.Input(id=id, type="hidden", value=value) for id, value in shown.items()]
    top = html.Div([finding_line.line(comparison), _spaces(view)], className="ls-top")
    parts = [top, _scenes(comparison), *placed, note, *hidden]
    window = html.Div(parts, id=ids.GRID, className=arrangement(comparison))
    return [window, html.Div(below, className="ls-below")] if below else [window]


def arrangement(comparison: Comparison) -> str:
    """The class of the grid: how many runs, and whether the joint scene has half of the width or
    the runs' own scenes take its place.
    """
    apart = "" if comparison.joined or len(comparison.runs) == 1 else " ls-apart"
    return f"ls-grid ls-grid-{len(comparison.runs)}{apart}"


def _scenes(comparison: Comparison) -> Any:
    """Buttons of which one is pressed: the scene that a telephone shows (assets/scenes.js)."""
    seen = seen_first(comparison)
    buttons = [
        html.Button(
            card.panel.short if card.of is None else [mark(card.run.look), card.run.label],
            type="button",
            **{"data-scene": card.name, "aria-pressed": str(card.name == seen).lower()},
        )
        for card in sorted(cards.cards(comparison), key=lambda card: card.of is not None)
        if card.panel.spatial
    ]
    return html.Div(
        buttons, className="ls-switch ls-scenes", role="group", **{"aria-label": "Scene shown"}
    )


def seen_first(comparison: Comparison) -> str:
    """The card whose scene a telephone shows first."""
    return "joint" if comparison.joined else "scene-0"


def _spaces(view: View) -> Any:
    """The switches between function space and weight space, and in function space between its two
    pictures.
    """
    now = {ids.DISTANCE: view.distance, ids.METHOD: view.method}
    space = {
        "Function space": {ids.DISTANCE: FUNCTION},
        "Weight space": {ids.DISTANCE: WEIGHTS, ids.METHOD: "phate"},
    }
    picture = {
        "PHATE": {ids.METHOD: "phate"},
        "True distances": {ids.DISTANCE: FUNCTION, ids.METHOD: TRUE},
    }
    switches = [
        messages.switch("Space of the scenes", space, now),
        messages.switch("Picture", picture, now),
    ]
    return html.Div(switches, id=ids.SPACES, className="ls-spaces")


def _card(card: Card, words: dict[str, Any], graphs: bool) -> Any:
    """One card: head, body, foot, and its summary for those who do not see it."""
    panel, name = card.panel, card.name
    if panel.table is not None:
        body = cards.attempt(name, partial(panel.table, card), lambda why: [failed(why)])
    else:
        body = [_body(card, words, graph(card) if graphs else None), *_foot(name, words)]
    summary = html.P(
        words[f"{name}-summary"], id=ids.words(f"{name}-summary"), className="ls-unseen"
    )
    return html.Section(
        [_head(card, words), *body, summary],
        className=f"ls-card ls-view ls-view-{card.key}"
        + (" ls-chosen" if name == seen_first(card.comparison) else ""),
        id=f"card-{name}",
        style={"gridArea": card.area},
        role="figure",
        **{"aria-label": card.spoken, "data-view": name},
    )


def _head(card: Card, words: dict[str, Any]) -> Any:
    name = card.name
    table = html.Button(
        "▤",
        id=ids.twin_open(name),
        className="ls-quiet",
        type="button",
        title="Show as a table",
        **{"aria-label": f"Show {card.spoken} as a table"},
    )
    return html.Div(
        [
            html.Div(_heading(card), className="ls-view-title"),
            html.Span(
                words[f"{name}-head"], id=ids.words(f"{name}-head"), className="ls-view-words"
            ),
            *([] if card.panel.twin is None else [table]),
            _save(card),
        ],
        className="ls-view-head",
    )


def _heading(card: Card) -> list[Any]:
    otherwise = [html.H2(card.panel.short or card.panel.title)]
    return cards.attempt(card.name, partial(card.panel.heading, card), lambda why: otherwise)


def _save(card: Card) -> Any:
    whose = None if card.of is None else card.of.id
    runs = [run.id for run in card.comparison.runs]
    return save_menu(card.key, runs, run=whose, spoken=card.spoken)


def _body(card: Card, words: dict[str, Any], drawn: Any) -> Any:
    """The place of the figure, what is said over it, and that of its table. That filters do not act
    stands over the figure's upper margin: a filter moves nothing.
    """
    name = card.name
    unfiltered = [messages.unfiltered()] if card.panel.unfiltered else []
    place = html.Div(drawn, id=ids.place(name), className="ls-place")
    state = html.Div(words[f"{name}-state"], id=ids.words(f"{name}-state"), className="ls-state")
    twin = html.Div(id=ids.twin(name), className="ls-twin")
    return html.Div([*unfiltered, place, state, twin], className="ls-view-body")


def graph(card: Card, figure: go.Figure | None = None) -> Any:
    """What is put into the place of a card's figure."""
    return dcc.Graph(
        id=ids.graph(card.name),
        figure=figure,
        config=CONFIG if card.panel.spatial else STILL,
        responsive=True,
        className="ls-graph",
    )


def failed(why: str) -> Any:
    """What stands there where the figure cannot be drawn."""
    return html.Div(messages.message(why), className="ls-state ls-failed", role="status")


def _foot(name: str, words: dict[str, Any]) -> list[Any]:
    part = f"{name}-foot"
    if part not in words:
        return []
    return [html.Div(words[part], id=ids.words(part), className="ls-view-foot")]
