"""What keeps the library current, stores labels and notes, and compares, exports and deletes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, html, no_update
from dash.exceptions import PreventUpdate

from landscape_app.dashboard import access
from landscape_app.dashboard.common import addresses, controls, ids
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.runs.page import every
from landscape_app.dashboard.runs.rows import RunRow, count, row_of, rows, token
from landscape_app.errors import LandscapeError
from landscape_app.number_text import size
from landscape_app.store import folder, notes

LINKED = 40  # runs with a link in the dialog of the export
EDITED = ("label", "note")


def register(app: Dash, context: Context) -> None:
    """Registers the readings, the edits and the buttons of the library."""
    app.callback(
        Output(ids.LIBRARY_GRID, "rowData"),
        Output(ids.LIBRARY_COUNT, "children"),
        Output(ids.LIBRARY_TICK, "interval"),
        Output(ids.LIBRARY_SEEN, "data"),
        Input(ids.LIBRARY_TICK, "n_intervals"),
        Input(ids.DELETED, "data"),
        State(ids.LIBRARY_SEEN, "data"),
        prevent_initial_call=True,
    )(partial(follow, context))
    app.callback(
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Output(ids.LIBRARY_GRID, "rowTransaction"),
        Input(ids.LIBRARY_GRID, "cellValueChanged"),
        prevent_initial_call=True,
    )(partial(edit, context))
    app.callback(
        Output(ids.LIBRARY_EXPORTED, "opened"),
        Output(ids.LIBRARY_LINKS, "children"),
        Input(ids.LIBRARY_EXPORT, "n_clicks"),
        State(ids.LIBRARY_CHOSEN, "data"),
        prevent_initial_call=True,
    )(partial(export, context))
    _scripts(app)


def _scripts(app: Dash) -> None:
    """What the browser does by itself: widths of columns, search, grouping, and which buttons are
    on.
    """
    app.clientside_callback(
        ClientsideFunction("library", "listed"), Input(ids.LIBRARY_GRID, "virtualRowData")
    )
    app.clientside_callback(
        ClientsideFunction("library", "search"), Input(ids.LIBRARY_SEARCH, "value")
    )
    app.clientside_callback(
        ClientsideFunction("library", "group"), Input(ids.LIBRARY_GROUP, "checked")
    )
    app.clientside_callback(
        ClientsideFunction("library", "chosen"),
        Output(ids.LIBRARY_CHOSEN, "data"),
        Output(ids.LIBRARY_COMPARE, "disabled"),
        Output(ids.LIBRARY_COMPARE, "children"),
        Output(ids.LIBRARY_EXPORT, "disabled"),
        Output(ids.LIBRARY_DELETE, "disabled"),
        Input(ids.LIBRARY_GRID, "selectedRows"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("library", "compare"),
        Output(ids.LOCATION, "href", allow_duplicate=True),
        Input(ids.LIBRARY_COMPARE, "n_clicks"),
        State(ids.LIBRARY_CHOSEN, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("library", "wanted"),
        Output(ids.DELETE_WANTED, "data"),
        Input(ids.LIBRARY_DELETE, "n_clicks"),
        State(ids.LIBRARY_CHOSEN, "data"),
        prevent_initial_call=True,
    )


def follow(
    context: Context, _: int | None, __: float | None, seen: str | None
) -> tuple[list[RunRow], str, int, str]:
    """(rows, how many, ms to the next reading, their token); nothing where nothing has changed."""
    listed = rows(context)
    if (now := token(listed)) == seen:
        raise PreventUpdate
    return listed, count(listed), every(listed), now


def edit(context: Context, changes: Any) -> tuple[Any, Any]:
    """(what is said, the rows as they are now) once a label or a note was typed.

    A text that cannot be stored is refused in words, and the row shows again what is stored.
    """
    typed = [change for change in changes or [] if _is_edit(change)]
    if not typed:
        raise PreventUpdate
    faults = []
    for change in typed:
        try:
            access.changing()
            path = folder.place(context.runs, str(change["rowId"]), "run")
            notes.write(path, **{change["colId"]: str(change.get("value") or "")})
        except LandscapeError as error:
            faults.append(str(error))
    context.board.entries(now=True)
    stored = [row_of(context, str(change["rowId"])) for change in typed]
    update = {"update": [row for row in stored if row is not None], "async": False}
    return controls.refusal(" ".join(dict.fromkeys(faults))) if faults else no_update, update


def _is_edit(change: Any) -> bool:
    return (
        isinstance(change, dict)
        and change.get("colId") in EDITED
        and isinstance(change.get("rowId"), str)
        and isinstance(change.get("value"), (str, type(None)))
    )


def export(context: Context, clicks: int | None, chosen: Any) -> tuple[bool, list[Any]]:
    """(whether the dialog is open, a link for each of the runs)."""
    names = [id for id in chosen or [] if isinstance(id, str) and folder.is_id(id)]
    if not clicks or not names:
        raise PreventUpdate
    sizes = {row["id"]: row["size"] for row in rows(context)}
    links = [_links(id, sizes.get(id)) for id in names[:LINKED]]
    return True, [html.P(_about(names)), html.Ul(links)]


def _about(names: Sequence[str]) -> str:
    more = f" The first {LINKED} of {len(names):,} are listed." if len(names) > LINKED else ""
    return (
        "An archive holds everything that is stored of a run. Import on Jobs reads it on another"
        f" machine. Labels and notes stay here.{more}"
    )


def _links(id: str, length: int | None) -> Any:
    at = addresses.at(f"/archive/{id}.tar")
    return html.Li(
        [
            html.A(f"{id}.tar", href=at, download=""),
            html.Span(f" {size(length)} " if length else " ", className="ls-muted"),
            html.A("with its data", href=f"{at}?data=1", download=""),
        ]
    )
