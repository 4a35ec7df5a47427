"""The bench of forecasts at a tiny size: every phase of a job stands beside its forecast."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landscape_app.bench import forecast
from landscape_app.bench.forecast import BenchJob
from landscape_app.cli.main import main

pytestmark = pytest.mark.slow

LITTLE: dict[str, Any] = {
    "data": "blobs",
    "network": "mlp-small",
    "train_epochs": 3,
    "seeds": 1,
    "epochs": 2,
}


@pytest.mark.exhaustive
def test_forecasts_stand_beside_the_jobs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = (
        BenchJob("little", LITTLE, analysed=False, then=("surface",)),
        BenchJob("another", LITTLE),
    )
    monkeypatch.setattr(
        forecast.measure, "__kwdefaults__", {"repeats": 1, "cases": cases, "only": ""}
    )
    assert main(["bench", "forecast", "--json", "--only", "little"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [job["job"] for job in result["jobs"]] == ["little", "little: surface"]
    run, surface = ({phase["name"]: phase for phase in job["phases"]} for job in result["jobs"])
    assert [*run] == ["preparing", "training", "sampling"]
    assert [*surface] == ["preparing", "surface", "projection"]
    for job in result["jobs"]:
        assert job["ratio"] == pytest.approx(job["seconds"] / job["forecast"], abs=0.01)
        for name in ("forecast", "seconds", "processor"):
            parts = [phase[name] for phase in job["phases"]]
            assert min(parts) > 0
            assert job[name] == pytest.approx(sum(parts), abs=0.01)
