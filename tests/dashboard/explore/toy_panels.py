"""Panels that a test puts into the table: `PANEL` is whole, the others lack one thing each."""

from __future__ import annotations

from dataclasses import replace

import plotly.graph_objects as go

from landscape_app.dashboard.explore import tables
from landscape_app.dashboard.explore.panel import BELOW, Captions, Card, Panel
from landscape_app.figures.figure_meta import FigureMeta
from landscape_app.figures.palette import template
from landscape_app.figures.view import Need, View


def needs(view: View) -> tuple[Need, ...]:
    return (Need("sublevel", {"filtration": view.filtration, "distance": view.graph}),)


def draw(card: Card) -> go.Figure | None:
    subject = card.run.subject
    if subject is None or "sublevel" not in subject.results:
        return None
    named = f"run-{subject.look + 1}"
    meta: FigureMeta = {
        "view": "curves",
        "runs": [subject.run],
        "paint": [[0, "line.color", named]],
    }
    births = subject.results["sublevel"].arrays["birth"]
    line = {"color": card.view.palette.runs[subject.look]}
    return go.Figure(
        {"type": "scatter", "y": births, "mode": "lines", "line": line},
        {"template": template(card.view.scheme), "meta": meta},
    )


def captions(card: Card) -> Captions:
    drawn = draw(card) is not None
    state = "" if drawn else "No bars yet."
    return Captions(f"births of {card.run.label}", f"Births of {card.run.label}.", state)


PANEL = Panel(
    "Births",
    per="run",
    area=BELOW,
    needs=needs,
    draw=draw,
    captions=captions,
    twin=tables.trajectories,
    controls=("filtration", "distance"),
)


def bright(card: Card) -> go.Figure | None:
    """Always drawn in the light scheme."""
    light = replace(card.comparison, view=replace(card.view, scheme="light"))
    return draw(replace(card, comparison=light))


def unpainted(card: Card) -> go.Figure | None:
    figure = draw(card)
    if figure is not None:
        figure.layout.meta = {**figure.layout.meta, "paint": []}
    return figure


def bare(card: Card) -> go.Figure | None:
    figure = draw(card)
    if figure is not None:
        figure.layout.meta = None
    return figure


NAMELESS = replace(PANEL, title="")
TWINLESS = replace(PANEL, twin=None)
PLACELESS = replace(PANEL, area="")
MISPLACED = replace(PANEL, area="x{slot}")
TAKEN = replace(PANEL, area="s{slot}")
UNKNOWN = replace(PANEL, needs=lambda view: (Need("births", {}),))
BRIGHT = replace(PANEL, draw=bright)
UNPAINTED = replace(PANEL, draw=unpainted)
BARE = replace(PANEL, draw=bare)
SILENT = replace(PANEL, captions=lambda card: Captions("", ""))
UNSTAMPED = replace(PANEL, needs=lambda view: ())
UNCONTROLLED = replace(PANEL, draw=lambda card: _of_colour(card))


def _of_colour(card: Card) -> go.Figure | None:
    figure = draw(card)
    if figure is not None:
        figure.update_layout(title=card.view.colour)
    return figure
