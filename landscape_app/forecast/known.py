"""Forecasts at the pace of earlier runs: what a runs folder knows of this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from landscape_app.errors import LandscapeError
from landscape_app.forecast import jobs
from landscape_app.forecast.pace import SHAPE, Pace, stored
from landscape_app.forecast.phases import JobForecast
from landscape_app.settings import RunSpec
from landscape_app.store import catalogue
from landscape_app.store.run import RunFolder
from landscape_app.study_settings import StudySpec


def known(spec: RunSpec, runs: Path) -> tuple[Pace, str] | None:
    """(pace, id of the run it is from) of the newest run in `runs` of the shape of `spec` that
    was begun on this machine; else of one that differs in augmentation alone.
    """
    return of_shape(spec, list(begun(spec, runs)))


def of_shape(spec: RunSpec, earlier: Sequence[RunFolder]) -> tuple[Pace, str] | None:
    """As `known`, among the runs `earlier`, newest first."""
    for names in (SHAPE, tuple(name for name in SHAPE if name != "augmentation")):
        for run in earlier:
            same = all(getattr(spec, name) == getattr(run.spec, name) for name in names)
            if same and (pace := stored(run)) is not None:
                return pace, run.id
    return None


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
    earlier: dict[tuple[str, str], list[RunFolder]] = {}
    paces: dict[str, tuple[Pace, str]] = {}
    for id, run in spec.runs.items():
        same = run.data, run.network
        if same not in earlier:
            earlier[same] = list(begun(run, runs))
        if (measured := of_shape(run, earlier[same])) is None:
            return None
        paces[id] = measured
    job = jobs.of_study(spec, {id: pace for id, (pace, _) in paces.items()})
    return job, next(iter(paces.values()))[1]
