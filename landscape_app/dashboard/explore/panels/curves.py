"""Retraining curves of all runs: a score of every trajectory against its epoch."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import html

from landscape_app.dashboard.common.controls import options, select
from landscape_app.dashboard.explore import ids, messages, tables
from landscape_app.dashboard.explore.panel import Captions, Card, Panel
from landscape_app.figures import curves
from landscape_app.figures.curves import CURVES

IN_WORDS = {"function_distance": "distance to the anchor in function space"}


def draw(card: Card) -> go.Figure | None:
    """The curves of every run that has a snapshot."""
    subjects = card.comparison.subjects
    return curves.draw(subjects, card.view) if subjects else None


def captions(card: Card) -> Captions:
    """Which score is drawn, of how many trajectories, and which runs have none."""
    subjects = card.comparison.subjects
    name = curves.score(subjects, card.view)
    score = IN_WORDS.get(name, CURVES[name].label)
    only = "Other samplings retrain nothing." if card.view.clouds else ""
    without = " ".join(filter(None, (only, _without(card), curves.off_scale(subjects, card.view))))
    of = messages.as_filtered(f"{curves.count(subjects)} trajectories", "the trajectories shown")
    head = ["median and quartiles of ", *of, "; epoch 0 is the jump"]
    return Captions(
        head=[*([html.Span(without, className="ls-caveat"), " "] if without else []), *head]
        if subjects
        else "",
        summary=(
            f"{score} against retraining epoch, a line a trajectory, and of each run the median"
            f" and the quartiles, for {card.comparison.labels}. {without}"
        ),
        state="" if subjects else messages.message("No snapshot yet."),
    )


def _without(card: Card) -> str:
    """Which runs have no distances in function space, where those are asked for."""
    subjects = card.comparison.subjects
    if card.view.curve != "function_distance" or not subjects:
        return ""
    lacking = [run.label for run in subjects if not curves.in_function_space(run)]
    if len(lacking) == len(subjects):
        return "No run has its function space computed: this is the train loss."
    return f"Without {', '.join(lacking)}: no function space." if lacking else ""


def heading(card: Card) -> list[Any]:
    """The menu of scores."""
    scores = options({name: curve.label for name, curve in CURVES.items()})
    menu = select(ids.CURVE, scores, card.view.curve, "Score of the curves")
    return [html.H2("Retraining"), html.Div(menu, className="ls-curve-menu")]


PANEL = Panel(
    "Retraining curves",
    short="Retraining",
    per="all",
    area="c",
    needs=curves.needs,
    draw=draw,
    captions=captions,
    twin=tables.trajectories,
    heading=heading,
    controls=("curve",),
)
