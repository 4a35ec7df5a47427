"""The panel beside the list: one run or study in full, with what can be done to it, its phases, its
log and its settings.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common.board import Board, BoardEntry
from landscape_app.dashboard.common.job_parts import (
    badge,
    bar,
    button,
    going_on,
    mark,
    said,
    unsound,
)
from landscape_app.dashboard.common.job_words import rate, share, steps
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.errors import LandscapeError, TrustError
from landscape_app.jobs.request import AGAIN
from landscape_app.jobs.state import log_tail
from landscape_app.number_text import duration, value
from landscape_app.settings import RunSpec, differences
from landscape_app.store import damage, derived, grids, shared_data, sources, verdict
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

LOG_LINES = 60
OPTION = re.compile(r"(--[a-z-]+)")  # of a command: never parted at a hyphen
LOOKED_AT = 20  # runs of a study that are asked whether data are kept for them


def details(board: Board, runs: Path, id: str | None) -> Any:
    """The panel's content for `id`: gone where there is no such run or study (any more)."""
    if id is None:
        return html.P(
            "Pick a row to see its phases, log and settings.", className="ls-muted ls-pad"
        )
    entry = board.find(id)
    if entry is None:
        return html.P(
            [html.Strong(id), " is gone: it was deleted, or never was."],
            className="ls-pad",
            role="status",
        )
    told = "" if entry.live else untrusted(entry, runs)
    return html.Div(
        [
            html.Div(
                [mark(entry), html.H2(entry.id, title=entry.id), badge(entry, whole=True)],
                className="ls-details-head",
            ),
            html.P(
                entry.summary.problem or said(entry),
                className="ls-muted",
                role="alert" if entry.summary.problem else None,
            ),
            *_damaged(entry),
            *_unsound(entry),
            *_untrusted(told),
            html.Div(_actions(entry, runs, trusted=not told), className="ls-buttons"),
            *_section(
                f"Phases · {duration(entry.job.elapsed)} in all" if entry.job.elapsed else "Phases",
                _phases(entry, runs),
            ),
            *_section("What went wrong" if entry.job.traceback else "Its last word", _fault(entry)),
            *_section("Runs", _members(entry, board)),
            *_log(entry, board),
            *_section("Settings", _settings(entry, runs)),
        ],
        className="ls-details",
    )


def _damaged(entry: BoardEntry) -> list[Any]:
    """What is damaged or missing of the run, what follows, and the way back."""
    if entry.summary.kind != "run" or entry.summary.problem or entry.live:
        return []
    try:
        # this one is looked at: every file is hashed
        found = verdict.opened(RunFolder.open(entry.path.parent, entry.id).inventory()).damage
    except LandscapeError as error:
        return [html.P(str(error), role="alert")]
    if not found:
        return []
    again = [] if found.sample else [button("analyse", "Analyse again", entry, "details")]
    return [
        html.P(
            [f"{damage.words(found, given=entry.given, button=True)} ", *again],
            role="alert",
            className="ls-caveat",
        )
    ]


def _unsound(entry: BoardEntry) -> list[Any]:
    """That the run is not all that its checks ask for, with the way to them."""
    if not entry.failed:
        return []
    told = verdict.words(entry.failed)
    return [
        html.P(
            [
                f"{told[0].upper()}{told[1:]}. ",
                dcc.Link("See the checks", href=f"/checks?runs={entry.id}"),
            ],
            role="alert",
        )
    ]


def untrusted(entry: BoardEntry, runs: Path) -> str:
    """What going on with the run or study would import and open that nobody has permitted, and the
    way; empty where it would not.
    """
    try:
        if entry.summary.problem is not None:
            return ""
        if entry.summary.kind == "run":
            sources.check(RunFolder.open(runs, entry.id))
        elif entry.summary.made_by == "study":
            study = StudyFolder.open(runs, entry.id)
            grids.check(study, grids.read(study))
    except TrustError as error:
        return str(error)
    except LandscapeError:
        return ""
    return ""


def _untrusted(told: str) -> list[Any]:
    why, way, command = told.partition(sources.WAY)
    parts = [html.Span(part) if part.startswith("--") else part for part in OPTION.split(command)]
    return (
        [html.P([why, way, html.Code(parts, className="ls-typed")], className="ls-small")]
        if told
        else []
    )


def _section(title: str, body: Any) -> list[Any]:
    return [html.Section([html.H3(title), body])] if body is not None else []


