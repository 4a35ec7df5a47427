"""A study: a grid of runs made one after another, analysed at one diffusion time, tabulated, and
each measure held against the gap.

Resumable everywhere: finished runs and current results are reused. A run that cannot be made, or
not be analysed, is named with its reason and does not keep the others from being done. (Runs on
several machines would take the place of the loop in `_make`.)
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from landscape_app import feasibility
from landscape_app.analysis.statistics.report import report
from landscape_app.analysis.statistics.roles import LEAST, roles
from landscape_app.errors import (
    AnalysisError,
    DataError,
    ModelError,
    ResumeError,
    RunDamagedError,
    SpecError,
)
from landscape_app.pipeline import analyse, compare, joint, study_page, study_table
from landscape_app.pipeline.beginning import undone_if_none_begins
from landscape_app.pipeline.climbs import climbs
from landscape_app.pipeline.curvature import curvature
from landscape_app.pipeline.quickstart import Both, Session
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.surface import surface
from landscape_app.records.progress import Progress
from landscape_app.records.study_report import StudyReport
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import SurfaceSpec
from landscape_app.store import derived, grids, names, verdict
from landscape_app.store.folder import STUDIES, is_id
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import StatisticsSpec, StudySpec

log = logging.getLogger("landscape")

# others would stop every run of the grid
OF_ONE_RUN = (AnalysisError, DataError, ModelError, ResumeError, RunDamagedError)
# of the methods asked for: a cloud of many runs takes a minute each in PHATE, and none of the
# others is faster
JOINTLY = ("phate", "pca")
GAPS = ("gap_accuracy", "gap_loss")
COUNTED = ("training", "sampling")  # phases of a run whose steps are epochs


def run(
    runs: Path,
    spec: StudySpec,
    *,
    session: Session,
    only_table: bool = False,
    statistics: StatisticsSpec | None = None,
) -> tuple[StudyTable, dict[str, Any]]:
    """Bring the study to its end: its table, and the report of its statistics with "id", "seconds",
    "missing" {run: why it is not in the table}, "problems" {run: what could not be done},
    "checks_failed" {run: which}, "files".

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
        return _carried_out(runs, spec, session, only_table, statistics or spec.statistics)


def _carried_out(
    runs: Path, spec: StudySpec, session: Session, only_table: bool, statistics: StatisticsSpec
) -> tuple[StudyTable, dict[str, Any]]:
    """What `run` gives, once it is known that the grid can be judged."""
    begun = time.monotonic()
    folder = _there(runs, spec) if only_table else open_study(runs, spec)
    failed: dict[str, str] = {}
    with nullcontext() if only_table else session(folder.path) as progress:
        if progress is not None:
            _make(runs, spec, session, progress, failed)
            _check_any(runs, spec, failed)
            _curve(runs, spec, session, progress, failed)
            _analyse(runs, folder, spec, progress, failed)
            progress.phase("statistics")
        table = tabulate(runs, folder, spec)
        written = study_table.write_table(folder.path, table)
        judged = _judge_all(folder, table, statistics)
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


def open_study(runs: Path, spec: StudySpec) -> StudyFolder:
    """The study's folder and those of all its runs, made where they are missing. Raises SpecError
    if they are there with other settings.

    What is made is signed: whoever calls this was given the grid by this user, or has it from
    `stored`.
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
    """The study's folder. Raises SpecError where it is of another grid, RunMissingError."""
    folder = StudyFolder.open(runs, spec.name)
    if folder.runs != list(spec.runs) or folder.analysis != spec.analysis:
        raise SpecError(
            f"There is a study '{spec.name}' of another grid or with another analysis already. Give"
            " this one another name."
        )
    return folder


def is_study(runs: Path, id: str) -> bool:
    """Whether `id` is a study in `runs` that was made from a grid, so that `stored` can go on with
    it. Raises RunDamagedError where its study.json cannot be read.
    """
    there = is_id(id) and names.is_folder(runs / STUDIES / id)
    return there and StudyFolder.open(runs, id).made_by == "study"


def stored(runs: Path, id: str) -> StudySpec:
    """The settings of the study `id`. Raises RunMissingError, RunDamagedError, TrustError where
    they name what is not permitted.
    """
    folder = StudyFolder.open(runs, id)
    spec = grids.read(folder)
    grids.check(folder, spec)
    return spec


def tabulate(runs: Path, folder: StudyFolder, spec: StudySpec) -> StudyTable:
    """The study's table, stored as its result "table"."""
    shared = derived.find(folder.path, "shared")
    table = study_table.tabulate(runs, spec, None if shared is None else int(shared.meta["t"]))
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
    """The report of the gap asked for, stored last; before it those of the other gaps, for the
    page, where anything can be said of them.
    """
    asked = roles(table, settings).gap
    for gap in (gap for gap in GAPS if gap != asked and gap in table.columns):
        with suppress(AnalysisError, DataError):
            judge(folder, table, settings.model_copy(update={"gap": gap}))
    return judge(folder, table, settings)


