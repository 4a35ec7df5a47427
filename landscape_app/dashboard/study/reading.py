"""What is known now of the study that is looked at: its job, its table and reports, and the choice
held against them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.dashboard.common.board import Entry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.study import stored
from landscape_app.dashboard.study.choice import Choice
from landscape_app.dashboard.study.stored import Line, Report, Stratum, Table
from landscape_app.errors import LandscapeError
from landscape_app.settings import RunSpec
from landscape_app.store import derived, names
from landscape_app.store.derived import FOLDER

GAPS = {"gap_accuracy": "accuracy", "gap_loss": "loss"}
# of the anchor: no measures, they are the gap itself
SCORES = ("train_accuracy", "test_accuracy", "test_loss")
INTERPOLATING, TRAIN_ACCURACY, SEED = "interpolating", "train_accuracy", "seed"
LISTED = 200


@dataclass(frozen=True, eq=False)
class Seen:
    """The study and what is drawn of it. entry: None where there is no such study. problem: why
    nothing can be shown.

    members: its runs, each with what is known of it. sampled: how many are. token: {"results",
    "state"}: equal words, equal figures and equal words on the job.
    """

    choice: Choice
    listed: tuple[Entry, ...]
    entry: Entry | None
    table: Table | None
    reports: Mapping[str, Report]
    problem: str
    members: tuple[tuple[str, Entry | None], ...]
    sampled: int
    token: dict[str, str]

    @cached_property
    def gaps(self) -> list[str]:
        """Gaps that can be drawn, those with statistics first; a report on a gap that the table
        does not have is of another table.
        """
        if self.table is None:
            return []
        judged = [name for name in self.reports if name in self.table.numbers]
        known = [name for name in GAPS if np.isfinite(self.table.numbers.get(name, np.nan)).any()]
        return list(dict.fromkeys([*judged, *known]))

    @cached_property
    def report(self) -> Report | None:
        """The statistics of the chosen gap; None where there are none."""
        return self.reports.get(self.choice.gap)

    @cached_property
    def stratum(self) -> Stratum | None:
        """The chosen set of networks as the report has it."""
        return None if self.report is None else self.report.by_name.get(self.choice.stratum)

    @cached_property
    def line(self) -> Line | None:
        """What is said about the chosen measure there."""
        return None if self.stratum is None else self.stratum.line(self.choice.measure)

    @cached_property
    def inside(self) -> np.ndarray:
        """Mask (n,) of the table's networks that the chosen set has."""
        assert self.table is not None
        if self.choice.stratum != INTERPOLATING or TRAIN_ACCURACY not in self.table.numbers:
            return np.ones(len(self.table.runs), bool)
        least = 0.99 if self.report is None else self.report.interpolating
        return np.asarray(self.table.numbers[TRAIN_ACCURACY] > least)

    @cached_property
    def measures(self) -> list[str]:
        """Every measure that can be drawn: those of the ranking in its order, those of other sets
        of networks, then those never judged.
        """
        if self.table is None:
            return []
        strata = () if self.report is None else self.report.strata
        ranked = [
            line.name for one in (self.stratum, *strata) if one is not None for line in one.lines
        ]
        apart = {*self.gaps, *RunSpec.model_fields, *SCORES}
        names = dict.fromkeys(
            [*ranked, *(name for name in self.table.numbers if name not in apart)]
        )
        return [name for name in names if name in self.table.numbers]

    @cached_property
    def settings(self) -> list[str]:
        """Columns of the table that are settings of the runs, but their seed, and differ between
        them.
        """
        assert self.table is not None
        names = [
            name
            for name in (*self.table.words, *self.table.numbers)
            if name in RunSpec.model_fields and name != SEED
        ]
        return [name for name in names if _varies(self.table, name)]

    @cached_property
    def colours(self) -> list[str]:
        """What points can be coloured by: the settings that vary, then what is known of every
        network.
        """
        if self.table is None:
            return []
        controls = () if self.report is None else self.report.controls
        more = [
            name
            for name in (SEED, TRAIN_ACCURACY, *controls)
            if name in self.table.numbers and _varies(self.table, name)
        ]
        return list(dict.fromkeys([*self.settings, *more]))