def _actions(entry: BoardEntry, runs: Path, *, trusted: bool) -> list[Any]:
    run, whole = entry.summary.kind == "run", entry.summary.problem is None
    can: list[Any] = []
    if entry.live:
        can.append(button("cancel", "Cancel", entry, "details"))
    if entry.resumable and trusted:
        can.append(
            button(
                "resume", entry.going_on, entry, "details", variant="filled", title=going_on(entry)
            )
        )
    if whole:
        can.append(
            _link(
                "Open in Explore", f"/?runs={','.join(entry.runs[:MOST_COMPARED] or (entry.id,))}"
            )
        )
    if entry.summary.made_by == "study":
        can.append(_link("Open in Study", f"/study?id={entry.id}"))
    if (
        entry.sampled
        and not entry.live
        and not entry.resumable
        and derived.find(entry.path, "embedding") is None
    ):
        can.append(button("resume", "Analyse", entry, "details", variant="light"))
    if run and whole:
        can.append(
            _link(
                "Duplicate …",
                f"/new?from={entry.id}",
                "A new run with these settings, changed as you like",
            )
        )
    if whole:
        can += _archives(entry, runs)
    if not entry.live:
        can.append(
            dmc.Button(
                "Delete …",
                id={"type": "ask-delete", "id": entry.id},
                size="compact-xs",
                variant="subtle",
                color="red",
                c="var(--ls-bad)",
            )
        )
    return can


def _archives(entry: BoardEntry, runs: Path) -> list[Any]:
    """Links that save it as one file: what is stored of it; and with the data that are kept for it,
    where there are any.
    """
    at = f"/archive/{entry.id}.tar"
    links = [
        html.A(
            "Archive",
            href=at,
            className="ls-button",
            title="Everything that is stored of it as one file, for Import elsewhere",
        )
    ]
    if any(_held(runs, id) for id in (entry.runs or (entry.id,))[:LOOKED_AT]):
        told = "As Archive, with the data and the checkpoint that are kept for it"
        links.append(
            html.A("Archive with data", href=f"{at}?data=1", className="ls-button", title=told)
        )
    return links


def _held(runs: Path, id: str) -> bool:
    try:
        return shared_data.held(RunFolder.open(runs, id))
    except LandscapeError:
        return False


def _link(label: str, href: str, title: str = "") -> Any:
    return dcc.Link(label, href=href, className="ls-button", title=title or None)


def _phases(entry: BoardEntry, runs: Path) -> Any:
    job = entry.job
    past = [
        html.Tr([html.Td(str(one["name"])), html.Td(duration(one["seconds"]), className="ls-num")])
        for one in job.phases
    ]
    now: list[Any] = []
    if job.state not in ("finished", "idle") and job.phase:
        percent = share(job)
        says = " · ".join(
            part
            for part in (steps(job), rate(job), f"{duration(job.eta)} left" if job.eta else "")
            if part
        )
        head = html.Div(
            [
                html.Span(job.phase),
                html.Span("" if percent is None else f"{percent:.0f} %", className="ls-num"),
            ],
            className="ls-strip-line",
        )
        now = [
            html.Div(
                [head, bar(job), html.Span(says, className="ls-muted ls-small")],
                className="ls-phase-now",
            )
        ]
    if not past and not now:
        return None
    expected = _expected(entry, runs)
    return html.Div(
        [
            html.Table(html.Tbody(past), className="ls-table"),
            *now,
            html.P(expected, className="ls-muted ls-small") if expected else None,
        ]
    )


def _expected(entry: BoardEntry, runs: Path) -> str:
    """What the run was measured to take before it began; empty where that is not known."""
    if entry.summary.kind != "run" or entry.summary.problem or entry.job.command in AGAIN:
        return ""  # what a curvature takes was not measured
    try:
        facts = RunFolder.open(runs, entry.id).prepared() or {}
        seconds = facts["forecast"]["seconds"]
        *first, last = seconds
        return (
            f"Expected when it began: {duration(sum(seconds.values()))} for {', '.join(first)} and"
            f" {last}."
        )
    except (LandscapeError, KeyError, TypeError, AttributeError, ValueError):
        return ""


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
    lines = []
    for id in entry.runs:
        run = board.find(id)
        lines.append(
            html.Tr(
                [
                    html.Td(dcc.Link(id, href=f"/jobs?show={id}")),
                    html.Td([unsound(run), " ", badge(run)] if run else "gone", className="ls-num"),
                ]
            )
        )
    return html.Table(html.Tbody(lines), className="ls-table")


def _settings(entry: BoardEntry, runs: Path) -> Any:
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
        "Those of the quick preset." if not changed else "Those of the quick preset but for:",
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
    unit = (
        (field.json_schema_extra or {}).get("unit")
        if isinstance(field.json_schema_extra, dict)
        else ""
    )
    shown = f"{value(given)} {unit}" if unit and given is not None else value(given)
    note = html.Span(f"quick: {value(change[1])}", className="ls-changed") if change else None
    return html.Tr(
        [html.Td(field.title, title=field.description), html.Td([shown, note], className="ls-num")]
    )


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
