"""The panel beside the list: one run or study in full, with what can be done to it, its phases, its
log and its settings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.board import Board, BoardEntry
from landscape_app.dashboard.common.job_parts import badge, mark, meaning, unsound
from landscape_app.dashboard.jobs.actions import actions
from landscape_app.dashboard.jobs.phases import phases
from landscape_app.dashboard.jobs.settings_list import settings_list
from landscape_app.dashboard.jobs.warnings import untrusted, warnings
from landscape_app.jobs.state import log_tail
from landscape_app.number_text import duration

LOG_LINES = 60


def details(board: Board, runs: Path, id: str | None) -> Any:
    """The panel's content for `id`: gone where there is no such run or study (any more)."""
    if id is None:
        return html.P(
            "Pick a row to see its phases, log and settings.", className="ls-muted ls-pad"
        )
    entry = board.find(id)
    if entry is None:
        return html.P(
            [html.Strong(id), " does not exist. Maybe it was deleted."],
            className="ls-pad",
            role="status",
        )
    words = "" if entry.live else untrusted(entry, runs)
    elapsed = f" · {duration(entry.job.elapsed)} in all" if entry.job.elapsed else ""
    return html.Div(
        [
            *_head(entry),
            *warnings(entry, words),
            html.Div(actions(entry, runs, trusted=not words), className="ls-buttons"),
            *_section(f"Phases{elapsed}", phases(entry, runs)),
            *_section("Error" if entry.job.traceback else "Last message", _fault(entry)),
            *_section("Runs", _members(entry, board)),
            *_log(entry, board),
            *_section("Settings", settings_list(entry, runs)),
        ],
        className="ls-details",
    )


def _head(entry: BoardEntry) -> list[Any]:
    return [
        html.Div(
            [mark(entry), html.H2(entry.id, title=entry.id), badge(entry, whole=True)],
            className="ls-details-head",
        ),
        html.P(
            entry.summary.problem or meaning(entry),
            className="ls-muted",
            role="alert" if entry.summary.problem else None,
        ),
    ]


def _section(title: str, body: Any) -> list[Any]:
    return [html.Section([html.H3(title), body])] if body is not None else []


def _fault(entry: BoardEntry) -> Any:
    job = entry.job
    if not job.message and not job.traceback:
        return None
    trace = (
        html.Details([html.Summary("Traceback"), html.Pre(job.traceback, className="ls-log")])
        if job.traceback
        else None
    )
    return html.Div([html.P(job.message, role="alert"), trace])


def _members(entry: BoardEntry, board: Board) -> Any:
    if entry.summary.kind != "study":
        return None
    rows = [_member(id, board.find(id)) for id in entry.runs]
    return html.Table(html.Tbody(rows), className="ls-table")


def _member(id: str, run: BoardEntry | None) -> Any:
    state = [unsound(run), " ", badge(run)] if run else "gone"
    link = dcc.Link(id, href=addresses.job(id))
    return html.Tr([html.Td(link), html.Td(state, className="ls-num")])


def _log(entry: BoardEntry, board: Board) -> list[Any]:
    """The end of what its job wrote; a run that is worked on inside a study has none of its own."""
    writer = next((study for study in board.live() if entry.id in study.runs), entry)
    text = log_tail(writer.path, LOG_LINES)
    body = (
        html.Div(html.Pre(text), className="ls-log ls-log-end", tabIndex="0")
        if text.strip()
        else None
    )
    return _section("Log" if writer is entry else f"Log of {writer.id}", body)
