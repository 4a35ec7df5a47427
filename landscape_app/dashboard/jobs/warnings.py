"""What is wrong with a run or study, with the way to mend it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.job_parts import button
from landscape_app.errors import LandscapeError, TrustError
from landscape_app.store import damage, grids, sources, verdict
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

OPTION = re.compile(r"(--[a-z-]+)")  # of a command: never parted at a hyphen


def warnings(entry: BoardEntry, untrusted_words: str) -> list[Any]:
    """Damage, failed checks, and what nobody has permitted."""
    return [*_damage(entry), *_failed_checks(entry), *_permission(untrusted_words)]


def _damage(entry: BoardEntry) -> list[Any]:
    """What is damaged or missing of the run, what follows, and the way back."""
    if entry.summary.kind != "run" or entry.summary.problem or entry.live:
        return []
    try:
        # this one is looked at: every file is hashed
        lost = verdict.opened(RunFolder.open(entry.path.parent, entry.id).inventory()).damage
    except LandscapeError as error:
        return [html.P(str(error), role="alert")]
    if not lost:
        return []
    again = [] if lost.sample else [button("analyse", "Analyse again", entry, "details")]
    return [
        html.P(
            [f"{damage.words(lost, given=entry.given, button=True)} ", *again],
            role="alert",
            className="ls-caveat",
        )
    ]


def _failed_checks(entry: BoardEntry) -> list[Any]:
    """That the run is not all that its checks ask for, with the way to them."""
    if not entry.failed:
        return []
    words = verdict.words(entry.failed)
    return [
        html.P(
            [
                f"{words[0].upper()}{words[1:]}. ",
                dcc.Link("See the checks", href=addresses.checks([entry.id])),
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


def _permission(words: str) -> list[Any]:
    """The words of `untrusted`, with the command in one piece."""
    if not words:
        return []
    why, way, command = words.partition(sources.WAY)
    parts = [html.Span(part) if part.startswith("--") else part for part in OPTION.split(command)]
    return [html.P([why, way, html.Code(parts, className="ls-typed")], className="ls-small")]
