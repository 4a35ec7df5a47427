"""The panel beside the list: one run or study with its phases, its log and its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.board import Board, BoardEntry
from landscape_app.dashboard.common.controls import message
from landscape_app.dashboard.common.form_parts import extra
from landscape_app.dashboard.common.job_parts import (
    badge,
    bar,
    cell,
    mark,
    meaning,
    progress,
    rate,
    share,
    steps,
    unsound,
)
from landscape_app.dashboard.common.run_view import named
from landscape_app.dashboard.jobs.actions import actions, untrusted, warnings
from landscape_app.errors import LandscapeError
from landscape_app.forecast.phases import JobForecast, PhaseForecast
from landscape_app.jobs.request import AGAIN
from landscape_app.jobs.state import JobState, log_tail
from landscape_app.number_text import duration, value
from landscape_app.settings import RunSpec, differences
from landscape_app.store.run import RunFolder

LOG_LINES = 60
PLACE = "details"


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
    parts = cells(entry, board, runs)
    return html.Div(
        [
            cell(entry, "head", PLACE, parts["head"], className="ls-details-cell"),
            *warnings(entry, words),
            html.Div(actions(entry, runs, trusted=not words), className="ls-buttons"),
            cell(entry, "going", PLACE, parts["going"], className="ls-details-cell"),
            *_section("Settings", settings_list(entry, runs)),
        ],
        className="ls-details",
    )


def cells(entry: BoardEntry, board: Board, runs: Path) -> dict[str, Any]:
    """What changes in the panel with every step of a job: the contents of its cells by name."""
    elapsed = f" · {duration(entry.job.elapsed)} in all" if entry.job.elapsed else ""
    going = [
        *_section(f"Phases{elapsed}", phases(entry, runs)),
        *_section("Error" if entry.job.traceback else "Last message", _fault(entry)),
        *_section("Runs", _members(entry, board)),
        *_log(entry, board),
    ]
    return {"head": _head(entry), "going": going}


def _head(entry: BoardEntry) -> list[Any]:
    return [
        html.Div(
            [mark(entry), html.H2(named(entry.notes.label, entry.id)), badge(entry, whole=True)],
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
    name = named(run.notes.label, id) if run else id
    link = dcc.Link(name, href=addresses.job(id))
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


def phases(entry: BoardEntry, runs: Path) -> Any:
    """The phases with their durations, and the one at hand; None where no job has begun one."""
    before = {"name": "before it was resumed", "seconds": entry.job.before}
    past = [_past(phase) for phase in ([before] if entry.job.before else []) + entry.job.phases]
    now = _now(entry.job)
    if not past and not now:
        return None
    expected = _expected(entry, runs)
    return html.Div(
        [
            html.Table(html.Tbody(past), className="ls-table"),
            *now,
            message(expected, small=True) if expected else None,
        ]
    )


def _past(phase: dict[str, Any]) -> Any:
    length = html.Td(duration(phase["seconds"]), className="ls-num")
    return html.Tr([html.Td(str(phase["name"])), length])


def _now(job: JobState) -> list[Any]:
    """The phase at hand: its name, percent, bar, rate, and how long it still takes."""
    if job.state in ("finished", "idle") or not job.phase:
        return []
    percent = share(job)
    words = progress(job, steps(job), rate(job))
    head = html.Div(
        [
            html.Span(job.phase),
            html.Span("" if percent is None else f"{percent:.0f} %", className="ls-num"),
        ],
        className="ls-strip-line",
    )
    below = html.Span(words, className="ls-muted ls-small")
    return [html.Div([head, bar(job), below], className="ls-phase-now")]


def _expected(entry: BoardEntry, runs: Path) -> str:
    """What the run was measured to take before it began; empty where that is not known."""
    if entry.summary.kind != "run" or entry.summary.problem or entry.job.command in AGAIN:
        return ""  # what a curvature takes was not measured
    try:
        facts = RunFolder.open(runs, entry.id).prepared() or {}
        seconds = facts["forecast"]["seconds"]
        phases = tuple(PhaseForecast(name, float(time)) for name, time in seconds.items())
        return f"Expected when it began: {JobForecast(phases).words}."
    except (LandscapeError, KeyError, TypeError, AttributeError, ValueError):
        return ""


def settings_list(entry: BoardEntry, runs: Path) -> Any:
    """The settings of a run as tables; None for a study."""
    if entry.summary.kind != "run" or entry.summary.problem:
        return None
    try:
        spec = RunFolder.open(runs, entry.id).spec
    except LandscapeError as error:
        return html.P(str(error), role="alert")
    changed = differences(spec, "quick")
    lines = {
        name: _setting(name, getattr(spec, name), changed.get(name))
        for name in RunSpec.model_fields
    }
    same = html.P(
        "Settings of the quick preset." if not changed else "Settings of the quick preset, except:",
        className="ls-muted",
    )
    table = html.Table(html.Tbody([lines[name] for name in changed]), className="ls-table")
    every = html.Details(
        [
            html.Summary("All settings"),
            html.Table(html.Tbody(list(lines.values())), className="ls-table"),
        ],
        className="ls-fold",
    )
    return html.Div([same, table, every])


def _setting(name: str, given: Any, change: tuple[Any, Any] | None) -> Any:
    field = RunSpec.model_fields[name]
    unit = extra(field, "unit")
    shown = f"{value(given)} {unit}" if unit and given is not None else value(given)
    note = html.Span(f"quick: {value(change[1])}", className="ls-changed") if change else None
    return html.Tr(
        [html.Td(field.title, title=field.description), html.Td([shown, note], className="ls-num")]
    )
