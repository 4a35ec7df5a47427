"""The part "profile": the landscape profile of one run, and beside it its triangulated picture."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.explore import tables
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import Card
from landscape_app.dashboard.explore.parts import Part, persistence
from landscape_app.figures import profile
from landscape_app.figures.view import DrawnRun


def foot(card: Card) -> list[Any]:
    valleys = card.run.meta("sublevel").get("bars")
    flat = card.run.meta("triangulation").get("label")
    pieces = f"{valleys + 1} pieces, joined only higher up" if valleys else "one piece"
    right = [html.Span(f"right: {flat}")] if flat else []
    return [html.Span("" if valleys is None else pieces), *persistence.left_out(card), *right]


def draw(card: Card, subject: DrawnRun) -> go.Figure | None:
    """The profile on a range of heights common to all runs."""
    if not profile.drawable(subject):
        return None
    return profile.draw(subject, card.view, card.comparison.common(profile.span_of(card.view)))


def note(comparison: Comparison) -> str:
    """What is off the common range, what a dip is, and what a hollow mark means."""
    off = comparison.common(profile.span_of(comparison.view)).off
    dip = "A dip is as wide as it has snapshots."
    return " ".join(filter(None, (off, dip, persistence.hollow(comparison))))


def twin(card: Card) -> list[Any]:
    """The sublevel bars: each is a dip."""
    assert card.run.subject is not None
    return [tables.sublevel_table(card, card.run.subject)]


PART = Part(
    profile.drawable,
    draw,
    foot,
    persistence.summary,
    twin,
    note,
    uncomputed=lambda: [
        "The analysis of this run stored no profile.",
        dcc.Link("See Jobs", href=addresses.at("/jobs")),
    ],
)
