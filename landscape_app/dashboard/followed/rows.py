"""The list on the Jobs page: one row a run or study, what is live first."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.followed.board import Board, Entry
from landscape_app.dashboard.followed.parts import badge, bar, button, mark, unsound
from landscape_app.dashboard.followed.words import duration, rate, share, steps
from landscape_app.study_settings import GRID

PAGE = 60  # rows shown before "show more"
COLUMNS = ("", "Run or study", "State", "Progress", "Elapsed", "Left", "")


def ordered(board: Board) -> list[Entry]:
    """Live first, then newest first; a study stands above runs made at the same moment."""
    return sorted(board.entries(), key=lambda entry: not entry.live)


def rows(entries: Sequence[Entry], board: Board, *, shown: str | None) -> list[Any]:
    """Head and rows of the list."""
    head = html.Div([html.Span(name) for name in COLUMNS], className="ls-job ls-job-head", **{"aria-hidden": "true"})
    return [head, *(_row(entry, board, entry.id == shown) for entry in entries)]


def count(entries: Sequence[Entry]) -> str:
    """The list in one line: 1 running · 2 queued · 5 finished."""
    order = ("running", "queued", "stalled", "interrupted", "failed", "cancelled", "idle", "finished")
    totals = {state: sum(entry.job.state == state for entry in entries) for state in order}
    unsound = sum(bool(entry.failed) for entry in entries)
    said = [f"{number} {'not started' if state == 'idle' else state}" for state, number in totals.items() if number]
    return " · ".join(said + ([f"{unsound} with failed checks"] if unsound else []))


def _row(entry: Entry, board: Board, shown: bool) -> Any:
    job = entry.job
    tick = dmc.Checkbox(value=entry.id, size="xs", **{"aria-label": f"Compare {entry.id}"}) if comparable(entry) else html.Span()
    return html.Div(
        [
            html.Span(tick, className="ls-job-tick"),
            dcc.Link(
                [
                    mark(entry),
                    html.Span([html.Span(entry.id, className="ls-job-name"), html.Span(_about(entry, board), className="ls-job-about")]),
                ],
                href=f"/jobs?show={entry.id}",
                className="ls-job-link",
                title=entry.id,
            ),
            html.Span(badge(entry)),
            _progress(entry),
            html.Span(duration(job.elapsed) if job.state != "idle" else "–", className="ls-num"),
            html.Span(duration(job.eta) if job.state == "running" else "–", className="ls-num"),
            html.Span(_actions(entry), className="ls-job-actions"),
        ],
        className="ls-job" + (" ls-job-shown" if shown else ""),
        **({"aria-current": "true"} if shown else {}),
    )


def comparable(entry: Entry) -> bool:
    """Whether it can be ticked for a comparison: a whole, finished run."""
    return entry.summary.kind == "run" and entry.job.state == "finished" and entry.summary.problem is None


def _about(entry: Entry, board: Board) -> str:
    one = entry.summary
    if one.problem:
        return one.problem
    when = datetime.datetime.fromtimestamp(one.created).strftime("%d %b %H:%M") if one.created else ""
    if one.kind == "study":
        done = sum((run := board.find(id)) is not None and run.job.state == "finished" for id in entry.runs)
        return f"study · {done} of {len(entry.runs)} runs sampled · {when}"
    return " · ".join(str(part) for part in (one.regime, one.data, one.network, when) if part)


def _progress(entry: Entry) -> Any:
    job, percent = entry.job, share(entry.job)
    if entry.summary.problem or job.state in ("idle", "finished"):
        return html.Span(unsound(entry), className="ls-job-progress")
    number = "" if percent is None else f"{percent:.0f} %"
    left = " · ".join(part for part in (job.phase or ("" if job.state == "queued" else "starting"), number) if part)
    return html.Span(
        [
            html.Span(
                [html.Span(left), html.Span(rate(job) if job.state == "running" else "", className="ls-muted")],
                className="ls-job-says",
                title=steps(job),
            ),
            bar(job),
        ],
        className="ls-job-progress",
    )


def _actions(entry: Entry) -> list[Any]:
    if entry.live:
        return [button("cancel", "Cancel", entry, "jobs")]
    if entry.resumable:
        return [button("resume", "Start" if entry.job.state == "idle" else "Resume", entry, "jobs", variant="light")]
    if entry.job.state == "finished" and entry.summary.problem is None:
        if (entry.path / GRID).is_file():
            return [dcc.Link("Study", href=f"/study?id={entry.id}", className="ls-link")]
        return [dcc.Link("Explore", href=f"/?runs={','.join(entry.runs or (entry.id,))}", className="ls-link")]
    return []
