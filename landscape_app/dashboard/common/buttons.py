"""What the buttons about runs and studies do: those of a page that computes something of its runs
(one for all, and one beside each), and resume, analyse and cancel on any page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard import access
from landscape_app.dashboard.common import controls, ids, launch_requests
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.launch.records import LaunchRequest
from landscape_app.errors import LandscapeError
from landscape_app.jobs.cancel import cancel

# (values of the states, nonce, id of a run or None for all) -> what is asked for. Raises
# PreventUpdate where nothing can be asked for.
Ask = Callable[[list[Any], str, str | None], LaunchRequest]


def run_buttons(app: Dash, everyone: str, states: list[State], ask: Ask) -> None:
    """A click launches what `ask` says. everyone: id of the button for all runs, and the kind of
    those beside one run.
    """
    buttons = beside(ALL, everyone)

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


def beside(run: Any, kind: str) -> dict[str, Any]:
    """The id of the button of this kind beside a run; ALL: of every such button."""
    return {"type": kind, "run": run}


def clicked() -> Any:
    """The id of the button that was clicked. Raises PreventUpdate where buttons were only drawn."""
    if not ctx.triggered or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return ctx.triggered_id


def job_buttons(app: Dash, context: Context) -> None:
    """One callback for the buttons of all pages (ids.action)."""

    @app.callback(
        Output(ids.request("row"), "data"),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input({"type": "action", "action": ALL, "id": ALL, "place": ALL}, "n_clicks"),
        State(ids.NONCE, "data"),
        prevent_initial_call=True,
    )
    def act(clicks: list[int | None], nonce: str) -> Any:
        asked = clicked()
        if asked["action"] == "resume":
            return launch_requests.ask(nonce, "resume", id=asked["id"]), no_update
        if asked["action"] == "analyse":
            return launch_requests.ask(
                nonce, "analyse", ids=[asked["id"]], place=asked["place"]
            ), no_update
        return no_update, _cancelled(context, asked["id"])


def _cancelled(context: Context, id: str) -> Any:
    """Asks the job of `id` to stop; what is said about it."""
    entry = context.board.find(id)
    if entry is None:
        return controls.refusal(f"{id} is gone.")
    try:
        access.changing()
        if not cancel(entry.path):
            return controls.notice(f"No job is running on {id}.")
    except LandscapeError as error:
        return controls.refusal(str(error))
    access.noted("cancel", [id])
    return controls.notice(f"{id} stops at its next safe point. What is committed stays.")
