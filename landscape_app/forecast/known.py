"""Forecasts at the pace of earlier runs: what a runs folder knows of this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from landscape_app.errors import LandscapeError
from landscape_app.forecast import jobs
from landscape_app.forecast.crew_size import affordable
from landscape_app.forecast.pace import SHAPE, Pace, stored
from landscape_app.forecast.phases import JobForecast, joined
from landscape_app.forecast.studies import of_study
from landscape_app.settings import AnalysisSpec, RunSpec
from landscape_app.store import catalogue
from landscape_app.store.run import RunFolder
from landscape_app.study_settings import StudySpec


def known(spec: RunSpec, runs: Path) -> tuple[Pace, str] | None:
    """(pace, id of the run it is from) of the newest run in `runs` of the shape of `spec` that
    was begun on this machine; else of one that differs in augmentation alone.
    """
    near: tuple[Pace, str] | None = None
    for run in begun(spec, runs):
        unlike = {name for name in SHAPE if getattr(spec, name) != getattr(run.spec, name)}
        if unlike <= {"augmentation"} and (pace := stored(run)) is not None:
            if not unlike:
                return pace, run.id
            near = near or (pace, run.id)
    return near


def begun(spec: RunSpec, runs: Path) -> Iterator[RunFolder]:
    """Runs in `runs` of the same network on the same data that were prepared, newest first."""
    for summary in sorted(catalogue.list_runs(runs), key=lambda summary: -(summary.created or 0)):
        if summary.problem or (summary.data, summary.network) != (spec.data, spec.network):
            continue
        with suppress(LandscapeError):
            run = RunFolder.open(runs, summary.id)
            if run.prepared() is not None:
                yield run


def study(spec: StudySpec, runs: Path) -> tuple[JobForecast, str] | None:
    """(forecast of the whole study, id of a run whose pace it is at): its runs, curvature,
    analyses, joint embedding and statistics. None where the pace of one of its runs is not known.
    """
    measured = _paces(list(spec.runs.values()), runs)
    if measured is None:
        return None
    paces = dict(zip(spec.runs, (pace for pace, _ in measured), strict=True))
    workers = affordable(list(spec.runs.values()))
    return of_study(spec, paces, workers=workers), measured[0][1]


def runs_compared(
    specs: Sequence[RunSpec], runs: Path, *, most: int
) -> tuple[JobForecast, str] | None:
    """As `study`, of runs that are made and analysed one after another and then compared, if they
    are two to `most`.
    """
    measured = _paces(specs, runs)
    if measured is None:
        return None
    analysis, paces = AnalysisSpec(), [pace for pace, _ in measured]
    made = [
        jobs.in_process(jobs.of_run(spec, pace, analysis), pace)
        for spec, pace in zip(specs, paces, strict=True)
    ]
    if 1 < len(specs) <= most:
        made.append(jobs.in_process(jobs.of_comparison(specs, paces, analysis), paces[0]))
    return joined(made), measured[0][1]


def _paces(specs: Sequence[RunSpec], runs: Path) -> list[tuple[Pace, str]] | None:
    """(pace, id of the run it is from) of each of `specs`; None where one is not known."""
    shapes = [tuple(getattr(spec, name) for name in SHAPE) for spec in specs]
    paces: dict[tuple[Any, ...], tuple[Pace, str]] = {}
    for shape, spec in zip(shapes, specs, strict=True):
        measured = paces.get(shape) or known(spec, runs)
        if measured is None:
            return None
        paces[shape] = measured
    return [paces[shape] for shape in shapes]
