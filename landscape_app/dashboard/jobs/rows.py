"""The list on the Jobs page: one row a run or study, what is live first."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.board import Board, BoardEntry
from landscape_app.dashboard.common.job_parts import (
    STATES,
    badge,
    bar,
    buttons,
    cell,
    mark,
    rate,
    share,
    steps,
    unsound,
)
from landscape_app.dashboard.common.run_view import named
from landscape_app.jobs.request import AGAIN, title
from landscape_app.number_text import duration

PAGE = 60  # rows shown before "show more"
PLACE = "jobs"
COLUMNS = ("", "Run or study", "State", "Progress", "Elapsed", "Left", "")


def ordered(board: Board) -> list[BoardEntry]:
    """Live first, then newest first; a study stands above runs made at the same moment."""
    return sorted(board.entries(), key=lambda entry: not entry.live)


def rows(entries: Sequence[BoardEntry], *, shown: str | None) -> list[Any]:
    """Head and rows of the list."""
    head = html.Div(
        [html.Span(name) for name in COLUMNS],
        className="ls-job ls-job-head",
        **{"aria-hidden": "true"},
    )
    if entries:
        return [head, *(_row(entry, entry.id == shown) for entry in entries)]
    text = "There are no runs yet. New run makes one. Import reads one from an archive."
    return [head, html.P(text, className="ls-muted ls-pad")]


def count(entries: Sequence[BoardEntry]) -> str:
    """The list in one line: 1 running · 2 queued · 5 finished."""
    totals = {
        **{
            word: sum(entry.job.state == state for entry in entries)
            for state, (word, _, _) in STATES.items()
        },
        "damaged": sum(bool(entry.damage) for entry in entries),
        "with failed checks": sum(bool(entry.failed) for entry in entries),
    }
    return " · ".join(f"{number} {words}" for words, number in totals.items() if number)


def cells(entry: BoardEntry) -> dict[str, Any]:
    """What changes in a row with every step of a job: the contents of its cells by name."""
    job = entry.job
    return {
        "about": _about(entry),
        "state": badge(entry),
        "progress": _progress(entry),
        "elapsed": duration(job.elapsed) if job.state != "idle" else "",
        "left": duration(job.eta) if job.state == "running" else "",
    }


def _row(entry: BoardEntry, shown: bool) -> Any:
    contents = cells(entry)

    def part(name: str, look: str) -> Any:
        return cell(entry, name, PLACE, contents[name], className=look)

    tick = (
        dmc.Checkbox(value=entry.id, size="xs", **{"aria-label": f"Compare {entry.id}"})
        if comparable(entry)
        else html.Span()
    )
    return html.Div(
        [
            html.Span(tick, className="ls-job-tick"),
            _name(entry, part("about", "ls-job-about")),
            part("state", ""),
            part("progress", "ls-job-progress"),
            part("elapsed", "ls-num"),
            part("left", "ls-num"),
            html.Span(_actions(entry), className="ls-job-actions"),
        ],
        className="ls-job" + (" ls-job-shown" if shown else ""),
        **({"aria-current": "true"} if shown else {}),
    )


def _name(entry: BoardEntry, about: Any) -> Any:
    words = [html.Span(named(entry.notes.label, entry.id), className="ls-job-name"), about]
    return dcc.Link(
        [mark(entry), html.Span(words)],
        href=addresses.job(entry.id),
        className="ls-job-link",
        title=entry.named,
    )


def comparable(entry: BoardEntry) -> bool:
    """Whether it can be ticked for a comparison: a whole, sampled run."""
    return entry.sampled and not entry.broken


def _about(entry: BoardEntry) -> str:
    summary = entry.summary
    if summary.problem:
        return summary.problem
    when = ""
    if summary.created:
        when = datetime.datetime.fromtimestamp(summary.created).strftime("%d %b %H:%M")
    if summary.kind == "study":
        return f"study · {entry.standing.words} · {when}"
    what = (summary.regime, summary.data, summary.network, when)
    parts = (entry.notes.label, entry.standing.words, *what)
    return " · ".join(str(part) for part in parts if part)


def _progress(entry: BoardEntry) -> Any:
    job, percent = entry.job, share(entry.job)
    if entry.summary.problem or job.state in ("idle", "finished", "unreadable"):
        return unsound(entry)
    number = "" if percent is None else f"{percent:.0f} %"
    what = title(job.command) if job.command in AGAIN else ""
    left = " · ".join(
        part
        for part in (what, job.phase or ("" if job.state == "queued" else "starting"), number)
        if part
    )
    speed = html.Span(rate(job) if job.state == "running" else "", className="ls-muted")
    says = html.Span([html.Span(left), speed], className="ls-job-says", title=steps(job))
    return [says, bar(job)]


def _actions(entry: BoardEntry) -> list[Any]:
    return [*buttons(entry, PLACE), *([] if entry.live else _look(entry))]


def _look(entry: BoardEntry) -> list[Any]:
    """The way to what there is to see of it."""
    finished = entry.job.state == "finished"
    if entry.summary.problem is not None:
        return []
    if entry.summary.made_by == "study":
        study = dcc.Link("Study", href=addresses.study(entry.id), className="ls-link")
        return [study] if finished or entry.results_only else []
    if entry.sampled or (entry.runs and entry.standing.sampled and finished):
        runs = addresses.explore(entry.runs or (entry.id,))
        return [dcc.Link("Explore", href=runs, className="ls-link")]
    return []
