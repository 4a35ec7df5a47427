"""Laws of PHATE as published in a run: its own distance, rows and t, and no joint picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from landscape_app.pipeline import analyse, compare
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Silent
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import derived, snapshots, usable_results
from landscape_app.store.run import RunFolder
from tests.sampling.problems import TINY

pytestmark = pytest.mark.slow

METHODS = ("phate-published", "phate-published-mds")
QUICK = {"null_repeats": 0, "stability": 0}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sampled runs with 41 epochs of retraining."""
    folder = tmp_path_factory.mktemp("runs")
    for seed, id in enumerate(("one", "two")):
        spec = parse(RunSpec, {**TINY, "seed": seed, "epochs": 41})
        execute(RunFolder.create(folder, id, spec), Silent())
    return folder


def analysed(runs: Path, id: str, **settings) -> list[derived.Result]:
    run = RunFolder.open(runs, id)
    spec = AnalysisSpec(**{"methods": METHODS, **QUICK, **settings})
    analyse.run(run, spec, Silent())
    return [
        result
        for method in METHODS
        for dims in (2, 3)
        if (
            result := usable_results.find(
                run.path, "embedding", method=method, dims=dims, distance=spec.distance
            )
        )
    ]


@pytest.mark.parametrize("distance", ["euclidean", "cosine", "softmax"])
def test_it_is_the_same_whatever_distance_is_chosen(runs, distance) -> None:
    plain = analysed(runs, "one")
    other = analysed(runs, "one", distance=distance)
    assert len(plain) == len(other) == 4
    for one, two in zip(plain, other, strict=True):
        assert np.array_equal(one.arrays["coordinates"], two.arrays["coordinates"])
        assert one.meta["space"] == two.meta["space"]


def test_its_rows_are_the_paper_s_and_the_others_are_named(runs) -> None:
    cloud = snapshots.read(RunFolder.open(runs, "one"))
    step, epoch = cloud.column("step_size") > 0, cloud.column("epoch") <= 39
    for result in analysed(runs, "one"):
        assert np.array_equal(result.arrays["rows"], cloud.column("row")[step & epoch])
        because = result.meta["excluded_because"]
        assert because["as in the paper (the optimum itself)"] == [0]
        ids = sorted(row for rows in because.values() for row in rows)
        assert ids == cloud.column("row")[~(step & epoch)].tolist() == result.meta["excluded"]


def test_each_run_has_its_own_t_also_in_a_comparison(runs) -> None:
    alone = [analysed(runs, id)[0].meta["t"] for id in ("one", "two")]
    spec = AnalysisSpec(methods=(*METHODS, "phate"), t=3, **QUICK)
    study = compare.open_study(runs, ["one", "two"], spec, "both")
    compare.run(study, runs, spec, Silent())
    for id, t in zip(("one", "two"), alone, strict=True):
        result = usable_results.find(runs / id, "embedding", method="phate-published", dims=2)
        assert result is not None
        assert (result.parameters["t"], result.meta["t"]) == (None, t)


def test_there_is_no_joint_picture_and_the_reason_is_stored(runs) -> None:
    spec = AnalysisSpec(methods=("phate-published", "mds"), **QUICK)
    study = compare.open_study(runs, ["one", "two"], spec, "joint")
    compare.run(study, runs, spec, Silent())
    refused = usable_results.find(study.path, "joint", method="phate-published", dims=3)
    assert refused is not None
    assert "no common place" in refused.meta["refused"]
    assert "coordinates" not in refused.arrays
    placed = usable_results.find(study.path, "joint", method="mds", dims=3)
    assert placed is not None
    assert placed.meta["refused"] is None
