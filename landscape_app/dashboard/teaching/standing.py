"""How a lesson stands, in words: what the button does, how long it takes, what the study does."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from landscape_app.dashboard import access
from landscape_app.dashboard.common import addresses, job_parts
from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.lessons.lesson import Lesson
from landscape_app.forecast import known
from landscape_app.number_text import duration

PLACE = "lesson"


def button(entry: BoardEntry | None, lesson: Lesson, *, made: bool) -> str:
    """What is written on the button."""
    if entry is None:
        return f"Train the {len(lesson.values)} networks"
    if made:
        return "Predict again"
    if entry.live:
        return "Follow the study"
    return "Show the result" if entry.job.state == "finished" else "Go on with the study"


def usable(entry: BoardEntry | None, *, made: bool) -> bool:
    """Whether who asks may press it: who may only look predicts where the networks are there."""
    there = entry is not None and (made or entry.live or entry.job.state == "finished")
    return there or access.may_change()


def hint(
    context: Context, entry: BoardEntry | None, lesson: Lesson, *, made: bool, ready: bool
) -> str:
    """What is said beside the button: what is missing, how long it takes, what is there already."""
    if not usable(entry, made=made):
        return access.NO_CHANGE
    if made and entry is not None:
        return "The prediction stands, and this browser keeps it."
    if made:
        return "The study begins in a moment. If it does not, press the button again."
    first = (
        "" if ready else f"Choose one answer to each of the {len(lesson.predictions)} questions. "
    )
    if entry is None:
        return first + _forecast(context, lesson)
    if entry.job.state == "finished":
        return f"{first}The networks were trained here before. Nothing is computed again."
    return first


def _forecast(context: Context, lesson: Lesson) -> str:
    """How long the study takes, and whether it has to wait."""
    measured = known.study(lesson.study(PLACE), context.runs)
    if measured is None:
        words = f"It takes about {duration(lesson.seconds)} on two idle cores."
    else:
        words = f"It takes {measured[0].words}, at the speed of {measured[1]}."
    return f"{words} Another job is at work: this one waits." if context.board.live() else words


def state(entry: BoardEntry | None) -> list[Any]:
    """The state of the study with the buttons about it; how its job ended, if badly."""
    if entry is None:
        return []
    words = "" if entry.live or entry.job.state == "finished" else job_parts.meaning(entry)
    parts = [
        job_parts.badge(entry),
        dcc.Link(entry.id, href=addresses.job(entry.id)),
        *job_parts.buttons(entry, PLACE),
    ]
    fault = entry.job.message if entry.job.state in job_parts.ENDED else ""
    return [
        html.Div(parts, className="ls-buttons"),
        html.P(" ".join(filter(None, (fault, words)))) if fault or words else None,
    ]


def bar(entry: BoardEntry | None) -> list[Any]:
    """The progress of a job at work."""
    if entry is None or not entry.live:
        return []
    job = entry.job
    if job.state == "queued":
        return [html.P(f"{job_parts.queued(job)}.", className="ls-muted")]
    words = job_parts.progress(job, job.phase or "starting", job_parts.steps(job))
    return [job_parts.bar(job), html.P(words, className="ls-muted ls-num ls-lesson-progress")]
