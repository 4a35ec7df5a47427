"""What happens on the page Paper when a study is chosen, time passes, or a button is pressed."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import addresses, launch_requests
from landscape_app.dashboard.common import ids as shell
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.paper import cards, head, ids, view

EVERY = 1500  # ms between looks at the folders' times of modification
DEFAULTS = {"id": ""}


def register(app: Dash, context: Context) -> None:
    """Registers everything of the page."""
    app.callback(
        Output(ids.STATE, "children"),
        Output(ids.BODY, "children"),
        Output(ids.SEEN, "data"),
        Input(ids.NAME, "value"),
        Input(ids.TICK, "n_intervals"),
        Input(shell.SCHEME, "computedColorScheme"),
        State(ids.SEEN, "data"),
        prevent_initial_call=True,
    )(partial(follow, context))
    app.callback(
        Output(shell.request("paper"), "data"),
        Input(ids.COMPUTE, "n_clicks"),
        State(ids.NAME, "value"),
        State(shell.NONCE, "data"),
        prevent_initial_call=True,
    )(compute)
    app.callback(
        Output(shell.request("paper"), "data", allow_duplicate=True),
        Output(ids.PRESET, "loading"),
        Input(ids.PRESET, "n_clicks"),
        State(shell.NONCE, "data"),
        prevent_initial_call=True,
    )(launch)
    addresses.follow(app, Input(ids.NAME, "value"))


def follow(context: Context, name: Any, _: int | None, scheme: Any, seen: Any) -> tuple[Any, ...]:
    """(state, cards, word for what is shown): everything for another study, other results or
    another scheme; only the state where a job goes on.
    """
    id = name if isinstance(name, str) else ""
    shown = view.read(context, id, "dark" if scheme == "dark" else "light")
    known = seen if isinstance(seen, dict) else {}
    if shown.token["results"] != known.get("results"):
        return head.state(shown), cards.body(shown), shown.token
    if shown.token == known:
        raise PreventUpdate
    return head.state(shown), no_update, shown.token


def compute(clicks: int | None, name: Any, nonce: Any) -> Any:
    """What a click on the button of what is missing asks for."""
    if not clicks or not isinstance(name, str):
        raise PreventUpdate
    return launch_requests.ask(str(nonce), "paper", id=name)


def launch(clicks: int | None, nonce: Any) -> tuple[Any, bool]:
    """What a click on the button of the preset asks for."""
    if not clicks:
        raise PreventUpdate
    return launch_requests.ask(str(nonce), "preset", preset=head.PRESET), True
