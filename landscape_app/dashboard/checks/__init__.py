"""Checks: whether one to four runs are what they say they are, question by question, each with its
figure and its limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.checks import callbacks, choice, ids, reading, table, words
from landscape_app.dashboard.common.compared_runs import MOST
from landscape_app.dashboard.common.context import Context

register = callbacks.register
LISTED = 200  # runs to choose from, newest first

__all__ = ["layout", "register"]


def layout(context: Context, query: Mapping[str, str]) -> Any:
    """The page with every answer in it; ?runs=ID,ID names the runs."""
    runs = choice.of_query(query, context.board)
    shown = reading.read(context, runs)
    return html.Div(
        [
            dcc.Store(id=ids.SEEN, data=reading.token(context, runs)),
            dcc.Interval(id=ids.TICK, interval=callbacks.EVERY),
            html.Section(
                [
                    _head(context, shown),
                    html.Div(table.table(shown), id=ids.TABLE, className="ls-scroll", tabIndex="0"),
                ],
                className="ls-card ls-checks-card",
                **{"aria-label": "Checks"},
            ),
        ],
        id=ids.CHECKS,
        className="ls-checks",
    )


def _head(context: Context, shown: tuple[reading.Shown, ...]) -> Any:
    there = [entry.id for entry in context.board.entries() if entry.summary.kind == "run"][:LISTED]
    chosen = [one.id for one in shown]
    control = dmc.MultiSelect(
        id=ids.RUNS,
        data=list(dict.fromkeys([*chosen, *there])),
        value=chosen,
        maxValues=MOST,
        searchable=True,
        hidePickedOptions=True,
        placeholder="Add a run" if len(chosen) < MOST else "",
        nothingFoundMessage="No other run",
        size="xs",
        comboboxProps={"shadow": "md"},
        className="ls-checks-runs",
        **{"aria-label": f"Runs, up to {MOST}"},
    )
    everyone = dmc.Button(
        "Verify all", id=ids.ALL, size="xs", disabled=not any(one.askable for one in shown)
    )
    said = html.Span(words.summary(shown), id=ids.SUMMARY, className="ls-muted", role="status")
    return html.Div(
        [html.H1("Checks"), said, html.Div(className="ls-grow"), control, everyone],
        className="ls-jobs-head ls-checks-head",
    )
