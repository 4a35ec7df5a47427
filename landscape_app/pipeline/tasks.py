"""The tasks of a study, each on one or several of its runs: what a worker does, and what a process
does that works alone. Settings and answers are plain values.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from landscape_app.pipeline import analyse, compare, joint
from landscape_app.pipeline.climbs import climbs
from landscape_app.pipeline.crew import FAILED, Session
from landscape_app.pipeline.curvature import curvature
from landscape_app.pipeline.experiment_samples import samplings_of
from landscape_app.pipeline.listeners import Both, Steps
from landscape_app.pipeline.prepare import ready
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.pipeline.run_group import OF_ONE_RUN, make_together
from landscape_app.pipeline.shared_plans import SharedPlans
from landscape_app.pipeline.static_sampling import sample
from landscape_app.pipeline.surface import surface
from landscape_app.pipeline.threads import one_thread
from landscape_app.pipeline.whole_run import finish
from landscape_app.records import log_names
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import listening
from landscape_app.settings import AnalysisSpec, CurvatureSpec, SampleSpec, SurfaceSpec, parse
from landscape_app.store import lock
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder

log = logging.getLogger("landscape")


@dataclass(frozen=True)
class Place:
    """Where a process works: on the study called `study` in the folder `runs`, each run in a
    `session` of its own. It lives as long as the process, with the plans that were measured.
    """

    runs: Path
    study: str
    session: Session
    patience: float = 0.0  # s to wait for a run that another process still holds
    _joints: dict[str, joint.Joint] = field(default_factory=dict)

    @cached_property
    def folder(self) -> StudyFolder:
        """The study's."""
        return StudyFolder.open(self.runs, self.study)

    @cached_property
    def plans(self) -> SharedPlans:
        """Those of the study's runs."""
        return SharedPlans(self.runs, self.folder.runs)

    def joint(self, members: Sequence[RunFolder], spec: AnalysisSpec) -> joint.Joint:
        """The runs `members` as one cloud: kept for the next method, which needs the same distances
        between all of them, until `forget`.
        """
        key = f"{compare.inputs(members)} {spec.model_dump_json(exclude={'methods'})}"
        if key not in self._joints:
            self.forget()
            self._joints[key] = joint.Joint(tuple(members), spec)
        return self._joints[key]

    def forget(self) -> None:
        """Drop the cloud of all runs, which may take as much memory as an analysis."""
        self._joints.clear()

    def members(self, ids: Sequence[str]) -> list[RunFolder]:
        """The runs `ids`."""
        return [RunFolder.open(self.runs, id) for id in ids]


def start(
    place: Place, ids: Sequence[str], settings: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Nothing: the process has imported what it needs."""
    return {}


def plan(
    place: Place, ids: Sequence[str], settings: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Measure the plan of each run that has none, and record it with the run."""
    failed = dict[str, str]()
    for run in place.members(ids):
        with _noted(failed, run), place.session(run.path, slot=False) as own, one_thread():
            own.phase("preparing")
            ready(run, progress=Both(Steps(progress), own), plans=place.plans)
    return {FAILED: failed}


def make(
    place: Place, ids: Sequence[str], settings: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Train and sample runs, and make the surfaces and static samplings of each."""
    surfaces = [parse(SurfaceSpec, each) for each in settings.get("surfaces", ())]
    samplings = [parse(SampleSpec, each) for each in settings.get("samplings", ())]

    def after(run: RunFolder, own: Progress) -> None:
        for planned in surfaces:
            surface(run, planned, own)
        for sampling in samplings_of(run, samplings, bool(settings.get("equal_cost"))):
            sample(run, sampling, own, tell=False)  # the forecast of the study counts it

    failed = make_together(
        place.runs,
        ids,
        session=place.session,
        progress=progress,
        plans=place.plans,
        after=after,
    )
    return {FAILED: failed}


def curve(
    place: Place, ids: Sequence[str], settings: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """The curvature at the anchor of each run."""
    spec, failed = parse(CurvatureSpec, settings["curvature"]), dict[str, str]()
    for run in place.members(ids):
        with _noted(failed, run), place.session(run.path, slot=False) as own:
            curvature(run, spec, Both(Steps(progress), own))
    return {FAILED: failed}


def knees(
    place: Place, ids: Sequence[str], settings: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """The knee of one run in its own distance, and in function space as the settings `function`
    embed it (None: there is none, for a reason that is stored with the run).
    """
    (run,) = place.members(ids)
    spec, failed = parse(AnalysisSpec, settings["analysis"]), dict[str, str]()
    answer: dict[str, Any] = {"knee": None, "function": None}
    with _noted(failed, run):
        answer["knee"] = analyse.knee(run, spec, Steps(progress))
        if settings["function"] is not None:
            function = parse(AnalysisSpec, settings["function"])
            answer["function"] = compare.function_knee(run, function, Steps(progress))
    return answer | {FAILED: failed}


def analyses(
    place: Place, ids: Sequence[str], settings: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """Every analysis of each run, and its climbs."""
    place.forget()
    spec, failed = parse(AnalysisSpec, settings["analysis"]), dict[str, str]()
    function = settings["function"] and parse(AnalysisSpec, settings["function"])
    for run in place.members(ids):
        with _noted(failed, run):
            analyse.run(run, spec, Steps(progress), function=function)
            climbs(run, Steps(progress))
    return {FAILED: failed}


def together(
    place: Place, ids: Sequence[str], settings: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """All runs embedded in one cloud of function space: {"refused": why not, for each method that
    is not}. The spec's own distance is one of the settings.
    """
    members = place.members(ids)
    spec = parse(AnalysisSpec, settings["analysis"])
    cache = ResultCache(place.folder.path, compare.inputs(members))
    joint.run(cache, members, spec, Steps(progress), joint=place.joint(members, spec))
    return {"refused": [str(error) for error in cache.refused]}


def whole(
    place: Place, ids: Sequence[str], settings: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """All of one run whose job is on another machine."""
    (run,) = place.members(ids)
    with (
        lock.patiently(partial(run.lock, work=True), place.patience, progress.check),
        listening(progress),
    ):
        finish(run, progress)
    return {}


Work = Callable[[Place, Sequence[str], Mapping[str, Any], Progress], dict[str, Any]]
TASKS: dict[str, Work] = {
    "start": start,
    "plan": plan,
    "runs": make,
    "curvature": curve,
    "knees": knees,
    "analysis": analyses,
    "joint embedding": together,
    "whole run": whole,
}


@contextmanager
def _noted(failed: dict[str, str], run: RunFolder) -> Iterator[None]:
    """A block of work on one run: an error that is its own is noted in `failed`."""
    try:
        with log_names.about(run.id):
            yield
    except OF_ONE_RUN as error:
        log.warning("%s: %s", run.id, error)
        failed[run.id] = str(error)
