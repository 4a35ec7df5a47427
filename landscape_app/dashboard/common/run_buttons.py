"""Buttons that ask for work on the runs of a page: one for all of them, and one beside each run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import ids
from landscape_app.dashboard.launch.records import LaunchRequest

# (values of the states, nonce, id of a run or None for all) -> what is asked for. Raises
# PreventUpdate where nothing can be asked for.
Ask = Callable[[list[Any], str, str | None], LaunchRequest]


def register(app: Dash, everyone: str, kind: str, states: list[State], ask: Ask) -> None:
    """A click launches what `ask` says. everyone: id of the button for all runs; kind: "type" in
    the ids of the others.
    """
    buttons = {"type": kind, "run": ALL}

    def launch(_: int | None, __: list[int | None], *values: Any) -> Any:
        *stands, nonce = values
        button = clicked()
        only = str(button["run"]) if isinstance(button, dict) else None
        request = ask(stands, str(nonce), only)
        busy = [output["id"]["run"] in request["ids"] for output in ctx.outputs_list[2]]
        return request, only is None, busy

    app.callback(
        Output(ids.request("compare"), "data", allow_duplicate=True),
        Output(everyone, "loading"),
        Output(buttons, "loading"),
        Input(everyone, "n_clicks"),
        Input(buttons, "n_clicks"),
        *states,
        State(ids.NONCE, "data"),
        prevent_initial_call=True,
    )(launch)


def clicked() -> Any:
    """The id of the button that was clicked. Raises PreventUpdate where buttons were only drawn."""
    if not ctx.triggered or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return ctx.triggered_id
