"""Retraining curves of all runs: a score of every trajectory against its epoch."""

from __future__ import annotations

import plotly.graph_objects as go

from landscape_app.dashboard.explore import messages, tables
from landscape_app.dashboard.explore.panel import Captions, Card, Panel
from landscape_app.figures import curves
from landscape_app.figures.colours import COLOURS


def draw(card: Card) -> go.Figure | None:
    """The curves of every run that has a snapshot."""
    subjects = card.comparison.subjects
    return curves.draw(subjects, card.view) if subjects else None


def captions(card: Card) -> Captions:
    """Which score is drawn, of how many trajectories."""
    score, subjects = COLOURS[curves.score(card.view)].label, card.comparison.subjects
    return Captions(
        head=f"{score} of {curves.count(subjects)} trajectories; epoch 0 is the jump",
        summary=(
            f"{score} against retraining epoch, a line a trajectory, for {card.comparison.labels}."
        ),
        state="" if subjects else messages.message("No snapshot yet."),
    )


PANEL = Panel(
    "Retraining curves",
    short="Retraining",
    per="all",
    area="c",
    needs=curves.needs,
    draw=draw,
    captions=captions,
    twin=tables.trajectories,
    controls=("colour",),
)
