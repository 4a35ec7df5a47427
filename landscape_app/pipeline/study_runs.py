"""The runs of a study: trained and sampled one after another, then analysed at one diffusion time.

A run that cannot be made or analysed is recorded in `failed` with the reason, and the others are
still done. To use several machines, replace the loop in `make`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from landscape_app.errors import (
    AnalysisError,
    DataError,
    ModelError,
    ResumeError,
    RunDamagedError,
)
from landscape_app.forecast import known
from landscape_app.pipeline import analyse, compare, joint
from landscape_app.pipeline.climbs import climbs
from landscape_app.pipeline.curvature import curvature
from landscape_app.pipeline.experiment_samples import equal_cost
from landscape_app.pipeline.quickstart import Both, Session
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.static_sampling import sample
from landscape_app.pipeline.surface import surface
from landscape_app.records.progress import Progress, skip
from landscape_app.settings import SampleSpec, Spec, SurfaceSpec
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import StudySpec

log = logging.getLogger("landscape")

# others would stop every run of the grid
OF_ONE_RUN = (AnalysisError, DataError, ModelError, ResumeError, RunDamagedError)
# of the methods asked for: a cloud of many runs takes a minute each in PHATE, and none of the
# others is faster
JOINTLY = ("phate", "pca")
COUNTED = ("training", "sampling")  # phases of a run whose steps are epochs


def make(
    runs: Path, spec: StudySpec, session: Session, progress: Progress, failed: dict[str, str]
) -> None:
    """Train and sample every run that is not finished, its linear samples and its static
    samplings; progress is counted in epochs over all of them.
    """
    surfaces = [SurfaceSpec(kind=kind, points=spec.surface_points) for kind in spec.surfaces]
    folders = [RunFolder.open(runs, id) for id in spec.runs]
    todo = [folder for folder in folders if not _complete(folder, surfaces, spec)]
    whole, left = (sum(map(_epochs, several)) for several in (folders, todo))
    progress.phase("runs", whole, "epochs")
    skip(progress, whole - left)
    told = False
    for number, folder in enumerate(todo, start=1):
        told = told or _tell_forecast(runs, spec)
        log.info("run %d of %d: %s", number, len(todo), folder.id)
        steps = Steps(progress)
        try:
            with session(folder.path, slot=False) as own:
                both = Both(steps, own)
                execute(folder, both)
                for settings in surfaces:
                    surface(folder, settings, both)
                for sampling in _samplings(folder, spec):
                    sample(folder, sampling, both)
        except OF_ONE_RUN as error:
            log.warning("%s: %s", folder.id, error)
            failed[folder.id] = str(error)
        skip(progress, _epochs(folder) - steps.done)


def _tell_forecast(runs: Path, spec: StudySpec) -> bool:
    """Say how long the whole study takes, where the pace of each of its runs is known."""
    measured = known.study(spec, runs)
    if measured is not None:
        log.info("forecast of the study: %s", measured[0].words)
    return measured is not None


def check_any(runs: Path, spec: StudySpec, failed: Mapping[str, str]) -> None:
    """Raise AnalysisError where no run could be begun, with the reasons."""
    if set(failed) == set(spec.runs) and not any(
        RunFolder.open(runs, id).committed() for id in spec.runs
    ):
        words = list(dict.fromkeys(failed.values()))
        more = f" ({len(words) - 1} others failed otherwise)" if len(words) > 1 else ""
        raise AnalysisError(f"No run of this study can be made: {words[0]}{more}")


def add_curvature(
    runs: Path, spec: StudySpec, session: Session, progress: Progress, failed: dict[str, str]
) -> None:
    """The curvature at the anchor of every fully sampled run."""
    asked = spec.curvature
    if asked is None:
        return
    members = [
        folder for folder in (RunFolder.open(runs, id) for id in spec.runs) if folder.finished
    ]
    todo = [
        run
        for run in members
        if derived.current(run.path, "curvature", asked.model_dump(), run.digest()) is None
    ]
    progress.phase("curvature", len(todo), "runs")
    for member in todo:
        with _noted(failed, member), session(member.path, slot=False) as own:
            curvature(member, asked, Both(Steps(progress), own))
        progress.advance()


def analyse_all(
    runs: Path, folder: StudyFolder, spec: StudySpec, progress: Progress, failed: dict[str, str]
) -> None:
    """Every analysis of every run, at the median of the knees; and all runs embedded together."""
    members = [run for run in (RunFolder.open(runs, id) for id in folder.runs) if run.finished]
    steps = Steps(progress)
    progress.phase("knees", len(members), "runs")
    sound = []
    for member in members:
        with _noted(failed, member):
            analyse.knee(member, spec.analysis, steps)
            sound.append(member)
        progress.advance()
    if sound:
        cache = ResultCache(folder.path, compare.inputs(sound))
        functions = compare.shared_function_space(cache, sound, spec.analysis, steps)
        shared = compare.shared_t(cache, sound, spec.analysis, steps)
    progress.phase("analysis", len(sound), "runs")
    for member in sound:
        with _noted(failed, member):
            settings = spec.analysis.model_copy(update={"t": shared})
            analyse.run(member, settings, steps, function=functions.get(member.id))
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
    """Embed all runs in one cloud of function space. Where this is not possible, the reason is
    stored instead.
    """
    methods = (
        tuple(name for name in JOINTLY if name in spec.analysis.methods)
        or spec.analysis.methods[:1]
    )
    cache = ResultCache(folder.path, compare.inputs(members))
    joint.run(cache, members, spec.analysis.model_copy(update={"methods": methods}), progress)
    result = derived.find(folder.path, "joint")
    why = next(map(str, cache.refused), None) or (
        None if result is None else result.meta.get("refused")
    )
    if why:
        failed[folder.id] = f"The runs are not embedded together: {why}"
        log.warning("%s: %s", folder.id, failed[folder.id])


def _complete(run: RunFolder, surfaces: Sequence[SurfaceSpec], spec: StudySpec) -> bool:
    if not run.inventory().complete:
        return False
    wanted: list[tuple[str, Spec]] = [("surface", each) for each in surfaces]
    wanted += [("sampling", each) for each in _samplings(run, spec)]
    return all(
        derived.current(run.path, name, settings.model_dump(), run.digest()) is not None
        for name, settings in wanted
    )


def _samplings(run: RunFolder, spec: StudySpec) -> list[SampleSpec]:
    """The static samplings that the study has of a run that was begun."""
    samplings = [SampleSpec(kind=kind) for kind in spec.samplings]
    # the newest is what readers get that do not say how many directions
    return [equal_cost(run), *samplings] if spec.equal_cost else samplings


def _epochs(run: RunFolder) -> int:
    """The number of epochs of a run from its beginning: of training, and of jump and retraining of
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
    """A run's progress as steps of the study: epochs count, everything else is a heartbeat."""

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

    def skip(self, steps: int) -> None:
        if self._counts:
            self.done += steps
            skip(self._inner, steps)

    def check(self) -> None:
        self._inner.check()
