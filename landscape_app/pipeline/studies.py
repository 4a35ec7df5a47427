"""A study: a grid of runs, made one after another and analysed at one diffusion time. Its table
compares each measure with the gap.

It can be resumed at any point: finished runs and current results are reused. A run that cannot be
made or analysed is named with the reason, and the others are still done.
"""

from __future__ import annotations

import logging
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from landscape_app import feasibility
from landscape_app.analysis.statistics.report import report
from landscape_app.analysis.statistics.roles import LEAST, roles
from landscape_app.errors import (
    AnalysisError,
    DataError,
    SpecError,
)
from landscape_app.pipeline import stored_claims, study_page, study_runs, study_table
from landscape_app.pipeline.beginning import undone_if_none_begins
from landscape_app.pipeline.crew import Crew, Session
from landscape_app.pipeline.lone_crew import Alone, worked_out
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.pipeline.spaces import kernel
from landscape_app.records.study_report import StudyReport
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import StatisticsSpec
from landscape_app.store import derived, grids, names, verdict
from landscape_app.store.folder import STUDIES, is_id
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import StudySpec

log = logging.getLogger("landscape")

GAPS = ("gap_accuracy", "gap_loss")


def run(
    runs: Path,
    spec: StudySpec,
    *,
    session: Session,
    crew: Crew | None = None,
    only_table: bool = False,
    statistics: StatisticsSpec | None = None,
) -> tuple[StudyTable, dict[str, Any]]:
    """Bring the study to its end: its table, and the report of its statistics with "id", "seconds",
    "missing" {run: why it is not in the table}, "problems" {run: what could not be done},
    "checks_failed" {run: which}, "files".

    crew: who carries out the tasks on the runs; None: this process, one after another.
    only_table: nothing is computed but the table and the statistics of the runs as they are.
    statistics: other than the study's own. The table is stored also where the statistics raise
    AnalysisError. Raises SpecError if there is another study of that name, RunMissingError where
    only_table has none to look at.
    """
    if len(spec.runs) < LEAST:
        raise AnalysisError(
            f"Statistics over a study need at least {LEAST} networks; this grid has"
            f" {len(spec.runs)}. Add regimes or seeds."
        )
    if only_table:
        StudyFolder.open(runs, spec.name)  # which has to be there already
    for settings in () if only_table else spec.runs.values():
        feasibility.check(settings, spec.analysis, otherwise="or a lower k in the study's analysis")
    with undone_if_none_begins(runs, spec.name, list(spec.runs)):
        crew = crew or Alone(runs, spec.name, session)
        return _carried_out(runs, spec, session, crew, only_table, statistics or spec.statistics)


def _carried_out(
    runs: Path,
    spec: StudySpec,
    session: Session,
    crew: Crew,
    only_table: bool,
    statistics: StatisticsSpec,
) -> tuple[StudyTable, dict[str, Any]]:
    """The result of `run`, after a check that the grid can be judged."""
    begun = time.monotonic()
    folder = _there(runs, spec) if only_table else open_study(runs, spec)
    failed: dict[str, str] = {}
    if not only_table and _worked_out(runs, spec):
        crew = Alone(runs, spec.name, session)
    with nullcontext() if only_table else session(folder.path) as progress:
        if progress is not None:
            study_runs.make(runs, spec, crew, progress, failed)
            study_runs.check_any(runs, spec, failed)
            study_runs.add_curvature(runs, spec, crew, progress, failed)
            study_runs.analyse_all(runs, folder, spec, crew, progress, failed)
            progress.phase("statistics")
        table = tabulate(runs, folder, spec)
        written = study_table.write_table(folder.path, table)
        judged = _judge_all(folder, table, statistics)
        with suppress(AnalysisError, DataError):  # the report says the same of the gap
            stored_claims.of_study(folder, table, statistics)
        written += study_table.write_statistics(folder.path, judged)
        written.append(study_page.write(folder.path, table, judged, name=folder.id))
    told = {
        "id": folder.id,
        "seconds": time.monotonic() - begun,
        "missing": {id: failed.get(id, why) for id, why in table.missing.items()},
        "problems": failed,
        "checks_failed": {
            id: list(names) for id in table.ids if (names := verdict.failed(runs / id))
        },
        "files": [str(path) for path in written],
    }
    return table, {
        "id": folder.id,
        "seconds": time.monotonic() - begun,
        **told,
        **judged.model_dump(),
    }


