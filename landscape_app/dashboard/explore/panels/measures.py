"""The table of measures of all runs, six key measures first, and the offer to compute what needs
the network.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common.launch_requests import UNTIL_DRAWN
from landscape_app.dashboard.explore import ids, key_measures, measures, messages, on_demand
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.key_measures import ALIKE, APART
from landscape_app.dashboard.explore.panel import Captions, Card, Panel
from landscape_app.figures import diagrams, tree
from landscape_app.figures.view import Need, View
from landscape_app.jobs.state import AT_WORK

UNFILTERED = "Filters do not act here."


def needs(view: View) -> tuple[Need, ...]:
    """Stored results that have measures of topology and curvature."""
    return (*diagrams.needs(view), *tree.needs(view))


def captions(card: Card) -> Captions:
    """What the marks mean; what the table lists, and what differs; under it the offer."""
    several = len(card.comparison.runs) > 1
    head = f"{APART} beyond 2 standard errors" if several else "a name opens its meaning"
    off = key_measures.off_scale(card.comparison)
    shown = messages.as_filtered(head, UNFILTERED)
    return Captions(
        head=[html.Span(off, className="ls-caveat", title=off), " ", *shown] if off else shown,
        summary=f"{_summary(card.comparison)} {off}".strip(),
        foot=_curvature_offer(card.comparison),
    )


def table(card: Card) -> list[Any]:
    """The rows for assets/measures.js, and where it puts them."""
    foot = card.panel.captions(card).foot
    words = html.Div(foot, id=ids.words(f"{card.name}-foot"), className="ls-measures-foot")
    rows = html.Div(id=ids.MEASURES_TABLE)
    return [
        dcc.Store(id=ids.MEASURES, data=measures.table(card.comparison)),
        html.Div([rows, words], className="ls-view-body ls-scroll ls-measures-body"),
    ]


def _summary(comparison: Comparison) -> str:
    """The table in sentences, for those who do not see it."""
    marks = key_measures.differing(comparison)
    sentences = [
        f"Measures of {comparison.labels}: six key measures, then all others by family, a row a"
        " measure, a column a run.",
        *(
            f"The runs {words} beyond two standard errors in {', '.join(marks[mark])}."
            for mark, words in ((APART, "differ"), (ALIKE, "do not differ"))
            if marks[mark]
        ),
    ]
    return " ".join(sentences)


def _curvature_offer(comparison: Comparison) -> list[Any]:
    """Under the measures: the offer to compute what needs the network, or that a job is at it."""
    wanting = on_demand.without_curvature(comparison)
    if not wanting:
        return []
    lacking = [run for run in comparison.runs if run.id in wanting]
    if busy := [run.label for run in lacking if run.job in AT_WORK]:
        return [html.Span(f"A job is at work on {', '.join(busy)}.")]
    missing = f"Not yet of {', '.join(run.label for run in lacking)}"
    if len(lacking) == len(comparison.runs):
        missing = "Sharpness, margins, barriers"
    if all(run.curvature is not None for run in comparison.runs):
        missing = "Climbs of these bars: not checked"
    look = {"size": "compact-xs", "variant": "default", "className": UNTIL_DRAWN}
    return [html.Span(missing), dmc.Button("Compute curvature", id=ids.CURVATURE, **look)]


PANEL = Panel(
    "Measures",
    per="all",
    area="m",
    needs=needs,
    captions=captions,
    table=table,
    unfiltered=True,
)
