"""The page Checks, and what happens when a run is chosen, time passes, or a run is to be verified
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.checks.column_head import VERIFY
from landscape_app.dashboard.checks.table import table
from landscape_app.dashboard.common import (
    addresses,
    buttons,
    launch_requests,
    run_checks,
    run_view,
)
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.controls import clock, run_picker
from landscape_app.dashboard.common.run_checks import CheckedRun
from landscape_app.dashboard.launch.records import LaunchRequest
from landscape_app.errors import LandscapeError

CHECKS = "checks"  # the page
RUNS = "checks-runs"
SUMMARY = "checks-summary"
TABLE = "checks-table"
TICK = "checks-tick"
SEEN = "checks-seen"  # dcc.Store: a word for what was last drawn
EVERY = 1000  # ms between looks at the folders' times of modification


def layout(context: Context, query: Mapping[str, str]) -> Any:
    """The page with every answer in it; ?runs=ID,ID names the runs."""
    runs = run_view.runs_of_query(query, context.board)
    checked = run_checks.read(context, runs)
    scrolled = html.Div(_table(checked), id=TABLE, className="ls-scroll", tabIndex="0")
    return html.Div(
        [
            dcc.Store(id=SEEN, data=run_checks.token(context, runs)),
            addresses.followed(run_view.left_out(query, context.board)),
            addresses.line({"runs": ""}),
            clock(TICK, EVERY),
            html.Section(
                [_head(context, checked), scrolled],
                className="ls-card ls-checks-card",
                **{"aria-label": "Checks"},
            ),
        ],
        id=CHECKS,
        className="ls-checks",
    )


def _table(checked: tuple[CheckedRun, ...]) -> list[Any]:
    """What is drawn anew when other runs are shown."""
    return [run_view.tab(checked), table(checked)]


def _head(context: Context, checked: tuple[CheckedRun, ...]) -> Any:
    chosen = [run.id for run in checked]
    control = run_picker(RUNS, context.board, chosen, className="ls-checks-runs")
    verify_all = dmc.Button("Verify all", id=VERIFY, size="xs", disabled=not _askable(checked))
    summary = html.Span(
        run_checks.summary(checked), id=SUMMARY, className="ls-muted", role="status"
    )
    return html.Div(
        [html.H1("Checks"), summary, html.Div(className="ls-grow"), control, verify_all],
        className="ls-jobs-head ls-checks-head",
    )


def register(app: Dash, context: Context) -> None:
    """Registers everything of the page."""

    def redraw(_: int | None, runs: Any, seen: Any) -> Any:
        chosen = _chosen(runs)
        token = run_checks.token(context, chosen)
        if token == seen:
            raise PreventUpdate
        checked = run_checks.read(context, chosen)
        return _table(checked), not _askable(checked), run_checks.summary(checked), token

    app.callback(
        Output(TABLE, "children"),
        Output(VERIFY, "disabled"),
        Output(SUMMARY, "children"),
        Output(SEEN, "data"),
        Input(TICK, "n_intervals"),
        Input(RUNS, "value"),
        State(SEEN, "data"),
        prevent_initial_call=True,
    )(redraw)
    buttons.run_buttons(app, VERIFY, [State(RUNS, "value")], partial(_asked, context))
    addresses.follow(app, Input(RUNS, "value"))


def _asked(context: Context, runs: list[Any], nonce: str, only: str | None) -> LaunchRequest:
    """What a click has verified: `only`, or all runs that can be. Raises PreventUpdate where there
    is none.
    """
    askable = _askable(run_checks.read(context, _chosen(*runs)))
    wanted = [id for id in askable if only in (None, id)]
    if not wanted:
        raise PreventUpdate
    return launch_requests.ask(nonce, "verify", ids=wanted, place="checks")


def _askable(checked: tuple[CheckedRun, ...]) -> list[str]:
    """Ids of the runs that a click may have verified now."""
    return [run.id for run in checked if run.askable]


def _chosen(runs: Any) -> tuple[str, ...]:
    """The runs that the control stands at; a request that no control could have sent changes
    nothing.
    """
    try:
        return run_view.runs_of_value(runs if runs is not None else [])
    except LandscapeError as error:
        raise PreventUpdate from error
