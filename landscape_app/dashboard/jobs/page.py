"""The Jobs page: the list of every run and study, and the panel of the one that is shown."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import addresses, controls, deletion, ids
from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.jobs.details import details
from landscape_app.dashboard.jobs.rows import PAGE, count, ordered, rows

EVERY = 1000  # ms


def layout(context: Context, query: dict[str, str]) -> Any:
    """The page with its first reading; ?show=ID opens the panel of an entry, ?tick=A,B ticks."""
    entries, shown = ordered(context.board), query.get("show")
    ticked = [id for id in query.get("tick", "").split(",") if id]
    return html.Div(
        [
            dcc.Location(id=ids.JOBS_LOCATION, refresh=False),
            controls.clock(ids.JOBS_TICK, EVERY),
            dcc.Store(id=ids.JOBS_SEEN),
            html.Section(
                [_head(count(entries)), _list(entries, context, shown, ticked)],
                className="ls-card ls-jobs-list",
                **{"aria-label": "Runs and studies"},
            ),
            html.Aside(
                details(context.board, context.runs, shown),
                id=ids.JOBS_DETAILS,
                className="ls-card ls-jobs-details",
                **{"aria-label": "Details"},
            ),
            deletion.dialog(),
        ],
        id=ids.JOBS,
        className="ls-jobs",
    )


def _head(counted: str) -> Any:
    return html.Div(
        [
            html.H1("Jobs"),
            html.Span(counted, id=ids.JOBS_HEAD, className="ls-muted", role="status"),
            dmc.Button("Compare ticked", id=ids.JOBS_COMPARE, size="xs", disabled=True),
            html.Span(id=ids.JOBS_IMPORT_SAYS, className="ls-num", role="status"),
            dmc.Button(
                "Import …",
                id=ids.JOBS_IMPORT,
                size="xs",
                variant="default",
                **{"aria-label": "Import an archive"},
            ),
            dcc.Link("New run", href=addresses.at("/new"), className="ls-button"),
        ],
        className="ls-jobs-head",
    )


def _list(entries: list[BoardEntry], context: Context, shown: str | None, ticked: list[str]) -> Any:
    return html.Div(
        [
            dmc.CheckboxGroup(
                html.Div(rows(entries[:PAGE], shown=shown), id=ids.JOBS_LIST),
                id=ids.JOBS_TICKED,
                value=ticked,
            ),
            dmc.Button(
                "Show all",
                id=ids.JOBS_MORE,
                variant="subtle",
                size="xs",
                style={} if len(entries) > PAGE else {"display": "none"},
            ),
        ],
        className="ls-scroll",
    )
