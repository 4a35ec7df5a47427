"""A study as the page sees it: its job, its table and reports, and the choice that fits them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from landscape_app.check_table import fits
from landscape_app.dashboard.common.board import BoardEntry
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.study import results
from landscape_app.dashboard.study.choice import StudyChoice
from landscape_app.dashboard.study.results import LEAST_ACCURACY, StoredReport
from landscape_app.records.study_report import TAU, JudgedMeasure, Stratum, StudyReport, outside_of
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import RunSpec
from landscape_app.store import derived

GAPS = {"gap_accuracy": "accuracy", "gap_loss": "loss"}
# of the anchor: no measures, they are the gap itself
SCORES = ("train_accuracy", "test_accuracy", "test_loss")
INTERPOLATING, TRAIN_ACCURACY, SEED = "interpolating", "train_accuracy", "seed"
LISTED = 200


@dataclass(frozen=True, eq=False)
class StudyView:
    """The study and what is drawn of it. entry: None where there is no such study. problem: why
    nothing can be shown; `id` may be of a comparison, which has runs and no grid.

    reports: {gap: its newest report}. members: its runs, each with what is known of it. sampled:
    how many are. token: {"results", "state"}: equal words, equal figures and equal words on the
    job.
    """

    choice: StudyChoice
    listed: tuple[BoardEntry, ...]
    entry: BoardEntry | None
    table: StudyTable | None
    reports: Mapping[str, StoredReport]
    problem: str
    members: tuple[tuple[str, BoardEntry | None], ...]
    sampled: int
    token: dict[str, str]

    @cached_property
    def gaps(self) -> list[str]:
        """Gaps that can be drawn, those with statistics first; a report on a gap that the table
        does not have is of another table.
        """
        table = self.table
        if table is None:
            return []
        judged = [name for name in self.reports if table.has_numbers(name)]
        known = [
            name
            for name in GAPS
            if table.has_numbers(name) and np.isfinite(table.numbers(name)).any()
        ]
        return list(dict.fromkeys([*judged, *known]))

    @cached_property
    def report(self) -> StudyReport | None:
        """The statistics of the chosen gap; None where there are none."""
        stored = self.reports.get(self.choice.gap)
        return None if stored is None else stored.report

    @property
    def stale(self) -> bool:
        """Whether those statistics are of an earlier table."""
        stored = self.reports.get(self.choice.gap)
        return stored is not None and stored.stale

    @property
    def interpolating(self) -> float:
        """The train accuracy above which networks interpolate."""
        stored = self.reports.get(self.choice.gap)
        return LEAST_ACCURACY if stored is None else stored.interpolating

    @cached_property
    def stratum(self) -> Stratum | None:
        """The chosen set of networks as the report has it."""
        return None if self.report is None else self.report.stratum(self.choice.stratum)

    @property
    def decides(self) -> str:
        """Which τ ranks the measures there: TAU or OUTSIDE."""
        return TAU if self.stratum is None else self.stratum.decides

    @property
    def ranked(self) -> list[JudgedMeasure]:
        """The measures of the ranking, best first."""
        return [] if self.stratum is None else self.stratum.measures

    @cached_property
    def measure(self) -> JudgedMeasure | None:
        """What is said about the chosen measure there."""
        return None if self.stratum is None else self.stratum.measure(self.choice.measure)

    @cached_property
    def inside(self) -> np.ndarray:
        """Mask (n,) of the table's networks that the chosen set has."""
        assert self.table is not None
        if self.choice.stratum != INTERPOLATING or not self.table.has_numbers(TRAIN_ACCURACY):
            return np.ones(len(self.table), bool)
        return np.asarray(self.table.numbers(TRAIN_ACCURACY) > self.interpolating)

    @cached_property
    def unfitted(self) -> np.ndarray:
        """Mask (n,) of the table's networks that do not fit the labels they were given."""
        assert self.table is not None
        if not self.table.has_numbers(TRAIN_ACCURACY):
            return np.zeros(len(self.table), bool)
        accuracies = self.table.numbers(TRAIN_ACCURACY).tolist()
        return np.array([fits(accuracy) is False for accuracy in accuracies], bool)

    @cached_property
    def measures(self) -> list[str]:
        """Every measure that can be drawn: those of the ranking in its order, those of other sets
        of networks, then those never judged.
        """
        table = self.table
        if table is None:
            return []
        strata = [] if self.report is None else self.report.strata
        judged = [*self.ranked, *(measure for stratum in strata for measure in stratum.measures)]
        outside = map(outside_of, self.gaps)
        apart = {*self.gaps, *outside, *RunSpec.model_fields, *SCORES}
        others = (name for name in table.columns if name not in apart)
        names = dict.fromkeys([*(measure.name for measure in judged), *others])
        return [name for name in names if table.has_numbers(name)]

    @cached_property
    def settings(self) -> list[str]:
        """Columns of the table that are settings of the runs, but their seed, and differ between
        them.
        """
        assert self.table is not None
        return [
            name
            for name in self.table.columns
            if name in RunSpec.model_fields and name != SEED and self.table.varies(name)
        ]

    @cached_property
    def colours(self) -> list[str]:
        """What points can be coloured by: the settings that vary, then what is known of every
        network.
        """
        table = self.table
        if table is None:
            return []
        controls = [] if self.report is None else self.report.controls
        more = [
            name
            for name in (SEED, TRAIN_ACCURACY, *controls)
            if table.has_numbers(name) and table.varies(name)
        ]
        return list(dict.fromkeys([*self.settings, *more]))

    def label(self, name: str) -> str:
        """A column in words."""
        return name if self.table is None else self.table.label(name)

    def called(self, run: str) -> str:
        """What a network is called: LABEL (ID) where a person gave it a label, else its id."""
        entry = self._entries.get(run)
        return run if entry is None else entry.named

    @cached_property
    def _entries(self) -> dict[str, BoardEntry | None]:
        return dict(self.members)

    def missing(self) -> dict[str, str]:
        """{run: why it has no point}, of those that the study asks for."""
        if self.table is None or self.entry is None:
            return {}
        return {
            run: self.table.missing.get(run, "made after the table")
            for run in self.entry.runs
            if run not in {*self.table.ids}
        }


