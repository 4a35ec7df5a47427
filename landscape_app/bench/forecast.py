"""Forecasts held against the jobs that they forecast: small runs, jobs on them, and studies, each
measured, forecast and carried out in turn, in processes of their own.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landscape_app.forecast import jobs
from landscape_app.forecast.pace import Pace, stored
from landscape_app.forecast.phases import JobForecast, PhaseForecast
from landscape_app.forecast.studies import of_study
from landscape_app.settings import AnalysisSpec, CurvatureSpec, RunSpec, SurfaceSpec, parse
from landscape_app.store.run import RunFolder
from landscape_app.study_settings import StudySpec, parse_study

Row = dict[str, Any]


@dataclass(frozen=True)
class BenchJob:
    """A run with the jobs on it (analysed: the run itself is), or a study: its settings."""

    name: str
    settings: dict[str, Any]
    study: bool = False
    analysed: bool = True
    then: tuple[str, ...] = ()


CASES = (
    BenchJob("quick, good", {}, then=("curvature", "surface")),
    BenchJob("few snapshots, plain", {"regime": "plain", "seeds": 2, "epochs": 10}),
    BenchJob(
        "small CNN",
        {"network": "cnn", "regime": "plain", "train_rows": 300, "train_epochs": 40, "epochs": 15},
        then=("curvature",),
    ),
    BenchJob(
        "wide MLP, not analysed",
        {"regime": "poor", "width": 256, "train_epochs": 60, "seeds": 2, "epochs": 20},
        analysed=False,
        then=("analyse", "surface"),
    ),
    BenchJob("blobs", {"data": "blobs", "regime": "plain", "train_epochs": 400}),
    BenchJob(
        "study of 3 runs",
        {"seeds": 1, "settings": {"seeds": 2, "epochs": 10}},
        study=True,
    ),
    BenchJob(
        "study of 4 runs",
        {
            **{"regimes": ["plain", "poor"], "seeds": 1, "knobs": {"train_rate": [0.1, 0.05]}},
            **{"settings": {"train_epochs": 60, "epochs": 20}, "surfaces": ["line"]},
        },
        study=True,
    ),
)


def measure(
    *, repeats: int = 1, cases: Sequence[BenchJob] = CASES, only: str = ""
) -> dict[str, Any]:
    """{"load", "cores", "jobs": [{"job", "forecast", "seconds", "processor", "ratio", "phases"}]}:
    medians over `repeats` rounds, in each of which every case is forecast and carried out.

    ratio: the job's own seconds over those of the forecast. processor: the seconds that the job
    would take if nothing else were at work: of its processor time, shared by the workers that the
    forecast names.
    """
    chosen = [case for case in cases if only in case.name]
    before = os.getloadavg()
    rounds = [_round(chosen) for _ in range(repeats)]
    names = list(dict.fromkeys(name for results in rounds for name in results))
    return {
        "load": [[round(value, 1) for value in load] for load in (before, os.getloadavg())],
        "cores": os.cpu_count(),
        "jobs": [_job(name, [results[name] for results in rounds]) for name in names],
    }


def _round(cases: Sequence[BenchJob]) -> dict[str, tuple[JobForecast, list[Row]]]:
    """{job: (its forecast, its phases as they were)}."""
    results: dict[str, tuple[JobForecast, list[Row]]] = {}
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="landscape-bench-") as folder:
            for name, expected, work in (_study if case.study else _run)(case, Path(folder)):
                results[name] = (expected, _alone(work))
    return results


def _run(case: BenchJob, runs: Path) -> Iterator[tuple[str, JobForecast, Callable[[], list[Row]]]]:
    """The jobs of a run: (name, forecast, the work itself)."""
    spec = parse(RunSpec, case.settings)
    pace = _alone(_Measured(spec))
    analysis = AnalysisSpec() if case.analysed else None
    expected = jobs.in_process(jobs.of_run(spec, pace, analysis), pace)
    yield case.name, expected, _Work(runs, "run", spec, case.analysed)
    forecasts = {
        "analyse": jobs.analysed(spec, pace, AnalysisSpec()),
        "curvature": jobs.of_curvature(spec, pace, CurvatureSpec()),
        "surface": jobs.of_surface(spec, pace, SurfaceSpec()),
    }
    for command in case.then:
        job = jobs.in_process(forecasts[command], pace)
        yield f"{case.name}: {command}", job, _Work(runs, command, spec)


def _study(
    case: BenchJob, runs: Path
) -> Iterator[tuple[str, JobForecast, Callable[[], list[Row]]]]:
    study = parse_study({"name": "bench", **case.settings})
    paces = {id: _alone(_Measured(spec)) for id, spec in study.runs.items()}
    yield case.name, of_study(study, paces), _Work(runs, "study", study)


def _alone(work: Callable[[], Any]) -> Any:
    """What `work` answers in a new process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as child:
        return child.submit(work).result()


