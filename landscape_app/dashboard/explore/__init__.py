"""Explore: one to four runs beside each other, everything that is picked in one view lit in all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html
from flask import g, has_request_context

from landscape_app.dashboard.appearance import flat, scheme
from landscape_app.dashboard.common import addresses, controls, run_view
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import (
    callbacks,
    choice,
    grid,
    ids,
    linked,
    rail,
    tour,
)
from landscape_app.dashboard.explore import header as bar
from landscape_app.dashboard.explore.compared import compared
from landscape_app.dashboard.explore.comparison import Comparison

register = callbacks.register
_WRITTEN_BY_SCRIPTS = (ids.PICK, ids.FILTER, ids.LEARNT, ids.LISTED, ids.SWITCHED)

__all__ = ["header", "layout", "register"]


def header(context: Context, query: Mapping[str, str]) -> Any:
    """What Explore puts into the page's header: the compared runs and the legend."""
    return bar.bar(context, _compared(context, query))


def layout(context: Context, query: Mapping[str, str]) -> Any:
    """Rail and main grid, whose figures come card by card; `query` as ExploreChoice.query and
    assets/linked.js write it. What of it is unknown is left out, and said.
    """
    comparison = _compared(context, query)
    state, faults = linked.decode(query, linked.choices(comparison))
    faults = [*choice.sound(query)[1], *faults, *run_view.left_out(query, context.board)]
    return html.Div(
        [
            dcc.Store(id=ids.LINKED, data=state),
            addresses.followed(faults),
            dcc.Store(id=ids.RUNS, data=[run.id for run in comparison.runs]),
            dcc.Store(id=ids.KNOWN, data=callbacks.known_now(comparison)),
            *(dcc.Store(id=id) for id in _WRITTEN_BY_SCRIPTS),
            dcc.Store(id=ids.SEEN, data=callbacks.seen_now(comparison)),
            run_view.tab(comparison.runs),
            addresses.line({**choice.DEFAULTS, **({"dims": "2"} if flat() else {})}),
            controls.clock(
                ids.TICK,
                callbacks.QUICK if comparison.unfinished else callbacks.SLOW,
                pauses=False,
            ),
            tour.tour(context, comparison),
            rail.rail(comparison),
            html.Div(
                [html.H1("Explore", className="ls-unseen"), *grid.grid(comparison)],
                id=ids.MAIN,
                className="ls-main",
            ),
        ],
        className="ls-explore",
        id="explore",
    )


def _compared(context: Context, query: Mapping[str, str]) -> Comparison:
    """What is compared, read once for header and page."""
    chosen = choice.of_query(choice.sound(query)[0], context.board, scheme(), flat=flat())
    if not has_request_context():
        return compared(context, chosen)
    shown: tuple[object, Comparison] | None = g.get("compared")
    if shown is None or shown[0] != chosen:
        shown = g.compared = (chosen, compared(context, chosen))
    return shown[1]
