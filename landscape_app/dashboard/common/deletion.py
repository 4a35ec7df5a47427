"""Deleting runs and studies on any page: the question what would be lost, and the deletion."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard import access
from landscape_app.dashboard.common import addresses, controls, ids
from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.buttons import clicked
from landscape_app.dashboard.common.context import Context
from landscape_app.errors import LandscapeError
from landscape_app.store import catalogue

MOST = 5000  # runs of one deletion
NAMED = 6  # names in one sentence
JOBS = "/jobs"  # this page shows one run in full: after its deletion it shows the list


def dialog() -> Any:
    """The question, for the layout of a page. A button of the page that deletes one run has the id
    {"type": "ask-delete", "id": ID}; several are asked for in the store ids.DELETE_WANTED.
    """
    answers = [
        dmc.Button("Keep", id=ids.DELETE_NO, variant="default"),
        dmc.Button("Delete", id=ids.DELETE_YES, color="red"),
    ]
    return html.Div(
        [
            dcc.Store(id=ids.DELETE_WANTED),
            dcc.Store(id=ids.DELETE_NAMES),
            dcc.Store(id=ids.DELETED),
            dmc.Modal(
                id=ids.DELETE_ASK,
                title="Delete permanently?",
                centered=True,
                children=[
                    html.Div(id=ids.DELETE_TEXT, className="ls-paragraphs"),
                    html.Div(answers, className="ls-buttons ls-buttons-end"),
                ],
            ),
        ]
    )


def register(app: Dash, context: Context) -> None:
    """Registers the question and the deletion."""
    app.callback(
        Output(ids.DELETE_ASK, "opened"),
        Output(ids.DELETE_NAMES, "data"),
        Output(ids.DELETE_TEXT, "children"),
        Output(ids.DELETE_YES, "disabled"),
        Input({"type": "ask-delete", "id": ALL}, "n_clicks"),
        Input(ids.DELETE_WANTED, "data"),
        Input(ids.DELETE_NO, "n_clicks"),
        prevent_initial_call=True,
    )(partial(ask, context))
    app.callback(
        Output(ids.DELETE_ASK, "opened", allow_duplicate=True),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Output(ids.DELETED, "data"),
        Output(ids.LOCATION, "href", allow_duplicate=True),
        Input(ids.DELETE_YES, "n_clicks"),
        State(ids.DELETE_NAMES, "data"),
        State(ids.LOCATION, "pathname"),
        prevent_initial_call=True,
    )(partial(delete, context))


def ask(
    context: Context, _: list[int | None], wanted: Any, __: int | None
) -> tuple[bool, list[str], list[Any], bool]:
    """(whether the question stands, about which runs and studies, what would be lost, whether
    nothing can be deleted).
    """
    if ctx.triggered_id == ids.DELETE_NO:
        return False, [], [], True
    if ctx.triggered_id == ids.DELETE_WANTED:
        names = _names(wanted.get("ids") if isinstance(wanted, dict) else None)
    else:
        names = [str(clicked()["id"])]
    if not names:
        raise PreventUpdate
    return True, names, question(context, names), not _free(context, names)


def delete(
    context: Context, clicks: int | None, wanted: Any, pathname: str | None
) -> tuple[bool, Any, float, Any]:
    """(whether the question stands, what was done, when, where to go) once a person has said yes.
    What a job works on stays, and is named.
    """
    names = _names(wanted)
    if not clicks or not names:
        raise PreventUpdate
    deleted, refused = [], []
    for id in names:
        try:
            access.changing()
            catalogue.delete(context.runs, id)
            deleted.append(id)
        except LandscapeError as error:
            refused.append(str(error))
    context.board.entries(now=True)
    if deleted:
        access.noted("delete", deleted)
    done = controls.notice(f"{listed(deleted)} {_were(deleted)} deleted.") if deleted else []
    refused = list(dict.fromkeys(refused))
    more = f" And {len(refused) - NAMED} more." if len(refused) > NAMED else ""
    refusal = controls.refusal(" ".join(refused[:NAMED]) + more) if refused else []
    here = addresses.path_of(pathname) == JOBS
    where = addresses.at(JOBS) if here and deleted else no_update
    return False, [*done, *refusal], time.time(), where


def question(context: Context, names: Sequence[str]) -> list[Any]:
    """What would be lost with these runs and studies, what stays, and what would miss them."""
    entries = {id: context.board.find(id) for id in names}
    gone = [id for id, entry in entries.items() if entry is None]
    busy = [id for id, entry in entries.items() if entry is not None and entry.live]
    free = _free(context, names)
    runs = [id for id in free if (entry := entries[id]) and entry.summary.kind == "run"]
    studies = [id for id in free if id not in runs]
    sentences = [
        f"{listed(runs)} and all {'its' if len(runs) == 1 else 'their'} snapshots are deleted."
        if runs
        else "",
        f"The comparison {listed(studies)} is deleted. Its runs stay." if studies else "",
        _missed(context.board.entries(), runs),
        f"{listed(busy)} {_stay(busy)}, because a job is at work. Cancel it first." if busy else "",
        f"{listed(gone)} {_were(gone)} already deleted." if gone else "",
    ]
    return [html.P(sentence) for sentence in sentences if sentence]


def listed(names: Sequence[str]) -> str:
    """One name, a few names, or '12 runs: a, b, c and 9 more'."""
    if len(names) <= NAMED:
        return ", ".join(names)
    return f"{len(names):,}: {', '.join(names[:NAMED])} and {len(names) - NAMED:,} more"


def _free(context: Context, names: Sequence[str]) -> list[str]:
    """Those that exist and on which no job is at work."""
    entries = {id: context.board.find(id) for id in names}
    return [id for id, entry in entries.items() if entry is not None and not entry.live]


def _missed(entries: Sequence[BoardEntry], runs: Sequence[str]) -> str:
    """Which studies compare these runs."""
    gone = set(runs)
    studies = [entry.id for entry in entries if not gone.isdisjoint(entry.runs)]
    what, them = ("it", "it") if len(runs) == 1 else ("some of these", "them")
    verb = "compares" if len(studies) == 1 else "compare"
    return f"{listed(studies)} {verb} {what} and will lack {them}." if studies else ""


def _names(given: Any) -> list[str]:
    """The ids that the browser asks for, each once."""
    listed = given if isinstance(given, list) and len(given) <= MOST else []
    return list(dict.fromkeys(name for name in listed if isinstance(name, str)))


def _were(names: Sequence[str]) -> str:
    return "was" if len(names) == 1 else "were"


def _stay(names: Sequence[str]) -> str:
    return "stays" if len(names) == 1 else "stay"
