"""Laws of the function space that every analysis stores: whole, what its definition gives, by one
kernel and t for compared runs; where there is none, the reason.
"""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from landscape_app.pipeline import analyse, compare
from landscape_app.pipeline.run import execute
from landscape_app.protocol import FUNCTION_METHODS, function_kernel
from landscape_app.records.progress import Silent
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import derived, snapshots, usable_results
from landscape_app.store.run import RunFolder
from landscape_app.stored_run import OpenRun
from landscape_app.versions import ANALYSIS_VERSION
from tests.sampling.problems import TINY

SPEC = AnalysisSpec(methods=("pca",), stability=1, null_repeats=19, loss_repeats=19)
REGRESSION = {"data": "linnerud"}


def sampled(folder: Path, id: str, **changes) -> RunFolder:
    run = RunFolder.create(folder, id, parse(RunSpec, {**TINY, **changes}))
    execute(run, Silent())
    return run


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    """Two runs of one data set, compared; a regression, analysed alone."""
    folder = tmp_path_factory.mktemp("runs")
    sampled(folder, "one")
    sampled(folder, "two", seed=1)
    study = compare.open_study(folder, ["one", "two"], SPEC, "both")
    compare.run(study, folder, SPEC, Silent())
    analyse.run(sampled(folder, "numbers", **REGRESSION), SPEC, Silent())
    return folder


def stored(runs: Path, name: str, id: str = "one", **parameters) -> derived.Result:
    found = usable_results.find(runs / id, name, **parameters)
    assert found is not None, (name, parameters)
    return found


@pytest.mark.parametrize(("id", "distance"), [("one", "softmax"), ("numbers", "outputs")])
def test_function_space_of_a_run_is_whole(runs, id, distance):
    space = stored(runs, "function_space", id)
    rows = snapshots.read(RunFolder.open(runs, id)).column("row")
    assert space.meta == {"distance": distance, "refused": None, "unembedded": None}
    assert np.array_equal(space.arrays["rows"], rows)
    asked = function_kernel(RunFolder.open(runs, id).spec.snapshots)
    for method in FUNCTION_METHODS:
        for dims in (2, 3):
            at = {"method": method, "dims": dims, "distance": distance, **asked}
            picture = stored(runs, "embedding", id, **at)
            assert picture.arrays["coordinates"].shape == (len(rows), dims)
            assert np.isfinite(picture.arrays["coordinates"]).all()
            for score in ("demap", "stress", "trustworthiness", "stability"):
                assert picture.meta[score] is not None, (method, dims, score)
    assert stored(runs, "rips", id, distance=distance).meta["unit"] == ""
    test = stored(runs, "loops", id, distance=distance).meta["rips_h1"]
    assert test["words"]
    assert test["repeats"] in (0, 19)


def test_the_distance_to_the_anchor_is_what_its_definition_gives(runs):
    cloud = snapshots.read(RunFolder.open(runs, "one"))
    p = cloud.probe.whole().astype(np.float64).reshape(len(cloud), -1, cloud.classes)
    space = stored(runs, "function_space").arrays
    expected = np.sqrt(((p - p[0]) ** 2).sum(axis=2).mean(axis=1))
    np.testing.assert_allclose(space["distance"], expected, rtol=1e-9)
    differs = (p.argmax(axis=2) != p[0].argmax(axis=1)).mean(axis=1)
    np.testing.assert_allclose(space["disagreement"], differs)
    assert space["distance"][0] == space["disagreement"][0] == 0
    assert space["distance"].max() > 0.01
    geometry = stored(runs, "geometry", distance="softmax").arrays
    np.testing.assert_allclose(geometry["distances"][0], space["distance"], rtol=1e-5, atol=1e-7)


def test_of_a_regression_it_is_in_standard_deviations_of_the_targets(runs):
    run = RunFolder.open(runs, "numbers")
    cloud = snapshots.read(run)
    scale = np.array(cloud.target_scale)
    assert len(scale) == run.prepared()["outputs"] == 3
    outputs = cloud.probe.whole().astype(np.float64).reshape(len(cloud), -1, 3) / scale
    space = stored(runs, "function_space", "numbers").arrays
    assert "disagreement" not in space
    expected = np.sqrt(((outputs - outputs[0]) ** 2).mean(axis=(1, 2)))
    np.testing.assert_allclose(space["distance"], expected, rtol=1e-5)
    measures = OpenRun(run).measures()
    assert measures["function_return"] is not None
    assert measures["end_disagreement"] is None


def test_targets_are_scaled_by_their_spread_over_the_train_rows(runs):
    from landscape_app.datasets import recipe

    run = RunFolder.open(runs, "numbers")
    targets = recipe.load(run.spec).y_train.astype(np.float64)
    assert run.prepared()["target_scale"] == pytest.approx(targets.std(axis=0), rel=1e-6)
    assert RunFolder.open(runs, "one").prepared()["target_scale"] is None


def test_compared_runs_share_one_kernel_and_the_median_of_their_knees(runs):
    study = runs / "_studies" / "both"
    shared = derived.find(study, "shared", distance="softmax")
    at = {"kernel": "trajectory", "distance": "softmax"}
    knees = {id: stored(runs, "diffusion", id, **at).meta["knee"] for id in ("one", "two")}
    assert shared.meta["knees"] == knees
    assert shared.meta["t"] == int(np.median(list(knees.values())))
    for id in knees:
        picture = stored(runs, "embedding", id, method="phate", dims=3, distance="softmax")
        assert picture.parameters["t"] == shared.meta["t"]
    # the settings' distance keeps a t of its own
    assert derived.find(study, "shared", distance="euclidean").meta["knees"].keys() == knees.keys()


