"""What happens on the page Checks when a run is chosen, time passes, or a run is to be verified
again.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.checks import ids, table
from landscape_app.dashboard.common import (
    addresses,
    buttons,
    launch_requests,
    run_checks,
    run_view,
)
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_checks import CheckedRun
from landscape_app.dashboard.launch.records import LaunchRequest
from landscape_app.errors import LandscapeError

EVERY = 1000  # ms between looks at the folders' times of modification


def register(app: Dash, context: Context) -> None:
    """Registers everything of the page."""
    _redraw(app, context)
    buttons.run_buttons(
        app, ids.ALL, "checks-verify", [State(ids.RUNS, "value")], partial(asked, context)
    )
    addresses.follow(app, Input(ids.RUNS, "value"))


def _redraw(app: Dash, context: Context) -> None:
    """Other runs, or other answers."""

    def redraw(_: int | None, runs: Any, seen: Any) -> Any:
        chosen = _chosen(runs)
        token = run_checks.token(context, chosen)
        if token == seen:
            raise PreventUpdate
        checked = run_checks.read(context, chosen)
        idle = not any(run.askable for run in checked)
        return table.table(checked), idle, run_checks.summary(checked), token

    app.callback(
        Output(ids.TABLE, "children"),
        Output(ids.ALL, "disabled"),
        Output(ids.SUMMARY, "children"),
        Output(ids.SEEN, "data"),
        Input(ids.TICK, "n_intervals"),
        Input(ids.RUNS, "value"),
        State(ids.SEEN, "data"),
        prevent_initial_call=True,
    )(redraw)


def asked(context: Context, runs: list[Any], nonce: str, only: str | None) -> LaunchRequest:
    """What a click has verified: `only`, or all runs that can be."""
    wanted = wanting(run_checks.read(context, _chosen(*runs)), only=only)
    return launch_requests.ask(nonce, "verify", ids=wanted, place="checks")


def wanting(checked: tuple[CheckedRun, ...], *, only: str | None) -> list[str]:
    """Ids of the runs that a click has verified: `only`, or all that can be. Raises PreventUpdate
    where there is none.
    """
    wanted = [run.id for run in checked if run.askable and only in (None, run.id)]
    if not wanted:
        raise PreventUpdate
    return wanted


def _chosen(runs: Any) -> tuple[str, ...]:
    """The runs that the control stands at; a request that no control could have sent changes
    nothing.
    """
    try:
        return run_view.runs_of_value(runs if runs is not None else [])
    except LandscapeError as error:
        raise PreventUpdate from error
