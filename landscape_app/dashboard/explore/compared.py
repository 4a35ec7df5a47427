"""The comparison that a page shows: read once for all who look at it, and for all that answers
for it (page, figures, picks, tables, launches), until something in the folders changes.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from landscape_app.dashboard.common import run_view
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import cards, joining, reading
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.figures.view import View


def compared(context: Context, choice: ExploreChoice, token: str = "") -> Comparison:
    """The comparison as it is now, read again where its folders, its names or its studies have
    changed since, or the view shows other results. token: of the comparison that the page shows,
    where that one is wanted.
    """
    key = _key(context, choice, token or joining.token(context, choice.runs))
    comparison: Comparison = context.readings.get(key, lambda: reading.read(context, choice))
    view = replace(choice.view, function=comparison.view.function)
    return comparison if view == comparison.view else replace(comparison, view=view)


def _key(context: Context, choice: ExploreChoice, token: str) -> Hashable:
    """What a comparison is read by. What the token leaves out: how the runs are called and marked,
    and which runs their studies have beside them.
    """
    studies = [
        (entry.id, entry.runs)
        for entry in context.board.entries()
        if entry.runs and set(choice.runs) <= set(entry.runs)
    ]
    named = run_view.labels(context, choice.runs), run_view.looks(context, choice.runs)
    return choice.runs, _read_of(choice.view), token, repr((named, studies))


def _read_of(view: View) -> str:
    """What of a view decides what is read: another colour shows the same results."""
    needs = cards.run_needs(view), cards.study_needs(view)
    return repr((view.method, view.dims, view.distance, needs))
