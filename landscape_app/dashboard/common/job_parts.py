"""What the strip of jobs and the Jobs page share: the words of a job's state, its badge, its bar, a
button about one run or study, a mark.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html, no_update

from landscape_app.dashboard.common import controls, ids
from landscape_app.dashboard.common.board import Board, BoardEntry
from landscape_app.dashboard.common.run_view import short_hash
from landscape_app.figures.looks import of_regime
from landscape_app.figures.palette import MARKS
from landscape_app.jobs.request import title
from landscape_app.jobs.state import JobState
from landscape_app.number_text import duration, three
from landscape_app.registries import REGIMES
from landscape_app.store import damage, verdict

ENDED = ("cancelled", "failed", "interrupted")
# state: (word on the page, tone of its badge, sentence for a person who wonders), in the order in
# which the head of the list counts them
STATES: dict[str, tuple[str, controls.Tone, str]] = {
    "running": ("running", "live", "At work."),
    "queued": ("queued", "wait", "Waits for a free slot. One job runs at a time on this machine."),
    "stalled": (
        "stalled",
        "warn",
        "It is alive but has reported nothing for a minute. Cancel it, or wait.",
    ),
    "interrupted": (
        "interrupted",
        "warn",
        "It ended without a message: it was killed, ran out of memory, or the power failed. What"
        " was stored is kept.",
    ),
    "failed": ("failed", "bad", "It ended with an error. What was stored is kept."),
    "cancelled": ("cancelled", "wait", "It was cancelled. What was stored is kept."),
    "unreadable": ("unreadable", "bad", "Its journal cannot be read: its contents are unknown."),
    "waiting": ("waiting", "wait", "It starts when the jobs before it are done."),
    "idle": ("not started", "wait", "No job has run on it yet."),
    "finished": ("finished", "ok", "Its results are stored."),
}

RESULTS_ONLY = "Only its settings and results are here. Its runs are not, so none can be opened."


def badge(entry: BoardEntry, *, whole: bool = False) -> Any:
    """The word of `state_word` in its tone; never by colour alone."""
    return controls.badge(*state_word(entry, whole=whole))


def state_word(entry: BoardEntry, *, whole: bool = False) -> tuple[str, controls.Tone, str]:
    """(the state of its job in a word, its tone, what it means), or that its folder cannot be read
    or is damaged. whole: with the job's name, where the run itself is there.
    """
    if entry.summary.problem:
        return "incomplete" if entry.runs else "unreadable", "bad", entry.summary.problem
    if entry.results_only and not entry.live:
        return "results only", "ok", RESULTS_ONLY
    if entry.damage:
        return "damaged", "bad", _damage_words(entry)
    state = "waiting" if entry.waits else entry.job.state
    word, tone, _ = STATES.get(state, (state, "wait", ""))
    words = meaning(entry)
    if entry.failed and state == "finished":
        tone, words = "warn", f"{words} But {verdict.words(entry.failed)}."
    # the run is not what was interrupted
    named = whole and state in ENDED and entry.job.again and entry.standing.sampled
    return f"{title(entry.job.command)} {word}" if named else word, tone, words


def _damage_words(entry: BoardEntry) -> str:
    """What is damaged, what follows from it, and which button mends it."""
    return damage.words(entry.damage, given=entry.given, button=True)


def _sentence(entry: BoardEntry) -> str:
    """How far the run is, and what its last job was; nothing where no job has worked on it."""
    if entry.job.state == "idle" or entry.summary.problem:
        return ""
    words = entry.standing.words
    last = title(entry.job.command)
    which = "Now" if entry.live else "Last job"
    return (
        f"{words[:1].upper()}{words[1:]}. {which}:"
        f" {'' if last == 'job' else f'{last} '}{entry.job.state}{entry.job.where}. "
    )


def meaning(entry: BoardEntry) -> str:
    """How far the run is, how its last job ended, and what the button that goes on does."""
    state = "waiting" if entry.waits else entry.job.state
    way = {
        "Resume": " Resume goes on from there.",
        "Again": " Again starts it from the beginning, with the same settings.",
    }
    then = way.get(entry.going_on, "") if state in ENDED and entry.resumable else ""
    return f"{_sentence(entry)}{STATES.get(state, ('', '', ''))[2]}{then}"


def ended(entry: BoardEntry | None, command: str) -> str:
    """What the last job on a run or study said, if it was a `command` that came to nothing."""
    if entry is None or entry.job.command != command or entry.job.state not in ENDED:
        return ""
    return entry.job.message or STATES[entry.job.state][2]


def unsound(entry: BoardEntry) -> Any:
    """Beside the badge: what is damaged, or how many checks failed; None where it is sound."""
    if not entry.damage and not entry.failed:
        return None
    word = damage.short(entry.damage) if entry.damage else verdict.words(entry.failed)
    words = _damage_words(entry) if entry.damage else word
    return html.Span(word, className="ls-unsound", title=words)


def bar(job: JobState) -> Any:
    """How far the phase is; a moving stripe where its length is unknown and a job is at work."""
    percent = share(job)
    known = percent is not None or job.state != "running"
    width = 100.0 if job.state == "finished" else percent or 0.0
    return html.Div(
        html.Div(className="ls-bar-fill", style={"width": f"{width:.1f}%"} if known else {}),
        className=f"ls-bar ls-bar-{job.state}" + ("" if known else " ls-bar-unknown"),
        role="progressbar",
        **{"aria-label": job.phase or job.state, "aria-valuemin": "0", "aria-valuemax": "100"}
        | ({"aria-valuenow": f"{width:.0f}"} if known else {}),
    )


def buttons(entry: BoardEntry, place: str, variant: str = "light") -> list[Any]:
    """Cancel for what is at work, or the button that goes on with what can go on."""
    if entry.live:
        return [button("cancel", "Cancel", entry, place)]
    if not entry.resumable:
        return []
    word = entry.going_on
    spoken = f"Again: {title(entry.job.command)} of" if word == "Again" else word
    return [button("resume", word, entry, place, variant=variant, spoken=spoken)]


def button(name: str, label: str, entry: BoardEntry, place: str, **props: Any) -> Any:
    """A button that does `name` to a run or study; a screen reader says `spoken`, or the label."""
    words = f"{props.pop('spoken', label)} {entry.id}"
    action = ids.action(name, entry.id, place)
    return dmc.Button(
        label, id=action, size="compact-xs", **{"variant": "default", "aria-label": words} | props
    )


def mark(entry: BoardEntry) -> Any:
    """A run by its regime's shape and colour, a study by the number of its runs."""
    regime = entry.summary.regime
    text, colour = "?", ""
    if entry.summary.kind == "study":
        text = str(len(entry.runs))
    elif regime in REGIMES:
        text, colour = MARKS[of_regime(regime)], f" ls-run-{of_regime(regime) + 1}"
    name = f"ls-mark ls-mark-{entry.summary.kind}{colour}"
    return html.Span(text, className=name, **{"aria-hidden": "true"})


