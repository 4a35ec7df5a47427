"""Checks: whether one to four runs are what they say they are, question by question, each with its
figure and its limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.checks import callbacks, ids, table
from landscape_app.dashboard.common import (
    addresses,
    run_checks,
    run_view,
)
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import run_picker

register = callbacks.register

__all__ = ["layout", "register"]


def layout(context: Context, query: Mapping[str, str]) -> Any:
    """The page with every answer in it; ?runs=ID,ID names the runs."""
    runs = run_view.runs_of_query(query, context.board)
    checked = run_checks.read(context, runs)
    return html.Div(
        [
            dcc.Store(id=ids.SEEN, data=run_checks.token(context, runs)),
            addresses.line({"runs": ""}),
            dcc.Interval(id=ids.TICK, interval=callbacks.EVERY),
            html.Section(
                [
                    _head(context, checked),
                    html.Div(
                        table.table(checked), id=ids.TABLE, className="ls-scroll", tabIndex="0"
                    ),
                ],
                className="ls-card ls-checks-card",
                **{"aria-label": "Checks"},
            ),
        ],
        id=ids.CHECKS,
        className="ls-checks",
    )


def _head(context: Context, checked: tuple[run_checks.CheckedRun, ...]) -> Any:
    control = run_picker(
        ids.RUNS, context.board, [run.id for run in checked], className="ls-checks-runs"
    )
    verify_all = dmc.Button(
        "Verify all", id=ids.ALL, size="xs", disabled=not any(run.askable for run in checked)
    )
    summary = html.Span(
        run_checks.summary(checked), id=ids.SUMMARY, className="ls-muted", role="status"
    )
    return html.Div(
        [html.H1("Checks"), summary, html.Div(className="ls-grow"), control, verify_all],
        className="ls-jobs-head ls-checks-head",
    )