def read(context: Context, choice: StudyChoice) -> StudyView:
    """Everything that the page shows; never raises for the state of a study."""
    listed = studies(context)
    id = choice.id or _unasked(listed)
    entry = next((study for study in listed if study.id == id), None)
    table, reports, problem = (None, {}, "") if entry is None else results.read(context, entry)
    if id and entry is None:
        problem = _absent(context, id)
    compared = entry or context.board.find(id)
    runs = () if compared is None else compared.runs
    members = tuple((run, context.board.find(run)) for run in runs)
    sampled = sum(member is not None and member.sampled for _, member in members)
    token = {
        "results": results.stamp(listed, entry),
        "state": results.state_stamp(context, entry),
    }
    choice = replace(choice, id=id)
    study = StudyView(choice, listed, entry, table, reports, problem, members, sampled, token)
    return replace(study, choice=_resolved(study))


def _absent(context: Context, id: str) -> str:
    """Why the study `id` is not listed."""
    compared = context.board.find(id)
    if compared is not None and compared.runs:
        many = f"{len(compared.runs)} run{'s' if len(compared.runs) > 1 else ''}"
        return (
            f"{id} compares {many}. It has no grid of networks, so no measure"
            " can be compared with the gap. Explore shows it."
        )
    return f"There is no study called '{id}' here. Maybe it was deleted."


def studies(context: Context) -> tuple[BoardEntry, ...]:
    """Studies made from a grid, or with statistics, newest first; one at work stays where it is."""
    entries = (entry for entry in context.board.entries() if entry.summary.kind == "study")
    return tuple(
        entry
        for entry in entries
        if entry.summary.made_by == "study" or derived.has(entry.path, "statistics")
    )[:LISTED]


def _unasked(listed: tuple[BoardEntry, ...]) -> str:
    """The newest study that is at work or has something to show; else the newest."""
    worth = (entry for entry in listed if entry.live or derived.has(entry.path, "table"))
    first = next(worth, listed[0] if listed else None)
    return "" if first is None else first.id


def _resolved(study: StudyView) -> StudyChoice:
    """The choice with everything said: what a person has not named, or what is not there, is what
    is shown unasked.
    """
    choice = study.choice
    table = study.table
    if table is None:
        return choice  # what was asked for waits for the table
    gap = choice.gap if choice.gap in study.gaps else next(iter(study.gaps), "")
    study = replace(study, choice=replace(choice, gap=gap))
    strata = [] if study.report is None else [stratum.name for stratum in study.report.strata]
    stratum = choice.stratum if choice.stratum in strata else next(iter(strata), "all")
    study = replace(study, choice=replace(study.choice, stratum=stratum))
    measure = choice.measure if choice.measure in study.measures else next(iter(study.measures), "")
    colours = [*study.colours, "none"]
    return replace(
        study.choice,
        measure=measure,
        colour=choice.colour if choice.colour in colours else colours[0],
        runs=tuple(run for run in choice.runs if run in table.ids),
    )
