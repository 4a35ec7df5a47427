"""The part "tree": the barrier merge tree of one run."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import html

from landscape_app.dashboard.explore import tables
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import Card
from landscape_app.dashboard.explore.parts import Part
from landscape_app.figures import tree
from landscape_app.figures.view import DrawnRun


def foot(card: Card) -> list[Any]:
    subject = card.run.subject
    assert subject is not None
    climbs, ends = tree.barriers(subject), subject.results["curvature"].arrays["end_rows"]
    behind = f"{'one' if climbs else 'none'} behind a barrier"
    if climbs > 1:
        behind = f"{climbs} of them behind barriers"
    return [html.Span(f"{len(ends) - 1} ends and the anchor"), html.Span(behind)]


def summary(card: Card) -> str:
    counts = " and ".join(str(span.children) for span in foot(card))
    return (
        f"Barrier merge tree: {counts}, joined at the highest train loss on straight lines between"
        " them."
    )


def draw(card: Card, subject: DrawnRun) -> go.Figure | None:
    """The tree on a range of losses common to all runs."""
    if not tree.drawable(subject):
        return None
    return tree.draw(subject, card.view, card.comparison.common(tree.span))


def note(comparison: Comparison) -> str:
    """What is off the common range, and what the heights are."""
    heights = "Joined at the highest train loss on the straight line between."
    return f"{comparison.common(tree.span).beyond()} {heights}".strip()


def twin(card: Card) -> Any:
    """The leaves."""
    assert card.run.subject is not None
    return tables.leaf_table(card.run.subject)


PART = Part(
    tree.drawable,
    draw,
    foot,
    summary,
    twin,
    note,
    missing="Barriers between the ends need the network: Compute curvature, under the measures.",
)