def read(context: Context, choice: Choice) -> Seen:
    """Everything that the page shows; never raises for the state of a study."""
    listed = studies(context)
    id = choice.id or _unasked(listed)
    entry = next((one for one in listed if one.id == id), None)
    table, reports, problem = (None, {}, "") if entry is None else _results(context, entry)
    if id and entry is None:
        problem = f"There is no study called '{id}' here (any more)."
    members = () if entry is None else tuple((run, context.board.find(run)) for run in entry.runs)
    sampled = 0 if entry is None else sum(_finished(context, run) for run in entry.runs)
    seen = Seen(
        replace(choice, id=id), listed, entry, table, reports, problem, members, sampled, {}
    )
    seen = replace(seen, choice=resolved(seen))
    return replace(
        seen, token={"results": results_stamp(listed, entry), "state": state_stamp(context, entry)}
    )


def studies(context: Context) -> tuple[Entry, ...]:
    """Studies made from a grid, or with statistics, newest first; one at work stays where it is."""
    return tuple(
        one for one in context.board.entries() if one.summary.kind == "study" and _is_study(one)
    )[:LISTED]


def _is_study(entry: Entry) -> bool:
    return entry.summary.made_by == "study" or derived.has(entry.path, "statistics")


def _unasked(listed: tuple[Entry, ...]) -> str:
    """The newest study that is at work or has something to show; else the newest."""
    worth = (one for one in listed if one.live or derived.has(one.path, "table"))
    first = next(worth, listed[0] if listed else None)
    return "" if first is None else first.id


def _finished(context: Context, run: str) -> bool:
    """Whether the run is sampled to its end; one at work may be so already, and be analysed now."""
    entry = context.board.find(run)
    return entry is not None and entry.sampled


def _results(context: Context, entry: Entry) -> tuple[Table | None, dict[str, Report], str]:
    """(table, reports, what is wrong with them), read once as long as the folder of results is the
    same.
    """
    key = f"study {entry.path} {_stamp(entry.path / FOLDER)}"
    found: tuple[Table | None, dict[str, Report], str] | None = context.cache.get(key)
    if found is None:
        try:
            table = stored.table(entry.path)
            found = table, stored.reports(entry.path, None if table is None else table.inputs), ""
        except (LandscapeError, OSError) as error:
            found = None, {}, str(error)
        context.cache.set(key, found)
    return found


def resolved(seen: Seen) -> Choice:
    """The choice with everything said: what a person has not named, or what is not there, is what
    is shown unasked.
    """
    choice = seen.choice
    table = seen.table
    if table is None:
        return choice  # what was asked for waits for the table
    gap = choice.gap if choice.gap in seen.gaps else next(iter(seen.gaps), "")
    seen = replace(seen, choice=replace(choice, gap=gap))
    strata = {} if seen.report is None else seen.report.by_name
    stratum = choice.stratum if choice.stratum in strata else next(iter(strata), "all")
    seen = replace(seen, choice=replace(seen.choice, stratum=stratum))
    measure = choice.measure if choice.measure in seen.measures else next(iter(seen.measures), "")
    colour = (
        choice.colour
        if choice.colour in (*seen.colours, "none")
        else next(iter(seen.colours), "none")
    )
    return replace(
        seen.choice,
        measure=measure,
        colour=colour,
        runs=tuple(run for run in choice.runs if run in table.runs),
    )


def _varies(table: Table, name: str) -> bool:
    column = table.column(name)
    return column is not None and len(np.unique(column)) > 1


def results_stamp(listed: tuple[Entry, ...], entry: Entry | None) -> str:
    """A short word for which studies there are and what is stored of this one, by times of
    modification.
    """
    return _hash(
        (tuple(one.id for one in listed), entry and (entry.id, _stamp(entry.path / FOLDER)))
    )


def state_stamp(context: Context, entry: Entry | None) -> str:
    """A short word for what its job and its runs do."""
    if entry is None:
        return ""
    runs = tuple(
        (found.job.state, found.standing, found.summary.problem)
        if (found := context.board.find(run))
        else None
        for run in entry.runs
    )
    return _hash((entry.job, entry.summary.problem, entry.waits, runs))


def _hash(parts: Any) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _stamp(path: Path) -> Any:
    """Of a folder of results and of those in it: a result that is replaced changes its own folder's
    time.
    """
    return names.times(path.parent, [path.name]), names.times(path)
