"""What the pages forecast is what was measured or can be counted: time, weights, disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from landscape_app.dashboard.common.forecast import SHAPES, forecast
from landscape_app.forecast import known
from landscape_app.forecast.pace import Pace, machine
from landscape_app.registries import DATASETS
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder
from landscape_app.study_settings import parse_study


@pytest.mark.parametrize("data", SHAPES)
@pytest.mark.parametrize("network", ["mlp", "mlp-small"])
def test_weights_are_counted_as_torch_counts_them(data: str, network: str) -> None:
    from landscape_app.networks.construction import create

    loaded = DATASETS[data].load()(**DATASETS[data].settings)
    spec = parse(RunSpec, {"data": data, "network": network, "regime": "plain"})
    built = create(network, loaded.shape, loaded.classes, seed=0)
    assert forecast(spec).parameters == sum(p.numel() for p in built.parameters())
    _, _, train, test = SHAPES[data]
    assert (train, test) == (len(loaded.x_train), len(loaded.x_test))


PACE = Pace(
    machine(),
    **{"build": 0.1, "preparing": 2.0, "epoch": 0.1, "rate": 50.0, "point": 0.001},
    **{"loss": 0.001, "product": 0.001, "speed": 1.0},
    workers=2,
    parameters=1000,
)


def prepared(runs: Path, id: str, **changes: Any) -> RunFolder:
    """A run whose pace was measured: 0.1 s an epoch of training, 50 trajectory-epochs a second."""
    run = RunFolder.create(runs, id, parse(RunSpec, {"data": "mnist", "network": "cnn", **changes}))
    facts = {"parameters": 1000, "classes": 10, "probe_rows": 256, "loss_rows": 1024}
    with run.lock():
        run.mark("prepared", **facts, pace=PACE.to_json())
    return run


def test_times_are_those_that_were_measured_and_no_others(tmp_path: Path) -> None:
    spec = parse(RunSpec, {"data": "mnist", "network": "cnn"})
    assert known.runs_compared([spec], tmp_path, most=4) is None
    prepared(tmp_path, "other", train_batch=10)
    assert forecast(spec, tmp_path).parameters == 1000
    assert known.runs_compared([spec], tmp_path, most=4) is None, "the same weights, another pace"
    prepared(tmp_path, "same")
    usual, run = seconds(spec, tmp_path)
    assert run == "same"
    assert usual["training"] == pytest.approx(200 * 0.1)
    assert usual["sampling"] == pytest.approx(20 * 40 / 50, rel=0.1)
    longer, _ = seconds(parse(RunSpec, {**spec.model_dump(), "train_epochs": 400}), tmp_path)
    assert longer == {**usual, "training": pytest.approx(400 * 0.1)}


def seconds(spec: RunSpec, runs: Path) -> tuple[dict[str, float], str]:
    """({phase: seconds}, the run whose pace it is) of one run."""
    measured = known.runs_compared([spec], runs, most=4)
    assert measured is not None
    return {name: phase.seconds for name, phase in measured[0].by_name.items()}, measured[1]


def test_several_runs_are_forecast_with_their_comparison(tmp_path: Path) -> None:
    spec = parse(RunSpec, {"data": "mnist", "network": "cnn"})
    prepared(tmp_path, "same")
    alone, _ = seconds(spec, tmp_path)
    three = known.runs_compared([spec] * 3, tmp_path, most=4)
    assert three is not None
    assert three[0].by_name["joint embedding"].seconds > 1
    assert three[0].seconds > 3 * sum(alone.values())
    five = known.runs_compared([spec] * 5, tmp_path, most=4)
    assert five is not None
    assert "joint embedding" not in five[0].by_name, "so many are not compared by themselves"


def test_the_time_of_a_study_is_that_of_all_it_does(tmp_path: Path) -> None:
    study = parse_study(
        {"name": "s", "seeds": 2, "networks": ["cnn"], "settings": {"data": "mnist"}}
    )
    assert known.study(study, tmp_path) is None
    prepared(tmp_path, "same")
    measured = known.study(study, tmp_path)
    assert measured is not None
    job, run = measured
    assert run == "same"
    assert [*job.by_name] == [
        "runs",
        "curvature",
        "knees",
        "analysis",
        "joint embedding",
        "statistics",
    ]
    alone, _ = seconds(next(iter(study.runs.values())), tmp_path)
    at_once = max(phase.workers for phase in job.phases)  # runs that workers make side by side
    assert job.seconds > len(study.runs) * 0.8 * sum(alone.values()) / at_once


def test_a_forecast_of_disk_is_what_a_run_takes() -> None:
    small = forecast(parse(RunSpec, {"epochs": 20}))
    large = forecast(parse(RunSpec, {"epochs": 40}))
    assert small.disk is not None
    assert large.disk is not None
    assert 1.9 < large.disk / small.disk < 2.3, "twice the epochs, twice the snapshots"
    assert large.disk == pytest.approx(68.3e6, rel=0.07), (
        "what the quickstart's runs were seen to take"
    )
