"""The tour of Explore: five steps over the quickstart's cards, taken by assets/tour.js."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import ids
from landscape_app.dashboard.explore.comparison import Comparison

# (id of the card, title, text); a step whose card is not on the page is left out
STEPS = (
    (
        ids.FINDING,
        "The finding",
        "These sentences say which network generalizes worse, and what does not differ. The button"
        " “Why” shows the numbers behind them.",
    ),
    (
        "card-joint",
        "All networks in one picture",
        "Points near each other give similar answers. Each network has its own colour and shape,"
        " and its name and gap stand beside it. Where points have another colour, the colour bar in"
        " the header says what it means.",
    ),
    (
        "card-scene-0",
        "One network",
        "The diamond is the anchor, the trained network. Each open circle is a jump away from it."
        " The line that follows is the retraining: see whether it leads back. The word below says"
        " whether the picture can be trusted. Click a point: it lights up in every view.",
    ),
    (
        "card-diagrams-0",
        "Bars and loops",
        "Left: each bar begins at a minimum of the loss among the snapshots and ends where it joins"
        " a deeper one. A long bar: no path through lower snapshots joins the two. Right: bars of"
        " the distances between snapshots. The last line says whether loops are longer than loops"
        " of noise.",
    ),
    (
        "card-measures",
        "Measures",
        "Numbers of the same networks. A ≠ marks differences larger than two standard errors."
        " Point at a number: it says what it means, and when it misleads. The arrow on each card"
        " saves its figure. The ? in the header explains all terms and starts this tour again.",
    ),
)

# where the last step leads on to
NEXT = "Take a lesson"


def tour(context: Context, comparison: Comparison) -> Any:
    """The steps for the script, where all compared runs are of one quickstart; else nothing."""
    runs = {run.id for run in comparison.runs}
    quickstart = any(
        entry.summary.made_by == "quickstart" and runs <= {*entry.runs}
        for entry in context.board.entries()
        if entry.summary.kind == "study"
    )
    if not runs or not quickstart:
        return None
    steps = [{"card": card, "title": title, "text": text} for card, title, text in STEPS]
    steps[-1] |= {"href": addresses.at("/lessons"), "words": NEXT}
    return html.Div(id=ids.TOUR, hidden=True, **{"data-steps": json.dumps(steps)})
