"""A run as a page sees it: its label, the columns of its snapshots, its job, and which results are
of other snapshots.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.figures.view import Stored
from landscape_app.jobs.state import AT_WORK, JobState
from landscape_app.registries import REGIMES
from landscape_app.settings import GIVEN, RunSpec
from landscape_app.store import snapshots
from landscape_app.store.derived import Result
from landscape_app.store.inventory import Inventory
from landscape_app.store.run import RunFolder

Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class RunView:
    """One run on a page; the record of each page adds what that page shows.

    slot: its place among the runs of the page, from 0; it decides colour and shape. state: a word
    from the list of the page. problem: why the run cannot be read, empty where it can.
    """

    id: str
    label: str
    slot: int
    state: str
    problem: str = ""


def labels(context: Context, runs: tuple[str, ...], *, brief: bool = True) -> list[str]:
    """What each run is called on a page: its regime where regimes tell all runs apart, else its id.

    brief: ids are given without the words that all of them begin with, and one run alone may be
    called by its regime.
    """
    entries = [context.board.find(id) for id in runs]
    regimes = [entry.summary.regime if entry is not None else "" for entry in entries]
    apart = len(set(regimes)) == len(regimes) and all(regime in REGIMES for regime in regimes)
    if apart and (brief or len(runs) > 1):
        return [REGIMES[regime].label for regime in regimes]
    return _endings(runs) if brief else list(runs)


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
