"""The warnings, buttons and links of the panel of a run or study."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from landscape_app.dashboard.common import addresses
from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.job_parts import button, buttons
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.errors import LandscapeError, TrustError
from landscape_app.store import damage, derived, grids, shared_data, sources, verdict
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

OPTION = re.compile(r"(--[a-z-]+)")  # of a command: never parted at a hyphen
LOOKED_AT = 20  # runs of a study that are asked whether data are kept for them


def actions(entry: BoardEntry, runs: Path, *, trusted: bool) -> list[Any]:
    """Buttons and links; trusted: whether going on imports nothing that nobody has permitted."""
    return [*_job_buttons(entry, trusted), *_links(entry, runs), *_deletion(entry)]


def _job_buttons(entry: BoardEntry, trusted: bool) -> list[Any]:
    if entry.live or entry.resumable:
        return buttons(entry, "details", "filled") if entry.live or trusted else []
    if entry.sampled and derived.find(entry.path, "embedding") is None:
        return [button("resume", "Analyse", entry, "details", variant="light")]
    return []


def _links(entry: BoardEntry, runs: Path) -> list[Any]:
    whole, links = entry.summary.problem is None, []
    if whole:
        explore = addresses.explore(entry.runs[:MOST_COMPARED] or (entry.id,))
        links.append(_link("Open in Explore", explore))
    if entry.summary.made_by == "study":
        links.append(_link("Open in Study", addresses.study(entry.id)))
    if whole and entry.summary.kind == "run":
        words = "A new run that starts from these settings"
        links.append(_link("Duplicate …", addresses.at(f"/new?from={entry.id}"), words))
    return [*links, *_archives(entry, runs)] if whole else links


def _deletion(entry: BoardEntry) -> list[Any]:
    if entry.live:
        return []
    return [
        dmc.Button(
            "Delete …",
            id={"type": "ask-delete", "id": entry.id},
            size="compact-xs",
            variant="subtle",
            color="red",
            c="var(--ls-bad)",
        )
    ]


def _archives(entry: BoardEntry, runs: Path) -> list[Any]:
    """Links that save it as one file, and as one file with the data that are kept for it."""
    at = addresses.at(f"/archive/{entry.id}.tar")
    archives = [
        ("Archive", at, "Everything that is stored, as one file for Import on another machine")
    ]
    if any(_held(runs, id) for id in (entry.runs or (entry.id,))[:LOOKED_AT]):
        words = "As Archive, with its data and checkpoint"
        archives.append(("Archive with data", f"{at}?data=1", words))
    return [
        html.A(label, href=href, className="ls-button", title=words)
        for label, href, words in archives
    ]


def _held(runs: Path, id: str) -> bool:
    try:
        return shared_data.held(RunFolder.open(runs, id))
    except LandscapeError:
        return False


def _link(label: str, href: str, title: str = "") -> Any:
    return dcc.Link(label, href=href, className="ls-button", title=title or None)


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
    words = damage.words(lost, given=entry.given, button=True)
    return [html.P([f"{words} ", *again], role="alert", className="ls-caveat")]


def _failed_checks(entry: BoardEntry) -> list[Any]:
    """That the run is not all that its checks ask for, with the way to them."""
    if not entry.failed:
        return []
    words = verdict.words(entry.failed)
    way = dcc.Link("See the checks", href=addresses.checks([entry.id]))
    return [html.P([f"{words[0].upper()}{words[1:]}. ", way], role="alert")]


def untrusted(entry: BoardEntry, runs: Path) -> str:
    """What Resume would import and open without permission, and the way; empty if nothing."""
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
