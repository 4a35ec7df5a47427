"""The phases of a job: those that are done, the one at hand, and what was expected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dash import html

from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.controls import message
from landscape_app.dashboard.common.job_parts import bar
from landscape_app.dashboard.common.job_words import rate, share, steps
from landscape_app.errors import LandscapeError
from landscape_app.jobs.request import AGAIN
from landscape_app.jobs.state import JobState
from landscape_app.number_text import duration
from landscape_app.store.run import RunFolder


def phases(entry: BoardEntry, runs: Path) -> Any:
    """The phases with their durations, and the one at hand; None where no job has begun one."""
    past = [_past(phase) for phase in entry.job.phases]
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
    parts = (steps(job), rate(job), f"{duration(job.eta)} left" if job.eta else "")
    words = " · ".join(part for part in parts if part)
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
        *first, last = seconds
        return (
            f"Expected when it began: {duration(sum(seconds.values()))} for {', '.join(first)} and"
            f" {last}."
        )
    except (LandscapeError, KeyError, TypeError, AttributeError, ValueError):
        return ""