def test_the_joint_pictures_are_made_as_those_of_a_single_run(runs):
    study, asked = (
        runs / "_studies" / "both",
        function_kernel(RunFolder.open(runs, "one").spec.snapshots),
    )
    for method in FUNCTION_METHODS:
        joint = derived.find(study, "joint", method=method, dims=2)
        assert {name: joint.parameters[name] for name in asked} == asked
        assert joint.meta["distance"] == "function space (softmax)"
    assert derived.find(study, "joint", method="pca", dims=2).parameters["k"] == SPEC.k


def test_weights_are_analysed_as_if_function_space_were_not_there(runs):
    """The newest picture and bars of a fresh analysis are in the settings' distance."""
    opened = OpenRun(RunFolder.open(runs, "numbers"))
    for name in ("embedding", "rips"):
        assert opened.result(name).parameters["distance"] == "euclidean"
        newest = derived.all(opened.path, name)[0]
        assert newest.parameters["distance"] == "euclidean"


def between_weights(folder: Path) -> dict[str, bytes]:
    """Every stored array of the analysis in weights, by what it was made by."""
    results = [derived.read(place) for place in derived.places(folder)]
    return {
        f"{result.name} {result.parameters} {name}": array.tobytes()
        for result in results
        if result is not None and result.parameters.get("distance") == "euclidean"
        for name, array in result.arrays.items()
    }


def test_numbers_between_weights_are_the_same_without_it(runs, tmp_path, monkeypatch):
    shutil.copytree(runs / "one", tmp_path / "one", ignore=shutil.ignore_patterns("derived"))
    monkeypatch.setattr(analyse.function_space, "run", lambda *given: None)
    t = derived.find(runs / "_studies" / "both", "shared", distance="euclidean").meta["t"]
    alone = RunFolder.open(tmp_path, "one")
    analyse.run(alone, SPEC.model_copy(update={"t": t}), Silent())
    assert derived.find(alone.path, "rips", distance="softmax") is None
    without, beside = between_weights(alone.path), between_weights(runs / "one")
    assert without.items() <= beside.items()
    assert len(without) > 30


def test_metric_mds_is_on_one_scale_for_all_runs(runs):
    """Its distances are those of the outputs, not of a picture with a unit of its own."""
    for id in ("one", "two"):
        picture = stored(runs, "embedding", id, method="metric-mds", dims=3, distance="softmax")
        geometry = stored(runs, "geometry", id, distance="softmax").arrays["distances"]
        at = picture.arrays["coordinates"].astype(np.float64)
        apart = np.linalg.norm(at[:, None] - at[None], axis=2)
        misfit = np.sqrt(((apart - geometry) ** 2).sum() / (geometry**2).sum())
        assert misfit < 0.2


def test_an_older_regression_has_no_function_space_and_says_why(runs, monkeypatch):
    run = RunFolder.open(runs, "numbers")
    read = snapshots.read
    monkeypatch.setattr(
        snapshots, "read", lambda *given: dataclasses.replace(read(*given), target_scale=())
    )
    for place in derived.places(run.path):
        derived.remove([place])
    analyse.run(run, SPEC, Silent())  # and nothing else of the analysis fails
    space = stored(runs, "function_space", "numbers")
    assert "whose spread over the train rows is recorded" in space.meta["refused"]
    assert list(space.arrays) == []
    assert derived.find(run.path, "embedding", distance="outputs") is None
    assert derived.find(run.path, "embedding", method="pca", distance="euclidean") is not None
    line = next(
        line
        for line in stored(runs, "measures", "numbers").meta["measures"]
        if line["name"] == "function_return"
    )
    assert line["value"] is None
    assert "spread over the train rows" in line["detail"]


def test_networks_that_all_compute_the_same_are_not_embedded_and_say_why(tmp_path, monkeypatch):
    run = sampled(tmp_path, "still")
    read = snapshots.read

    def still(*given):
        cloud = read(*given)
        same = cloud.probe.rows(np.zeros(len(cloud), dtype=np.int64))
        return dataclasses.replace(cloud, probe=same)

    monkeypatch.setattr(snapshots, "read", still)
    analyse.run(run, SPEC, Silent())
    space = stored(tmp_path, "function_space", "still")
    assert space.meta["refused"] is None
    assert space.meta["unembedded"]
    assert not space.arrays["distance"].any()
    assert derived.find(run.path, "embedding", distance="softmax") is None


def test_results_of_the_version_before_are_made_again(runs):
    assert ANALYSIS_VERSION != "0.3.0"
    run = RunFolder.open(runs, "one")
    result = stored(runs, "measures")
    assert not derived.stale(result, run)
    assert derived.stale(dataclasses.replace(result, version="0.3.0"), run)


@pytest.mark.parametrize("snapshots", [1, 17, 121, 400, 657, 821, 5001])
def test_a_smaller_cloud_gets_fewer_neighbours(snapshots):
    kernel = function_kernel(snapshots)
    assert 5 <= kernel["k"] <= 30
    assert kernel["k"] <= max(5, snapshots / 20)
    assert kernel["k_cross"] == (kernel["k"] + 1) // 2
    assert function_kernel(snapshots, least=2)["k"] <= kernel["k"]
    assert AnalysisSpec(**kernel).decay == 10
