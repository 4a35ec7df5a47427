"""The runs of a page: which are shown beside each other, and each as the page sees it: its label
and mark, the columns of its snapshots, its job, and which results are of other snapshots.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from dash import dcc, html

from landscape_app.dashboard.common import ids, opening
from landscape_app.dashboard.common.addresses import run_ids
from landscape_app.dashboard.common.board import Board, BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.launch.records import MOST_COMPARED
from landscape_app.errors import SpecError
from landscape_app.figures import looks as identity
from landscape_app.figures.palette import MARKS
from landscape_app.figures.view import Stored
from landscape_app.jobs.state import AT_WORK, JobState
from landscape_app.registries import REGIMES
from landscape_app.settings import GIVEN, RunSpec
from landscape_app.store import damage, snapshots
from landscape_app.store.derived import Result
from landscape_app.store.inventory import Inventory
from landscape_app.store.run import RunFolder

_NAMED = 4  # runs that are left out, by name
_END = 8  # characters of a name that always stay
Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class RunView:
    """One run on a page; the record of each page adds what that page shows.

    slot: its place among the runs of the page, from 0. look: which decides its colour and shape
    (figures/looks.py). state: a word from the list of the page. problem: why the run cannot be
    read, empty where it can.
    """

    id: str
    label: str
    slot: int
    look: int
    state: str
    problem: str = ""


def labels(context: Context, runs: tuple[str, ...], *, brief: bool = True) -> list[str]:
    """What each run is called on a page: the label that a person gave it, else its regime where
    regimes tell all runs apart, else its id. Two runs of one label have their ids behind it.

    brief: ids are given without the words that all of them begin with, and one run alone may be
    called by its regime.
    """
    entries = [context.board.find(id) for id in runs]
    given = [entry.notes.label if entry is not None else "" for entry in entries]
    regimes = [entry.summary.regime if entry is not None else "" for entry in entries]
    apart = len(set(regimes)) == len(regimes) and all(regime in REGIMES for regime in regimes)
    if apart and (brief or len(runs) > 1):
        others = [REGIMES[regime].label for regime in regimes]
    else:
        others = _endings(runs) if brief else list(runs)
    named = [label or other for label, other in zip(given, others, strict=True)]
    return [
        f"{name} ({id})" if label and named.count(name) > 1 else name
        for name, label, id in zip(named, given, runs, strict=True)
    ]


def looks(context: Context, runs: tuple[str, ...]) -> list[int]:
    """The look of each run, beside the others."""
    return looks_of([(id, context.board.find(id)) for id in runs])


def looks_of(runs: Sequence[tuple[str, BoardEntry | None]]) -> list[int]:
    """The look of each run, of its id and its line in the list, None where it is gone."""
    by_id = identity.looks(
        identity.LookedAt(id, entry.summary.regime, entry.summary.created)
        if entry is not None
        else identity.LookedAt(id, "", None)
        for id, entry in runs
    )
    return [by_id[id] for id, _ in runs]


def _endings(runs: tuple[str, ...]) -> list[str]:
    """Ids (words joined by '-') without the words that all of them begin with."""
    ids = [id.split("-") for id in runs]
    shortest = min((len(words) for words in ids), default=0)
    common = 0
    while len(runs) > 1 and common + 1 < shortest and len({words[common] for words in ids}) == 1:
        common += 1
    return ["-".join(words[common:]) for words in ids]


def columns(context: Context, run: RunFolder, inventory: Inventory | None = None) -> Columns:
    """The columns of every committed, intact snapshot, each (n,), read once for all pages.

    inventory: of the run, where the caller has it.
    """
    inventory = inventory or run.inventory()
    key = f"columns {run.path} {inventory.digest} {inventory.damaged}"
    stored: Columns | None = context.cache.get(key)
    if stored is None:
        stored = dict(snapshots.read(run, inventory).columns)
        context.cache.set(key, stored)
    return stored


def live_job(entry: BoardEntry | None) -> JobState | None:
    """The job at work on a run or study, None where there is none."""
    return entry.job if entry is not None and entry.job.state in AT_WORK else None


def user_made(spec: RunSpec) -> bool:
    """Whether a run was made of a user's own objects, which no job can build again."""
    return GIVEN in (spec.data, spec.network)


