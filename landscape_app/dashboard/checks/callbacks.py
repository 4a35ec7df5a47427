"""What happens on the page Checks when a run is chosen, time passes, or a run is to be verified
again.
"""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.checks import ids, table
from landscape_app.dashboard.common import address_line, compared_runs, launch_requests, run_checks
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_checks import CheckedRun
from landscape_app.errors import LandscapeError

EVERY = 1000  # ms between looks at the folders' times of modification
BUTTONS = {"type": "checks-verify", "run": ALL}  # ids.verify of every column


def register(app: Dash, context: Context) -> None:
    """Registers everything of the page."""
    _redraw(app, context)
    _verify(app, context)
    address_line.register(app, Input(ids.RUNS, "value"))


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


def _verify(app: Dash, context: Context) -> None:
    """A click has one run verified, or all of them."""

    def verify(_: int | None, __: list[int | None], runs: Any, nonce: Any) -> Any:
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            raise PreventUpdate  # a column was drawn, nothing was clicked
        asked = ctx.triggered_id
        only = str(asked["run"]) if isinstance(asked, dict) else None
        wanted = wanting(run_checks.read(context, _chosen(runs)), only=only)
        buttons = [output["id"]["run"] in wanted for output in ctx.outputs_list[2]]
        request = launch_requests.ask(str(nonce), "verify", ids=wanted, place="checks")
        return request, only is None, buttons

    app.callback(
        Output(shell.request("compare"), "data", allow_duplicate=True),
        Output(ids.ALL, "loading"),
        Output(BUTTONS, "loading"),
        Input(ids.ALL, "n_clicks"),
        Input(BUTTONS, "n_clicks"),
        State(ids.RUNS, "value"),
        State(shell.NONCE, "data"),
        prevent_initial_call=True,
    )(verify)


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
        return compared_runs.of_value(runs if runs is not None else [])
    except LandscapeError as error:
        raise PreventUpdate from error
