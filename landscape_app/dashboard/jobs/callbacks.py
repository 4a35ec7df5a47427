"""What keeps the Jobs page current, and the comparison of ticked runs."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard.common import (
    addresses,
    ids,
    job_parts,
    launch_requests,
)
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.common.job_parts import renewed
from landscape_app.dashboard.jobs import details, rows
from landscape_app.dashboard.launch.records import MOST_COMPARED


def register(app: Dash, context: Context) -> None:
    """Registers the list with its panel, and the comparison."""
    _list(app, context)
    _comparison(app, context)


def _list(app: Dash, context: Context) -> None:
    @app.callback(
        Output(ids.JOBS_HEAD, "children"),
        Output(ids.JOBS_LIST, "children"),
        Output(ids.JOBS_DETAILS, "children"),
        Output(ids.JOBS_MORE, "style"),
        Output(ids.job_cell(ALL, ALL, rows.PLACE), "children"),
        Output(ids.job_cell(ALL, ALL, details.PLACE), "children"),
        Output(ids.JOBS_SEEN, "data"),
        Input(ids.JOBS_TICK, "n_intervals"),
        Input(ids.JOBS_LOCATION, "search"),
        Input(ids.JOBS_MORE, "n_clicks"),
        State(ids.JOBS_SEEN, "data"),
    )
    def follow_jobs(_: Any, search: str | None, more: int | None, seen: Any) -> Any:
        shown, board = addresses.parsed(search).get("show"), context.board
        in_list, in_panel = ctx.outputs_list[4:6]
        now = job_parts.token(board, [f"{shown} {bool(more)}"])
        if now == seen:
            raise PreventUpdate
        if isinstance(seen, dict) and now["form"] == seen.get("form"):
            steps = _steps(context, shown)
            return *[no_update] * 4, *(renewed(to, steps) for to in (in_list, in_panel)), now
        entries = rows.ordered(board)
        listed = entries if more else entries[: rows.PAGE]
        style = {"display": "none"} if len(listed) == len(entries) else {}
        panel = details.details(board, context.runs, shown)
        same = [no_update] * len(in_list), [no_update] * len(in_panel)
        return rows.count(entries), rows.rows(listed, shown=shown), panel, style, *same, now


def _steps(context: Context, shown: str | None) -> dict[tuple[str, str], Any]:
    """{(id, name of a cell): its content} of the jobs at work, in the list and in the panel."""
    contents: dict[tuple[str, str], Any] = {}
    for entry in context.board.entries():
        if not entry.live:
            continue
        parts = rows.cells(entry)
        if entry.id == shown:
            parts |= details.cells(entry, context.board, context.runs)
        contents |= {(entry.id, name): content for name, content in parts.items()}
    return contents


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