def token(board: Board, also: list[str]) -> dict[str, str]:
    """Short words for what the views of jobs draw. form: equal words, equal rows and buttons, up to
    the cells of jobs at work. all: equal words, equal pictures.
    """
    every = [_drawn(entry) for entry in board.entries()]
    rows = [
        (entry.id, entry.job.state, entry.job.command) if entry.live else drawn
        for entry, drawn in zip(board.entries(), every, strict=True)
    ]
    return {"form": short_hash((rows, also)), "all": short_hash((every, also))}


def _drawn(entry: BoardEntry) -> tuple[object, ...]:
    """All that is drawn of an entry."""
    return (
        *(entry.id, entry.summary.problem, entry.standing, entry.job),
        *(entry.failed, entry.damage, entry.waits, entry.notes),
    )


def cell(entry: BoardEntry, name: str, place: str, content: Any, **look: Any) -> Any:
    """A part of what is shown of `entry`. While a job is at work it can be renewed alone, so that
    the buttons beside it, and the focus on them, stay.
    """
    named = {"id": ids.job_cell(entry.id, name, place)} if entry.live else {}
    return html.Span(content, **named, **look)


def renewed(outputs: list[dict[str, Any]], contents: Mapping[tuple[str, str], Any]) -> list[Any]:
    """The contents of the cells that `outputs` name, by (id, name of the cell)."""
    cells = (output["id"] for output in outputs)
    return [contents.get((cell["id"], cell["name"]), no_update) for cell in cells]


def rate(job: JobState) -> str:
    """Steps a second, or a minute where that is less than one; empty where unknown."""
    if not job.rate or not math.isfinite(job.rate):
        return ""
    unit = f" {job.unit}" if job.unit else ""
    return f"{three(job.rate)}{unit}/s" if job.rate >= 1 else f"{three(job.rate * 60)}{unit}/min"


def queued(job: JobState) -> str:
    """Why a job in the queue does nothing yet."""
    return "Starting" if job.phase == "starting" else "Waits for a free slot"


def progress(job: JobState, *doing: str) -> str:
    """What a job does, and how much longer the phase takes: sampling · 8 s left."""
    left = f"{duration(job.eta)} left" if job.eta else ""
    return " · ".join(part for part in (*doing, left) if part)


def share(job: JobState) -> float | None:
    """Percent of the phase at hand, 0 to 100; None where its length is unknown."""
    return min(100.0, 100.0 * job.done / job.total) if job.total else None


def steps(job: JobState) -> str:
    """How far the phase is: 120 of 821 snapshots; empty where it has no steps."""
    if not job.total:
        return ""
    return f"{job.done:,} of {job.total:,}{f' {job.unit}' if job.unit else ''}"
