"""The forecast of a job has the phases that the job then records, and grows with its work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.bench.forecast import PhaseWatch
from landscape_app.forecast import jobs
from landscape_app.forecast.analysis import of_analysis, of_joint
from landscape_app.forecast.known import known
from landscape_app.forecast.pace import FACTS, Pace, machine, stored
from landscape_app.forecast.phases import JobForecast, PhaseForecast, joined
from landscape_app.forecast.studies import of_study
from landscape_app.pipeline import analyse, compare, static_sampling, studies, surface
from landscape_app.pipeline.climbs import climbs
from landscape_app.pipeline.curvature import curvature
from landscape_app.pipeline.network_measures import phases as of_curvature
from landscape_app.pipeline.run import execute
from landscape_app.registries import SAMPLINGS
from landscape_app.settings import (
    AnalysisSpec,
    CurvatureSpec,
    RunSpec,
    SampleSpec,
    SurfaceSpec,
    parse,
)
from landscape_app.store.run import RunFolder
from landscape_app.study_settings import parse_study

LITTLE: dict[str, Any] = {
    "data": "blobs",
    "network": "mlp-small",
    "train_epochs": 3,
    "seeds": 2,
    "epochs": 2,
    "regime": "plain",
}
ANALYSIS = AnalysisSpec(methods=("phate", "pca"), null_repeats=0, loss_repeats=9, stability=0)
CURVATURE = CurvatureSpec(lanczos_steps=8, steps=4, trace_products=6, draws=2, ends=2, points=3)
PACE = Pace(
    machine(),
    build=0.1,
    preparing=1.0,
    epoch=0.01,
    rate=100.0,
    point=0.001,
    loss=0.001,
    product=0.002,
    speed=1.0,
    workers=2,
    parameters=9_000,
)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, PhaseWatch]:
    """A run that is sampled and analysed, and the watch on it."""
    runs, watch = tmp_path_factory.mktemp("runs"), PhaseWatch()
    run = RunFolder.create(runs, "run", parse(RunSpec, LITTLE))
    with run.lock():
        execute(run, watch)
        analyse.run(run, ANALYSIS, watch)
        climbs(run, watch)
    return run, watch


def same_phases(forecast: JobForecast, watch: PhaseWatch) -> None:
    """The phases are those that were recorded, in their order, with their steps. Climbs are none
    where no sublevel bar is finite, and how many is not known before.
    """
    recorded = [row for row in watch.rows() if row["name"] != "climbs"]
    phases = [phase for phase in forecast.phases if phase.name != "climbs"]
    assert [phase.name for phase in phases] == [row["name"] for row in recorded]
    for phase, row in zip(phases, recorded, strict=True):
        assert (phase.steps, phase.unit) == (row["steps"], row["unit"]), phase.name
    assert {row["name"] for row in watch.rows()} <= {phase.name for phase in forecast.phases}


def test_a_run_is_forecast_phase_by_phase(sampled: tuple[RunFolder, PhaseWatch]) -> None:
    run, watch = sampled
    pace = stored(run)
    assert pace is not None
    same_phases(jobs.of_run(run.spec, pace, ANALYSIS), watch)
    seconds = (run.prepared() or {})["forecast"]["seconds"]
    assert {*seconds} == {"climbs", *(row["name"] for row in watch.rows())}


@pytest.mark.parametrize(
    "kind", ["analyse", "curvature", "line", "random", "hessian", "pca", "naive", "grid"]
)
def test_a_job_on_a_run_is_forecast_phase_by_phase(
    sampled: tuple[RunFolder, PhaseWatch], kind: str
) -> None:
    run, _ = sampled
    pace, watch = stored(run), PhaseWatch()
    assert pace is not None
    with run.lock():
        if kind == "analyse":
            analyse.run(run, ANALYSIS, watch)
            expected = jobs.analysed(run.spec, pace, ANALYSIS)
        elif kind == "curvature":
            curvature(run, CURVATURE, watch)
            expected = jobs.of_curvature(run.spec, pace, CURVATURE)
        elif kind in SAMPLINGS:
            asked = SampleSpec(kind=kind, directions=2, lattice=(2, 2, 2))
            static_sampling.sample(run, asked, watch)
            expected = jobs.of_sampling(run.spec, pace, asked)
        else:
            plane = SurfaceSpec(kind=kind, points=3)
            surface.surface(run, plane, watch)
            expected = jobs.of_surface(run.spec, pace, plane)
    same_phases(expected, watch)


def test_every_phase_of_a_curvature_has_a_forecast() -> None:
    named = [phase.name for phase in jobs.of_curvature(spec(), PACE, CURVATURE).phases]
    assert named == ["preparing", *of_curvature()]
    shared = {name for _, names in of_curvature().values() if len(names) > 0 for name in names}
    assert shared >= jobs.MEASURED


@pytest.mark.slow
def test_studies_and_comparisons_are_forecast_phase_by_phase(tmp_path: Path) -> None:
    study = parse_study(
        {
            "name": "s",
            "regimes": ["good", "plain", "poor"],
            "seeds": 1,
            "settings": {k: v for k, v in LITTLE.items() if k not in ("network", "regime")},
            "networks": ["mlp-small"],
            "analysis": ANALYSIS.model_dump(),
            "curvature": CURVATURE.model_dump(),
            "surface_points": 3,
            "samplings": ["naive", "grid"],
        }
    )
    watch = PhaseWatch()
    studies.run(tmp_path, study, session=watch.session)
    folders = [RunFolder.open(tmp_path, id) for id in study.runs]
    paces = {folder.id: pace for folder in folders if (pace := stored(folder)) is not None}
    assert list(paces) == list(study.runs), "each run measures its pace"
    same_phases(of_study(study, paces), watch)
    folder, watch = compare.open_study(tmp_path, [*study.runs], ANALYSIS), PhaseWatch()
    compare.run(folder, tmp_path, ANALYSIS, watch)
    same_phases(jobs.of_comparison([f.spec for f in folders], [*paces.values()], ANALYSIS), watch)


SPECS = st.builds(
    lambda epochs, seeds, retraining: parse(
        RunSpec, {"train_epochs": epochs, "seeds": seeds, "epochs": retraining}
    ),
    st.integers(1, 500),
    st.integers(1, 20),
    st.integers(1, 200),
)
FORECASTS: dict[str, Callable[[RunSpec], JobForecast]] = {
    "run": lambda spec: jobs.of_run(spec, PACE, AnalysisSpec()),
    "analyse": lambda spec: jobs.analysed(spec, PACE, AnalysisSpec()),
    "curvature": lambda spec: jobs.of_curvature(spec, PACE, CurvatureSpec()),
    "naive": lambda spec: jobs.of_sampling(spec, PACE, SampleSpec()),
    "surface": lambda spec: jobs.of_surface(spec, PACE, SurfaceSpec(kind="pca")),
    "comparison": lambda spec: jobs.of_comparison([spec] * 2, [PACE] * 2, AnalysisSpec()),
}


@pytest.mark.parametrize("kind", FORECASTS)
@given(spec=SPECS, name=st.sampled_from(["train_epochs", "seeds", "epochs"]))
def test_more_work_never_takes_less_time(kind: str, spec: RunSpec, name: str) -> None:
    more = parse(RunSpec, {**spec.model_dump(), name: 2 * getattr(spec, name)})
    small, large = FORECASTS[kind](spec), FORECASTS[kind](more)
    for before, after in zip(small.phases, large.phases, strict=True):
        assert 0 <= before.seconds <= after.seconds, before.name
    assert small.seconds == pytest.approx(sum(p.seconds for p in small.by_name.values()))


@given(st.integers(3, 20_000), st.integers(1, 20_000))
def test_an_analysis_of_more_snapshots_takes_longer(snapshots: int, more: int) -> None:
    spec = AnalysisSpec()
    small, large = (of_analysis(n, 9_000, spec) for n in (snapshots, snapshots + more))
    assert all(a.seconds <= b.seconds for a, b in zip(small.phases, large.phases, strict=True))
    together = [of_joint(n, spec.methods, spec).seconds for n in (snapshots, snapshots + more)]
    assert together == sorted(together)


def test_a_small_earlier_run_does_not_make_a_large_one_long() -> None:
    """A constant part of an analysis is not scaled: 21 snapshots to 821 once made 9 hours of it."""
    small, large = (of_analysis(n, 9_000, AnalysisSpec()).seconds for n in (21, 821))
    assert small < large < 60
    assert small > 0.1


def test_a_faster_machine_takes_less() -> None:
    fast = parse_pace(speed=2.0)
    usual, half = (jobs.analysed(spec(), pace, AnalysisSpec()).seconds for pace in (PACE, fast))
    assert half == pytest.approx(usual / 2)


def test_phases_of_one_name_are_added_up() -> None:
    parts = [
        JobForecast((PhaseForecast("a", seconds, steps, "x"),))
        for seconds, steps in ((1, 2), (3, 4))
    ]
    whole = joined(parts)
    assert whole.by_name == {"a": PhaseForecast("a", 4, 6, "x")}
    assert whole.under("b", 7, "y") == PhaseForecast("b", 4, 7, "y")


def test_a_pace_is_read_from_a_run_of_the_same_shape_on_this_machine(tmp_path: Path) -> None:
    wanted = spec(train_epochs=77, seeds=9, regime="poor", label_corruption=0.3)
    assert known(wanted, tmp_path) is None
    begun(tmp_path, "other-batch", spec(train_batch=10), PACE.to_json())
    begun(tmp_path, "elsewhere", spec(), parse_pace(machine="another").to_json())
    begun(tmp_path, "damaged", spec(), {**PACE.to_json(), "rate": "fast"})
    assert known(wanted, tmp_path) is None
    begun(tmp_path, "same", spec(), PACE.to_json())
    assert known(wanted, tmp_path) == (PACE, "same")


@pytest.mark.parametrize("wrong", [None, [], {}, {"rate": 1}, {**PACE.to_json(), "epoch": -1}])
def test_what_is_no_pace_is_none(wrong: Any) -> None:
    assert Pace.from_json(wrong) is None
    assert Pace.from_json(PACE.to_json()) == PACE


def spec(**changes: Any) -> RunSpec:
    return parse(RunSpec, {"regime": "plain", **changes})


def parse_pace(**changes: Any) -> Pace:
    return Pace(**{**PACE.to_json(), **changes})


def begun(runs: Path, id: str, spec: RunSpec, pace: Any) -> None:
    run = RunFolder.create(runs, id, spec)
    with run.lock():
        run.mark("prepared", parameters=1, plan={"rate": 1.0}, **{FACTS: pace})
