"""What the buttons about one run or study do, on any page: resume, analyse, cancel."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State, no_update

from landscape_app.dashboard.common import ids, launch_requests, notices
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.run_buttons import clicked
from landscape_app.errors import LandscapeError
from landscape_app.jobs.cancel import cancel


def register(app: Dash, context: Context) -> None:
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
        return no_update, cancelled(context, asked["id"])


def cancelled(context: Context, id: str) -> Any:
    """Asks the job of `id` to stop; what is said about it."""
    entry = context.board.find(id)
    if entry is None:
        return notices.refused(f"{id} is gone.")
    try:
        if not cancel(entry.path):
            return notices.done(f"No job is running on {id}.")
    except LandscapeError as error:
        return notices.refused(str(error))
    return notices.done(f"{id} stops at its next safe point. What is committed stays.")