def _worked_out(runs: Path, spec: StudySpec) -> bool:
    """Whether the runs of the study have all that takes long."""
    names = ["checks", *(["curvature"] if spec.curvature else [])]
    return worked_out([RunFolder.open(runs, id) for id in spec.runs], names)


def open_study(runs: Path, spec: StudySpec) -> StudyFolder:
    """The study's folder and those of all its runs, made where they are missing. Raises SpecError
    if they exist with other settings.

    What is made is signed: the caller got the grid from this user, or from `stored`.
    """
    for id, settings in spec.runs.items():
        if not names.exists(runs / id, trusted=runs):
            RunFolder.create(runs, id, settings)
        elif RunFolder.open(runs, id).spec != settings:
            raise SpecError(
                f"There is a run '{id}' with other settings already. Give the study another name."
            )
    if not names.exists(runs / "_studies" / spec.name):
        StudyFolder.create(runs, spec.name, list(spec.runs), spec.analysis, made_by="study")
    folder = _there(runs, spec)
    grids.write(folder, spec)
    return folder


def _there(runs: Path, spec: StudySpec) -> StudyFolder:
    """The study's folder. Raises SpecError where it has another grid, RunMissingError."""
    folder = StudyFolder.open(runs, spec.name)
    if folder.runs != list(spec.runs) or folder.analysis != spec.analysis:
        raise SpecError(
            f"There is a study '{spec.name}' of another grid or with another analysis already. Give"
            " this one another name."
        )
    return folder


def is_study(runs: Path, id: str) -> bool:
    """Whether `id` is a study in `runs` that was made from a grid, so that `stored` can resume it.
    Raises RunDamagedError where its study.json cannot be read.
    """
    there = is_id(id) and names.is_folder(runs / STUDIES / id)
    return there and StudyFolder.open(runs, id).made_by == "study"


def stored(runs: Path, id: str) -> StudySpec:
    """The settings of the study `id`. Raises RunMissingError, RunDamagedError, TrustError where
    they name something that is not permitted.
    """
    folder = StudyFolder.open(runs, id)
    spec = grids.read(folder)
    grids.check(folder, spec)
    return spec


def tabulate(runs: Path, folder: StudyFolder, spec: StudySpec) -> StudyTable:
    """The study's table, stored as its result "table". Raises AnalysisError where no run can be
    read and a table is stored: that of results which came without their runs.
    """
    shared = derived.find(folder.path, "shared", **kernel(spec.analysis))
    table = study_table.tabulate(runs, spec, None if shared is None else int(shared.meta["t"]))
    if not len(table) and derived.has(folder.path, "table"):
        raise AnalysisError(
            f"Only the results of {folder.id} are in {runs}, without its runs. Nothing can be"
            " computed of them; the pages Study and Paper show them."
        )
    cache = ResultCache(folder.path, study_table.digest(table))
    cache.result("table", {}, table.to_stored)
    return table


def judge(folder: StudyFolder, table: StudyTable, settings: StatisticsSpec) -> StudyReport:
    """The report of the table, stored as the study's result "statistics"."""
    cache = ResultCache(folder.path, study_table.digest(table))
    stored = cache.result(
        "statistics", settings.model_dump(), lambda: ({}, report(table, settings).model_dump())
    )
    return StudyReport.model_validate(stored.meta)


def _judge_all(folder: StudyFolder, table: StudyTable, settings: StatisticsSpec) -> StudyReport:
    """The report on the requested gap, which is stored last. The reports on the other gaps, for the
    page, are stored before it where they can be computed.
    """
    asked = roles(table, settings).gap
    for gap in (gap for gap in GAPS if gap != asked and gap in table.columns):
        with suppress(AnalysisError, DataError):
            judge(folder, table, settings.model_copy(update={"gap": gap}))
    return judge(folder, table, settings)
