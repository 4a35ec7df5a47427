"""The forecast of a study: runs that share plans and train as one batch, and tasks that its workers
share.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from landscape_app.forecast.analysis import of_joint
from landscape_app.forecast.jobs import (
    JOINTLY,
    analysed,
    climbs,
    in_process,
    of_curvature,
    of_run,
    of_sampling,
    of_surface,
    statistics,
)
from landscape_app.forecast.pace import SHAPE, Pace
from landscape_app.forecast.phases import JobForecast, PhaseForecast, joined
from landscape_app.settings import RunSpec, SampleSpec, SurfaceSpec
from landscape_app.settings.sample import at_equal_cost
from landscape_app.study_settings import StudySpec

# settings in which runs agree that share a plan
PLANNED = (*SHAPE, "epochs", "seeds", "step_sizes", "controls", "memory_gib")
# s on the reference machine of the checks and trials of a run that shares another's plan
CHECKED = 0.15


def of_study(study: StudySpec, paces: Mapping[str, Pace], *, workers: int = 1) -> JobForecast:
    """`landscape study` of a grid; paces: {id of a run: its pace}. workers: processes that share
    its tasks.
    """
    members = [(spec, paces[id]) for id, spec in study.runs.items()]
    rates = [pace for _, pace in members]
    made = list(_made(study, members))
    epochs = sum(spec.train_epochs + spec.snapshots - 1 for spec, _ in members)
    phases = [_shared(made, workers, "runs", epochs, "epochs", imported=rates[0])]
    if study.curvature is not None:
        curved = [of_curvature(spec, pace, study.curvature) for spec, pace in members]
        phases.append(_shared(curved, workers, "curvature", len(members), "runs"))
    analyses = [analysed(spec, pace, study.analysis) for spec, pace in members]
    knees = [JobForecast(job.phases[:1]) for job in analyses]
    after = [
        JobForecast((*job.phases[1:], climbs(spec, pace)))
        for job, (spec, pace) in zip(analyses, members, strict=True)
    ]
    phases += [
        _shared(knees, workers, "knees", len(members), "runs"),
        _shared(after, workers, "analysis", len(members), "runs", imported=rates[0]),
    ]
    if study.joint and len(members) > 1:
        phases[-1:] = _with_joint(phases[-1], study, members, workers)
    speed = min(pace.speed for pace in rates)
    return JobForecast((*phases, PhaseForecast("statistics", statistics(study) / speed)))


def _made(study: StudySpec, members: Sequence[tuple[RunSpec, Pace]]) -> Iterable[JobForecast]:
    """Each run with its surfaces and samplings. The first of each shape is planned."""
    surfaces = [SurfaceSpec(kind=kind, points=study.surface_points) for kind in study.surfaces]
    planned: set[tuple[Any, ...]] = set()
    for spec, pace in members:
        shape = tuple(getattr(spec, name) for name in PLANNED)
        seconds = {"training": (pace.together or pace.epoch) * spec.train_epochs}
        if shape in planned:
            seconds["preparing"] = min(pace.preparing, pace.build + CHECKED / pace.speed)
        planned.add(shape)
        own = [
            replace(phase, seconds=seconds.get(phase.name, phase.seconds))
            for phase in of_run(spec, pace).phases
        ]
        yield joined(
            (
                JobForecast(tuple(own)),
                *(of_surface(spec, pace, each) for each in surfaces),
                *(of_sampling(spec, pace, each) for each in _samplings(study, spec, pace)),
            )
        )


def _samplings(study: StudySpec, spec: RunSpec, pace: Pace) -> list[SampleSpec]:
    """The static samplings of a run; the share of its train rows is that of their time."""
    samplings = [SampleSpec(kind=kind) for kind in study.samplings]
    share = min(1.0, pace.loss / pace.point) if pace.point else 1.0
    return [*samplings, at_equal_cost(spec, share)] if study.equal_cost else samplings


def _shared(
    jobs: Sequence[JobForecast],
    workers: int,
    name: str,
    steps: int,
    unit: str,
    *,
    imported: Pace | None = None,
) -> PhaseForecast:
    """`jobs` as one phase, shared by the workers. imported: the pace of the processes, which have
    to import their packages first.
    """
    whole = joined(jobs)
    imports = 0.0 if imported is None else in_process(whole, imported).seconds - whole.seconds
    if workers == 1:
        return replace(whole.under(name, steps, unit), seconds=whole.seconds + imports)
    busy = sum(phase.seconds * phase.workers for phase in whole.phases)
    # the last tasks leave workers idle
    rounds = math.ceil(len(jobs) / workers) * workers / len(jobs)
    return PhaseForecast(name, busy / workers * rounds + imports, steps, unit, workers)


def _with_joint(
    analyses: PhaseForecast,
    study: StudySpec,
    members: Sequence[tuple[RunSpec, Pace]],
    workers: int,
) -> tuple[PhaseForecast, PhaseForecast]:
    """The phases of the analyses and of the joint embedding. One worker does one after the other.
    Several begin with the longest method beside the analyses: what is left of it is the second
    phase, with the other methods.
    """
    methods = tuple(name for name in JOINTLY if name in study.analysis.methods)
    methods = methods or study.analysis.methods[:1]
    snapshots = sum(spec.snapshots for spec, _ in members)
    speed = min(pace.speed for _, pace in members)
    whole = of_joint(snapshots, methods, study.analysis, speed=speed)
    if workers == 1:
        return analyses, whole
    each = [of_joint(snapshots, (name,), study.analysis, speed=speed).seconds for name in methods]
    longest, alone = max(each), analyses.seconds * workers / (workers - 1)
    seconds = min(analyses.seconds + longest / workers, alone)
    left = max(longest - seconds, (sum(each) - longest) / workers)
    return replace(analyses, seconds=seconds), replace(whole, seconds=left)
