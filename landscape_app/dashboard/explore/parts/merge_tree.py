"""The part "tree": the barrier merge tree of one run."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from dash import html

from landscape_app.dashboard.explore import messages
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.panel import Card
from landscape_app.dashboard.explore.parts.part import Part
from landscape_app.dashboard.explore.snapshot_names import snapshot
from landscape_app.dashboard.explore.trajectory_table import line, table
from landscape_app.figures import tree
from landscape_app.figures.view import DrawnRun
from landscape_app.number_text import number


def foot(card: Card) -> list[Any]:
    run = card.run
    assert run.subject is not None
    arrays = run.subject.results["curvature"].arrays
    climbs = tree.barriers(run.subject)
    behind = (
        f"{climbs} of them behind barriers"
        if climbs > 1
        else f"{'one' if climbs else 'none'} behind a barrier"
    )
    return [html.Span(f"{len(arrays['end_rows']) - 1} ends and the anchor"), html.Span(behind)]


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
    """What the heights are."""
    return "Joined at the highest train loss on the straight line between."


def twin(card: Card) -> Any:
    """The leaves."""
    assert card.run.subject is not None
    return _ends_of_tree(card.run.subject)


def _ends_of_tree(subject: DrawnRun) -> Any:
    """A row a leaf of the barrier merge tree, by its loss."""
    if not tree.drawable(subject):
        return messages.plain("Barriers have not been evaluated yet.")
    arrays = subject.results["curvature"].arrays
    dies = {
        int(row): float(death)
        for row, death in zip(arrays["birth_row"], arrays["death"], strict=True)
    }
    rows = [
        line(
            [
                snapshot(subject, int(arrays["end_rows"][i])),
                number(arrays["end_losses"][i]),
                _merges(dies, int(arrays["end_rows"][i])),
            ],
            {"kind": "trajectory", "run": subject.run, "focus": int(arrays["end_rows"][i])},
        )
        for i in np.argsort(arrays["end_losses"], kind="stable")
    ]
    return table(
        "Ends of trajectories and the anchor; the loss at which each is joined to a lower one",
        ("end", "loss", "merges at"),
        rows,
    )


def _merges(dies: dict[int, float], row: int) -> str:
    return (
        "at once" if row not in dies else number(dies[row]) if np.isfinite(dies[row]) else "never"
    )


PART = Part(
    tree.drawable,
    draw,
    foot,
    summary,
    twin,
    note,
    missing="Barriers between the ends need the network: Compute curvature, under the measures.",
)