def stale(results: Mapping[str, Stored], run: RunFolder) -> tuple[str, ...]:
    """Names of the stored results that were computed from other snapshots than the run has now."""
    digest = run.digest()
    return tuple(
        name
        for name, result in results.items()
        if isinstance(result, Result) and result.inputs != digest
    )


def mark(look: int, label: str = "") -> Any:
    """A run's shape in its colour."""
    return html.Span(
        MARKS[look],
        className=f"ls-run ls-run-{look + 1}",
        **({"aria-label": label, "role": "img"} if label else {"aria-hidden": "true"}),
    )


def tab(runs: Sequence[RunView]) -> Any:
    """The store that names the runs in the browser's tab: Good vs Poor · Explore · Landscape. It
    belongs into what is drawn anew when other runs are shown.
    """
    return dcc.Store(id=ids.SHOWN, data=[run.label for run in runs])


def named(label: str, id: str) -> Any:
    """A run's label, and its id behind it where the label is not its end."""
    if id.endswith(label):
        return html.Span(cut(id), className="ls-name", title=id)
    parts = [*cut(label), html.Span([" · ", *cut(id)], className="ls-name ls-id")]
    return html.Span(parts, className="ls-name", title=f"{label} · {id}")


def cut(text: str) -> list[Any]:
    """A name of which the middle is left out where it does not fit: its beginning and its end, by
    which names differ, stay.
    """
    if len(text) <= _END + 4:
        return [html.Span(text, className="ls-name-end")]
    start, end = text[:-_END], text[-_END:]
    return [
        html.Span(start, className="ls-name-start"),
        html.Span(end, className="ls-name-end"),
    ]


def stamp(context: Context, runs: tuple[str, ...]) -> str:
    """What changes when a folder of `runs` or a job on it changes; reads no arrays."""
    parts = []
    for id in runs:
        entry, path = context.board.find(id), context.runs / id
        parts.append((id, damage.mark(path), entry and (entry.summary.problem, entry.job)))
    return short_hash(parts)


def short_hash(parts: object) -> str:
    """A short word for values: equal words, equal values."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def runs_of_query(query: Mapping[str, str], board: Board) -> tuple[str, ...]:
    """The runs that an address names; where it names none, the runs that are shown unasked."""
    named = run_ids(query)
    return members(named, board) if named else opening.unasked(board)


def runs_of_value(runs: Any) -> tuple[str, ...]:
    """The runs that a run picker holds, each once, at most four. Raises SpecError."""
    if not isinstance(runs, (list, tuple)) or not all(isinstance(run, str) for run in runs):
        raise SpecError("Runs are a list of names.")
    return tuple(dict.fromkeys(runs))[:MOST_COMPARED]


def left_out(query: Mapping[str, str], board: Board) -> list[str]:
    """A sentence that names the runs of an address for which there is no place; none where all are
    shown.
    """
    wanted = _members(run_ids(query), board)[MOST_COMPARED:]
    more = f" and {len(wanted) - _NAMED} more" if len(wanted) > _NAMED else ""
    names = ", ".join(wanted[:_NAMED])
    most = f"runs: {MOST_COMPARED} runs are the most beside each other. Left out: {names}{more}."
    return [most] if wanted else []


def members(ids: list[str], board: Board) -> tuple[str, ...]:
    """`ids` without repeats, a study replaced by its runs, at most four."""
    return _members(ids, board)[:MOST_COMPARED]


def _members(named: list[str], board: Board) -> tuple[str, ...]:
    runs: dict[str, None] = {}
    for id in named:
        entry = board.find(id)
        runs.update(dict.fromkeys(entry.runs if entry is not None and entry.runs else (id,)))
    return tuple(runs)