def _make(
    runs: Path, spec: StudySpec, session: Session, progress: Progress, failed: dict[str, str]
) -> None:
    """Train and sample every run that is not finished, and its linear samples; progress is counted
    in epochs over all of them.
    """
    surfaces = [SurfaceSpec(kind=kind, points=spec.surface_points) for kind in spec.surfaces]
    todo = [
        folder
        for folder in (RunFolder.open(runs, id) for id in spec.runs)
        if not _complete(folder, surfaces)
    ]
    progress.phase("runs", sum(_epochs(folder) for folder in todo), "epochs")
    for number, folder in enumerate(todo, start=1):
        log.info("run %d of %d: %s", number, len(todo), folder.id)
        steps = Steps(progress)
        try:
            with session(folder.path, slot=False) as own:
                both = Both(steps, own)
                execute(folder, both)
                for one in surfaces:
                    surface(folder, one, both)
        except OF_ONE_RUN as error:
            log.warning("%s: %s", folder.id, error)
            failed[folder.id] = str(error)
        progress.advance(max(0, _epochs(folder) - steps.done))


def _check_any(runs: Path, spec: StudySpec, failed: Mapping[str, str]) -> None:
    """Raise AnalysisError, in the words of what stopped them, where no run could be begun."""
    if set(failed) == set(spec.runs) and not any(
        RunFolder.open(runs, id).committed() for id in spec.runs
    ):
        words = list(dict.fromkeys(failed.values()))
        more = f" ({len(words) - 1} others failed otherwise)" if len(words) > 1 else ""
        raise AnalysisError(f"No run of this study can be made: {words[0]}{more}")


def _curve(
    runs: Path, spec: StudySpec, session: Session, progress: Progress, failed: dict[str, str]
) -> None:
    """The curvature at every anchor, by which a run that is not sampled to its end is not kept
    up.
    """
    asked = spec.curvature
    if asked is None:
        return
    members = [
        folder for folder in (RunFolder.open(runs, id) for id in spec.runs) if folder.finished
    ]
    todo = [
        one
        for one in members
        if derived.current(one.path, "curvature", asked.model_dump(), one.digest()) is None
    ]
    progress.phase("curvature", len(todo), "runs")
    for member in todo:
        with _noted(failed, member), session(member.path, slot=False) as own:
            curvature(member, asked, Both(Steps(progress), own))
        progress.advance()


def _analyse(
    runs: Path, folder: StudyFolder, spec: StudySpec, progress: Progress, failed: dict[str, str]
) -> None:
    """Every analysis of every run, at the median of the knees; and all runs embedded together."""
    members = [one for one in (RunFolder.open(runs, id) for id in folder.runs) if one.finished]
    steps = Steps(progress)
    progress.phase("knees", len(members), "runs")
    sound = []
    for member in members:
        with _noted(failed, member):
            analyse.knee(member, spec.analysis, steps)
            sound.append(member)
        progress.advance()
    if sound:
        shared = compare.shared_t(
            ResultCache(folder.path, compare.inputs(sound)), sound, spec.analysis, steps
        )
    progress.phase("analysis", len(sound), "runs")
    for member in sound:
        with _noted(failed, member):
            analyse.run(member, spec.analysis.model_copy(update={"t": shared}), steps)
            climbs(member, steps)
        progress.advance()
    if spec.joint and len(sound) > 1:
        _embed(folder, sound, spec, progress, failed)


def _embed(
    folder: StudyFolder,
    members: Sequence[RunFolder],
    spec: StudySpec,
    progress: Progress,
    failed: dict[str, str],
) -> None:
    """All runs in one cloud of function space; where they have none in common, why is stored in its
    place.
    """
    methods = (
        tuple(name for name in JOINTLY if name in spec.analysis.methods)
        or spec.analysis.methods[:1]
    )
    cache = ResultCache(folder.path, compare.inputs(members))
    joint.run(cache, members, spec.analysis.model_copy(update={"methods": methods}), progress)
    found = derived.find(folder.path, "joint")
    why = next(map(str, cache.refused), None) or (
        None if found is None else found.meta.get("refused")
    )
    if why:
        failed[folder.id] = f"The runs are not embedded together: {why}"
        log.warning("%s: %s", folder.id, failed[folder.id])


def _complete(run: RunFolder, surfaces: Sequence[SurfaceSpec]) -> bool:
    there = (
        derived.current(run.path, "surface", one.model_dump(), run.digest()) for one in surfaces
    )
    return run.inventory().complete and all(one is not None for one in there)


def _epochs(run: RunFolder) -> int:
    """Steps that a run takes from its beginning: training epochs, and jump and retraining epochs of
    all trajectories.
    """
    return run.spec.train_epochs + run.spec.rows_per_trajectory * len(run.spec.trajectories)


@contextmanager
def _noted(failed: dict[str, str], run: RunFolder) -> Iterator[None]:
    try:
        yield
    except OF_ONE_RUN as error:
        log.warning("%s: %s", run.id, error)
        failed[run.id] = str(error)


class Steps:
    """A run's own progress as steps of the study's: epochs are counted, everything else is a
    heartbeat.
    """

    def __init__(self, inner: Progress) -> None:
        self._inner, self._counts, self.done = inner, False, 0

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        self._counts = name in COUNTED
        self._inner.check()

    def advance(self, steps: int = 1) -> None:
        if self._counts:
            self.done += steps
            self._inner.advance(steps)
        else:
            self._inner.check()

    def check(self) -> None:
        self._inner.check()
