"""What keeps the Jobs page current, the comparison of ticked runs, and the deletion."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import (
    addresses,
    controls,
    ids,
    job_parts,
    launch_requests,
)
from landscape_app.dashboard.common.buttons import clicked
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.jobs import details, rows
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.errors import LandscapeError
from landscape_app.store import catalogue


def register(app: Dash, context: Context) -> None:
    """Registers the list with its panel, the comparison and the deletion."""
    _list(app, context)
    _comparison(app, context)
    _deletion(app, context)


def _list(app: Dash, context: Context) -> None:
    @app.callback(
        Output(ids.JOBS_HEAD, "children"),
        Output(ids.JOBS_LIST, "children"),
        Output(ids.JOBS_DETAILS, "children"),
        Output(ids.JOBS_MORE, "style"),
        Output(ids.JOBS_SEEN, "data"),
        Input(ids.JOBS_TICK, "n_intervals"),
        Input(ids.JOBS_LOCATION, "search"),
        Input(ids.JOBS_MORE, "n_clicks"),
        State(ids.JOBS_SEEN, "data"),
    )
    def follow_jobs(_: Any, search: str | None, more: int | None, seen: str | None) -> Any:
        shown = addresses.parsed(search).get("show")
        entries = rows.ordered(context.board)
        if (now := job_parts.token(context.board, [f"{shown} {bool(more)}"])) == seen:
            raise PreventUpdate
        listed = entries if more else entries[: rows.PAGE]
        style = {"display": "none"} if len(listed) == len(entries) else {}
        panel = details.details(context.board, context.runs, shown)
        return rows.count(entries), rows.rows(listed, shown=shown), panel, style, now


def _comparison(app: Dash, context: Context) -> None:
    @app.callback(
        Output(ids.JOBS_COMPARE, "disabled"),
        Output(ids.JOBS_COMPARE, "children"),
        Input(ids.JOBS_TICKED, "value"),
        # changes when a job changes its state, and not with every step
        Input(ids.JOBS_HEAD, "children"),
    )
    def ticked(chosen: list[str] | None, _: str | None) -> tuple[bool, str]:
        return comparison(context, chosen or [])

    @app.callback(
        Output(ids.request("compare"), "data", allow_duplicate=True),
        Input(ids.JOBS_COMPARE, "n_clicks"),
        State(ids.JOBS_TICKED, "value"),
        State(ids.NONCE, "data"),
        prevent_initial_call=True,
    )
    def compare(clicks: int | None, chosen: list[str], nonce: str) -> Any:
        if not clicks:
            raise PreventUpdate
        return launch_requests.ask(nonce, "analyse", ids=list(chosen), place="jobs")


def comparison(context: Context, chosen: list[str]) -> tuple[bool, str]:
    """(whether the button is off, its label) for the ticked runs: two to four, all sampled."""
    if not 2 <= len(chosen) <= MOST_COMPARED:
        return True, f"Compare ticked (2 to {MOST_COMPARED})"
    waiting = sum(
        (entry := context.board.find(id)) is None or not rows.comparable(entry) for id in chosen
    )
    return waiting > 0, f"Compare {len(chosen)} runs" + (
        f" ({waiting} not yet sampled)" if waiting else ""
    )


def _deletion(app: Dash, context: Context) -> None:
    app.callback(
        Output(ids.DELETE_ASK, "opened"),
        Output(ids.DELETE_NAME, "data"),
        Output(ids.DELETE_TEXT, "children"),
        Input({"type": "ask-delete", "id": ALL}, "n_clicks"),
        Input(ids.DELETE_NO, "n_clicks"),
        prevent_initial_call=True,
    )(partial(ask, context))
    app.callback(
        Output(ids.DELETE_ASK, "opened", allow_duplicate=True),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Output(ids.LOCATION, "href", allow_duplicate=True),
        Input(ids.DELETE_YES, "n_clicks"),
        State(ids.DELETE_NAME, "data"),
        prevent_initial_call=True,
    )(partial(delete, context))


def ask(context: Context, _: list[int | None], __: int | None) -> tuple[bool, str | None, str]:
    """(whether the question stands, about which run or study, what would be lost)."""
    if ctx.triggered_id == ids.DELETE_NO:
        return False, None, ""
    id = clicked()["id"]
    return True, id, warning(context, id)


def delete(context: Context, clicks: int | None, id: str | None) -> tuple[bool, Any, Any]:
    """(whether the question stands, what was done, where to go) once a person has said yes."""
    if not clicks or not id:
        raise PreventUpdate
    try:
        catalogue.delete(context.runs, id)
    except LandscapeError as error:
        return False, controls.refusal(str(error)), no_update
    context.board.entries(now=True)
    return False, controls.notice(f"{id} was deleted."), "/jobs"


def warning(context: Context, id: str) -> str:
    """What would be lost with `id`, and what would miss it."""
    entry = context.board.find(id)
    if entry is None:
        return f"{id} was already deleted."
    if entry.summary.kind == "study":
        return f"The comparison {id} is deleted. Its runs stay."
    studies = [study.id for study in context.board.entries() if id in study.runs]
    missing = (
        f" {', '.join(studies)} compare{'s' if len(studies) == 1 else ''} it and will lack it."
        if studies
        else ""
    )
    return f"{id} and all its snapshots are deleted.{missing}"