@dataclass(frozen=True)
class _Measured:
    """Measures the pace of a run, as it is measured when the run begins."""

    spec: RunSpec

    def __call__(self) -> Pace:
        from landscape_app.pipeline.prepare import ready
        from landscape_app.pipeline.threads import one_thread

        with tempfile.TemporaryDirectory(prefix="landscape-bench-") as folder:
            run = RunFolder.create(Path(folder), "pace", self.spec)
            with run.lock(), one_thread():
                ready(run)
            pace = stored(run)
        assert pace is not None
        return pace


@dataclass(frozen=True)
class _Work:
    """A job of the command line, carried out with a watch on its phases."""

    runs: Path
    command: str
    spec: RunSpec | StudySpec
    analysed: bool = False

    def __call__(self) -> list[Row]:
        from landscape_app.pipeline import analyse, climbs, curvature, studies, surface
        from landscape_app.pipeline.run import execute

        watch = PhaseWatch()
        if isinstance(self.spec, StudySpec):
            studies.run(self.runs, self.spec, session=watch.session)
            return watch.rows()
        made = not (self.runs / "run").exists()
        run = (
            RunFolder.create(self.runs, "run", self.spec)
            if made
            else RunFolder.open(self.runs, "run")
        )
        with run.lock():
            if self.command == "run":
                execute(run, watch)
            if self.command == "analyse" or self.analysed:
                analyse.run(run, AnalysisSpec(), watch)
            if self.analysed:
                climbs.climbs(run, watch)
            if self.command == "curvature":
                curvature.curvature(run, CurvatureSpec(), watch)
            if self.command == "surface":
                surface.surface(run, SurfaceSpec(), watch)
        return watch.rows()


@dataclass
class PhaseWatch:
    """Progress that notes the seconds of every phase, and the processor seconds of the process in
    it, or of what else `clock` counts.
    """

    phases: list[Row] = field(default_factory=list)
    begun: tuple[float, float] = (0.0, 0.0)
    clock: Callable[[], float] = time.process_time

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        self._close()
        self.phases.append({"name": name, "steps": total, "unit": unit})
        self.begun = time.perf_counter(), self.clock()

    def advance(self, steps: int = 1) -> None:
        pass

    def check(self) -> None:
        pass

    @contextmanager
    def session(self, path: Path, *, slot: bool = True) -> Iterator[Any]:
        """The session of a study, which this watches, or of one of its runs, which nobody does."""
        from landscape_app.records.progress import Silent

        yield self if slot else Silent()

    def rows(self) -> list[Row]:
        """[{"name", "steps", "unit", "seconds", "processor"}], the last phase being over."""
        self._close()
        return self.phases

    def _close(self) -> None:
        if self.phases and "seconds" not in self.phases[-1]:
            wall, processor = self.begun
            self.phases[-1] |= {
                "seconds": time.perf_counter() - wall,
                "processor": self.clock() - processor,
            }


def _job(name: str, rounds: Sequence[tuple[JobForecast, list[Row]]]) -> Row:
    """Medians over the rounds of one job, and of its phases."""
    phases = [_phases(expected, rows) for expected, rows in rounds]
    totals = [
        {
            key: sum(phase[key] for phase in job.values())
            for key in ("forecast", "seconds", "processor")
        }
        for job in phases
    ]
    named = list(dict.fromkeys(phase for job in phases for phase in job))
    return {
        "job": name,
        **_medians(totals),
        "phases": [
            {"name": phase, **_medians([job[phase] for job in phases if phase in job])}
            for phase in named
        ],
    }


def _phases(expected: JobForecast, rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """{phase: its seconds as forecast, as they were, and without other work on the machine}."""
    forecast = expected.by_name
    nothing = PhaseForecast("", 0.0)
    phases: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys([*(row["name"] for row in rows), *forecast]):
        own = [row for row in rows if row["name"] == name]
        there = forecast.get(name, nothing)
        phases[name] = {
            "forecast": there.seconds,
            "seconds": sum(row["seconds"] for row in own),
            "processor": sum(row["processor"] for row in own) / there.workers,
        }
    return phases


def _medians(values: Sequence[Mapping[str, float]]) -> dict[str, float | None]:
    medians = {name: statistics.median(value[name] for value in values) for name in values[0]}
    expected = medians["forecast"]
    return {name: round(value, 3) for name, value in medians.items()} | {
        "ratio": round(medians["seconds"] / expected, 2) if expected else None,
        "processor_ratio": round(medians["processor"] / expected, 2) if expected else None,
    }
