"""The few slots through which the page launches jobs: a request store, a background callback, a
result store, and what follows.

A slot's background callback has one input, its request store, and one output, its result store: the
renderer holds back callbacks that mix a running background callback's output with anything else.
The stores are memory only, so that a reload launches nothing again. Requests carry the page's nonce
and the moment, so no two are ever taken for the same.
"""

from __future__ import annotations

import time
from typing import Any, Unpack

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard import access
from landscape_app.dashboard.common import addresses, controls, ids
from landscape_app.dashboard.launch import child
from landscape_app.dashboard.launch.records import Kind, LaunchRequest, Work

WORDS = {
    "run": "Launched",
    "resume": "Going on with",
    "analyse": "Comparing in",
    "quickstart": "Launched",
    "surface": "Computing the surface of",
    "verify": "Verifying",
    "curvature": "Computing the curvature of",
    "study": "Launched the study",
    "lesson": "Launched the study",
    "paper": "Computing what the page Paper lacks of",
    "preset": "Launched the study",
    "gallery": "Opened the results of",
}
# class of a button that, once its launch began, stays busy until the page is drawn anew
UNTIL_DRAWN = "ls-until-drawn"


def stores() -> list[Any]:
    """The stores of every slot, for the shell."""
    return [
        dcc.Store(id=ids.REVISIT),
        *(
            dcc.Store(id=name(slot), storage_type="memory")
            for slot in ids.SLOTS
            for name in (ids.request, ids.launched)
        ),
    ]


def ask(nonce: str, do: Kind, **work: Unpack[Work]) -> LaunchRequest:
    """A request for a slot's store: what to do, made unique by the page's nonce and the moment."""
    return {"nonce": nonce, "at": time.time_ns(), "do": do, **work}


def register(app: Dash) -> None:
    """One background callback and one follow-up per slot, and the button of the quickstart."""
    for slot in ids.SLOTS:
        _slot(app, slot)

    @app.callback(
        Output(ids.request("quickstart"), "data"),
        Input(ids.QUICKSTART, "n_clicks"),
        State(ids.NONCE, "data"),
        prevent_initial_call=True,
    )
    def quickstart(clicks: int | None, nonce: str) -> Any:
        if not clicks:
            raise PreventUpdate
        return ask(nonce, "quickstart")


def _slot(app: Dash, slot: str) -> None:
    """What is requested in a slot is launched, and what follows from the answer is shown."""
    app.callback(
        Output(ids.launched(slot), "data"),
        Input(ids.request(slot), "data"),
        background=True,
        interval=250,
        prevent_initial_call=True,
    )(child.launch)
    app.callback(
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Output(ids.LOCATION, "href", allow_duplicate=True),
        Output(ids.REVISIT, "data", allow_duplicate=True),
        Input(ids.launched(slot), "data"),
        prevent_initial_call=True,
    )(after)
    app.clientside_callback(
        ClientsideFunction("shell", "answered"),
        Input(ids.launched(slot), "data"),
        prevent_initial_call=True,
    )


def after(answer: Any) -> tuple[Any, Any, Any]:
    """(notice, where to go, whether the page is drawn anew) once a launch is answered.

    A new run and a comparison made on Jobs are followed on Jobs, a new study on Study; the
    quickstart of an empty folder is watched in Explore.
    """
    if not isinstance(answer, dict) or not (answer.get("ids") or answer.get("error")):
        raise PreventUpdate
    if answer.get("error"):
        return controls.refusal(str(answer["error"])), no_update, no_update
    started, kind = [str(id) for id in answer["ids"]], answer.get("kind")
    if access.may_change():  # who may only look launched nothing, whatever the browser says
        access.noted(str(kind), started)
    notice = controls.notice(f"{WORDS.get(str(kind), 'Launched')} {', '.join(started)}.")
    if kind == "quickstart":
        return notice, no_update, time.time_ns()
    if kind in ("study", "preset"):
        return notice, addresses.study(started[0]), no_update
    if kind == "run" or answer.get("place") == "jobs":
        # of several runs the last is the study that compares them
        return notice, addresses.job(started[-1]), no_update
    return notice, no_update, no_update
