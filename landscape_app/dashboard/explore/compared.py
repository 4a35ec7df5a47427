"""The comparison that a page shows: read when the page is opened, and shared by all that answer for
it (figures, picks, tables, launches) until something in the folders changes.
"""

from __future__ import annotations

from collections.abc import Hashable

from landscape_app.dashboard.common import run_view
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import joining, reading
from landscape_app.dashboard.explore.choice import ExploreChoice
from landscape_app.dashboard.explore.comparison import Comparison


def opened(context: Context, choice: ExploreChoice) -> Comparison:
    """As it is now, for a page that is opened; what answers for this page later finds it."""
    comparison = reading.read(context, choice)
    context.readings.put(_key(context, choice, comparison.token), comparison)
    return comparison


def compared(context: Context, choice: ExploreChoice, token: str = "") -> Comparison:
    """The comparison as it is now, read again where its folders, its names or its studies have
    changed since. token: of the comparison that the page shows, where that one is wanted.
    """
    key = _key(context, choice, token or joining.token(context, choice.runs))
    comparison: Comparison = context.readings.get(key, lambda: reading.read(context, choice))
    return comparison


def _key(context: Context, choice: ExploreChoice, token: str) -> Hashable:
    """What a comparison is made of. What the token leaves out: how the runs are called and marked,
    and which runs their studies have beside them.
    """
    studies = [
        (entry.id, entry.runs)
        for entry in context.board.entries()
        if entry.runs and set(choice.runs) <= set(entry.runs)
    ]
    named = run_view.labels(context, choice.runs), run_view.looks(context, choice.runs)
    return choice, token, repr((named, studies))
