"""The library of runs: a grid with a row for each, what is done to the ticked ones, and a search.

The grid is AG Grid's community build. Its columns take functions by name (assets/runs.js) and no
text that would have to be compiled in the browser, which the page's policy forbids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dash_ag_grid
import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import addresses, controls, deletion, gallery, ids
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.runs.rows import RunRow, count, rows, token
from landscape_app.store import notes

IDLE, LIVE = 600_000, 2_000  # ms between two readings while no job is at work, and while one is
TEXT, NUMBER = "agTextColumnFilter", "agNumberColumnFilter"


def layout(context: Context, query: Mapping[str, str]) -> Any:
    """The page with its first reading; ?search=TEXT searches."""
    listed, search = rows(context), query.get("search", "")
    return html.Div(
        [
            controls.clock(ids.LIBRARY_TICK, every(listed), pauses=False),
            dcc.Store(id=ids.LIBRARY_SEEN, data=token(listed)),
            dcc.Store(id=ids.LIBRARY_CHOSEN, data=[]),
            html.Section(
                [_head(count(listed), search), _above(listed, context.runs), _grid(listed, search)],
                className="ls-card ls-library",
                **{"aria-label": "Runs"},
            ),
            deletion.dialog(),
            _export(),
        ],
        id=ids.LIBRARY,
        className="ls-library-page",
    )


def every(listed: Sequence[RunRow]) -> int:
    """Milliseconds to the next reading."""
    return LIVE if any(row["live"] for row in listed) else IDLE


def _head(counted: str, search: str) -> Any:
    return html.Div(
        [
            html.H1("Runs"),
            html.Span(counted, id=ids.LIBRARY_COUNT, className="ls-muted", role="status"),
            dmc.TextInput(
                id=ids.LIBRARY_SEARCH,
                value=search,
                placeholder="Search labels, names, notes, settings",
                size="xs",
                w=280,
                **{"aria-label": "Search the runs"},
            ),
            dmc.Switch(
                id=ids.LIBRARY_GROUP,
                label="Group by study",
                size="xs",
                checked=False,
                persistence=True,
            ),
            dcc.Link("New run", href=addresses.at("/new"), className="ls-button"),
        ],
        className="ls-jobs-head ls-library-head",
    )


def _above(listed: Sequence[RunRow], runs: Path) -> Any:
    """What stands above the grid: the actions, and in an empty folder what ships."""
    actions = _actions(listed)
    return actions if listed else html.Div([actions, gallery.offer(runs, "library")])


def _actions(listed: Sequence[RunRow]) -> Any:
    """What is done to the ticked runs; assets/runs.js says which of it can be done."""
    locked = {row["locked"] for row in listed}
    edits = (
        f"Labels and notes cannot be changed: {locked.pop()}"
        if len(locked) == 1 and "" not in locked
        else "Double-click a label or a note to change it."
    )
    button = {"size": "xs", "variant": "default", "disabled": True}
    return html.Div(
        [
            dmc.Button("Compare", id=ids.LIBRARY_COMPARE, size="xs", disabled=True),
            dmc.Button("Export …", id=ids.LIBRARY_EXPORT, **button),
            dmc.Button("Delete …", id=ids.LIBRARY_DELETE, **button),
            html.Span(
                f"Tick runs to compare, export or delete them. {edits}",
                className="ls-muted ls-small",
            ),
        ],
        className="ls-library-actions",
    )


def _export() -> Any:
    return dmc.Modal(
        id=ids.LIBRARY_EXPORTED,
        title="Export",
        centered=True,
        children=html.Div(id=ids.LIBRARY_LINKS, className="ls-paragraphs"),
    )


def _grid(listed: Sequence[RunRow], search: str) -> Any:
    return dash_ag_grid.AgGrid(
        id=ids.LIBRARY_GRID,
        rowData=list(listed),
        columnDefs=columns(),
        defaultColDef={
            "sortable": True,
            "filter": TEXT,
            "resizable": True,
            "suppressHeaderMenuButton": True,
            "minWidth": 60,
        },
        getRowId="params.data.id",
        rowClassRules={"ls-begins": "lsBegins(params)"},
        dashGridOptions={
            "rowSelection": {
                "mode": "multiRow",
                "selectAll": "filtered",
                "enableClickSelection": False,
            },
            "selectionColumnDef": {"pinned": "left", "width": 40},
            "quickFilterText": search,
            "animateRows": False,
            "tooltipShowDelay": 400,
            "stopEditingWhenCellsLoseFocus": True,
            "suppressColumnMoveAnimation": True,
            "localeText": {"noRowsToShow": "No run. New run makes one; Import on Jobs reads one."},
        },
        className="ls-library-grid",
        style={"height": "100%"},
    )


def columns() -> list[dict[str, Any]]:
    """The columns of the grid, in their order."""
    return [
        _text("label", "Label", 150, pinned="left", tooltip="lsLabelTip", **_edited(notes.LABEL)),
        {**_text("id", "Name", 240), "cellRenderer": "LibraryRun"},
        _text("study", "Study", 104),
        _text("regime", "Regime", 84),
        _text("data", "Data", 80),
        _text("network", "Network", 94),
        {**_text("state", "State", 100, tooltip="lsStateTip"), "cellRenderer": "LibraryState"},
        _number("train_accuracy", "Train acc.", "lsPercent", "Train accuracy at the anchor"),
        _number("test_accuracy", "Test acc.", "lsPercent", "Test accuracy at the anchor"),
        _number("gap_accuracy", "Gap acc.", "lsPercent", "Train minus test accuracy"),
        _number("gap_loss", "Gap loss", "lsNumber", "Test minus train loss"),
        {**_text("created", "Created", 128), "sort": "desc"},
        _number("snapshots", "Snapshots", "lsCount", "Committed snapshots", width=96),
        _number("size", "Size", "lsSize", "Bytes of all files of the run", width=84),
        _text("note", "Note", 220, tooltip="lsNoteTip", **_edited(notes.NOTE, large=True)),
    ]


def _text(field: str, title: str, width: int, *, tooltip: str = "", **more: Any) -> dict[str, Any]:
    hint = {"tooltipValueGetter": {"function": f"{tooltip}(params)"}} if tooltip else {}
    return {"field": field, "headerName": title, "width": width, **hint, **more}


def _number(field: str, title: str, words: str, help: str, *, width: int = 88) -> dict[str, Any]:
    """A column of numbers: shown by the function `words`, unknown ones last in either order."""
    return {
        "field": field,
        "headerName": title,
        "headerTooltip": help,
        "width": width,
        "filter": NUMBER,
        "type": "rightAligned",
        "valueFormatter": {"function": f"{words}(params)"},
        "comparator": {"function": "lsNumbers"},
    }


def _edited(most: int, *, large: bool = False) -> dict[str, Any]:
    """A column that a person may type into, unless the run's folder is locked."""
    size = {"rows": 8, "cols": 60} if large else {}
    editor = {
        "cellEditor": "agLargeTextCellEditor" if large else "agTextCellEditor",
        "cellEditorParams": {"maxLength": most, **size},
        "cellEditorPopup": large,
    }
    return {"editable": {"function": "lsUnlocked(params)"}, **editor}
