"""Laws of an analysis by every distance in the table: whole, beside the others, named by its
distance; what has no meaning is told.
"""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path

import numpy as np
import pytest

from landscape_app.cli.main import main
from landscape_app.errors import AnalysisError
from landscape_app.pipeline import analyse, compare
from landscape_app.pipeline.analysed_run import AnalysedRun
from landscape_app.pipeline.report import of_run, of_study
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Silent
from landscape_app.registries import DISTANCES, FILTRATIONS
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import derived, snapshots
from landscape_app.store.run import RunFolder
from landscape_app.stored_run import OpenRun
from tests.sampling.problems import TINY

pytestmark = pytest.mark.slow

QUICK = {"null_repeats": 0, "stability": 0}
METHODS = AnalysisSpec().methods
# "outputs" is for regression: test_function_space.py has a run of one
OF_CLASSES = [name for name in DISTANCES if name != "outputs"]


def by(distance: str, **changes) -> AnalysisSpec:
    return AnalysisSpec(distance=distance, **QUICK, **changes)


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    """Three sampled runs of one data set, one of them with other labels; the first analysed by
    every distance, weights first.
    """
    folder = tmp_path_factory.mktemp("runs")
    for id, changes in {"one": {}, "two": {"seed": 1}, "poor": {"label_corruption": 0.5}}.items():
        execute(RunFolder.create(folder, id, parse(RunSpec, {**TINY, **changes})), Silent())
    for distance in OF_CLASSES:
        analyse.run(RunFolder.open(folder, "one"), by(distance), Silent())
    return folder


def result(runs: Path, name: str, **parameters) -> derived.Result:
    found = derived.find(runs / "one", name, **parameters)
    assert found is not None, (name, parameters)
    return found


@pytest.mark.parametrize("distance", OF_CLASSES)
def test_default_analysis_is_whole_by_every_distance(runs, distance):
    meant = {
        method for method in METHODS if method != "pca" or DISTANCES[distance].settings.get("axes")
    }
    assert {"phate", "phate-paper", "mds"} <= meant
    geometry = result(runs, "geometry", distance=distance)
    rows = geometry.arrays["rows"]
    for method in METHODS:
        for dims in (2, 3):
            stored = derived.find(
                runs / "one", "embedding", method=method, dims=dims, distance=distance
            )
            assert (stored is not None) == (method in meant)
            if stored is not None:
                assert np.array_equal(stored.arrays["rows"], rows)
                assert np.isfinite(stored.arrays["coordinates"]).all()
                assert stored.meta["excluded_because"] == geometry.meta["excluded_because"]
    assert set(geometry.meta["left_out"]) == set(METHODS) - meant
    distinct = rows[np.unique(geometry.arrays["representative"])]
    for filtration in FILTRATIONS:
        assert np.array_equal(
            result(runs, "sublevel", filtration=filtration, distance=distance).arrays["rows"],
            distinct,
        )


@pytest.mark.parametrize("distance", OF_CLASSES)
def test_rips_is_of_its_own_distance_and_in_units_of_the_norm_only_in_weights(runs, distance):
    rips, geometry = (
        result(runs, "rips", distance=distance),
        result(runs, "geometry", distance=distance).arrays,
    )
    assert rips.meta["unit"] == ("‖θo‖" if distance == "euclidean" else "")
    place = np.searchsorted(geometry["rows"], rips.arrays["h0_rows"])
    lengths = geometry["distances"][place[:, 0], place[:, 1]].astype(np.float64)
    norm = float(rips.meta["weight_norm"]) if distance == "euclidean" else 1.0
    np.testing.assert_allclose(rips.arrays["h0_death"], lengths / norm)


def test_the_anchor_has_no_direction_and_jumps_of_one_direction_are_one(runs):
    cloud = snapshots.read(RunFolder.open(runs, "one"))
    still = cloud.column("row")[
        (cloud.column("step_size") == 0) & (cloud.column("epoch") == 0)
    ].tolist()
    stored = result(runs, "geometry", distance="cosine")
    assert stored.meta["excluded"] == still
    assert stored.meta["excluded_because"] == {"no direction": still}
    jumps = cloud.column("row")[(cloud.column("step_size") > 0) & (cloud.column("epoch") == 0)]
    place = np.searchsorted(stored.arrays["rows"], jumps)
    # two directions at two step sizes
    assert len(set(stored.arrays["representative"][place].tolist())) == 2
    assert len(jumps) == 4


def test_readers_mean_the_distance_they_name_and_weights_where_they_name_none(runs):
    opened = OpenRun(RunFolder.open(runs, "one"))
    # the newest is another's
    assert derived.find(runs / "one", "rips").parameters["distance"] != "euclidean"
    for name in ("geometry", "embedding", "rips", "sublevel"):
        assert opened.result(name).parameters["distance"] == "euclidean"
        assert opened.result(name, distance="losses").parameters["distance"] == "losses"
    told = {distance: of_run(opened.folder, distance=distance) for distance in OF_CLASSES}
    assert of_run(opened.folder) == told["euclidean"]
    for distance, report in told.items():
        stored = result(runs, "embedding", method="phate", dims=3, distance=distance).meta
        assert (report["embedding"]["demap"], report["embedding"]["stress"]) == (
            stored["demap"],
            stored["stress"],
        )


def test_only_a_method_without_meaning_is_a_users_mistake_others_go_on_with_a_word(
    runs, capsys, caplog
):
    at = ("--distance", "cosine", "--null-repeats", "0", "--stability", "0", "--runs", str(runs))
    with caplog.at_level(logging.INFO, logger="landscape"):
        assert main(["analyse", "one", *at]) == 0
    assert "left out: pca" in caplog.text
    capsys.readouterr()
    assert main(["analyse", "one", *at, "--methods", "pca"]) == 2
    assert "Classical MDS (mds) is its counterpart" in capsys.readouterr().err


def test_what_was_not_stored_is_told_once_and_not_compared(tmp_path, caplog):
    run = RunFolder.create(
        tmp_path, "numbers", parse(RunSpec, {**TINY, "data": "linnerud", "epochs": 2})
    )
    execute(run, Silent())
    with pytest.raises(AnalysisError, match="numbers has no softmax outputs on a probe set"):
        analyse.run(run, by("softmax"), Silent())
    assert caplog.text.count("has no softmax outputs") == 1
    assert derived.find(run.path, "measures") is not None  # what needs no distance is done
    assert derived.find(run.path, "embedding", distance="softmax") is None
    bare = dataclasses.replace(AnalysedRun(run, by("losses")).snapshots, losses=None)
    with pytest.raises(AnalysisError, match="numbers has no losses of single examples"):
        DISTANCES["losses"].load()(bare)


def test_study_by_losses_is_joint_in_losses_and_its_t_is_its_own(runs):
    told = {}
    for distance in ("euclidean", "losses"):
        study = compare.open_study(runs, ["one", "two"], by(distance))
        compare.run(study, runs, by(distance), Silent())
        told[distance] = of_study(runs, study, by(distance))
        shared = derived.find(study.path, "shared", distance=distance)
        knees = [
            derived.find(runs / id, "diffusion", kernel="trajectory", distance=distance).meta[
                "knee"
            ]
            for id in study.runs
        ]
        assert shared.meta["t"] == int(np.median(knees))
        assert {run["embedding"]["t"] for run in told[distance]["runs"]} == {shared.meta["t"]}
    spaces = {
        distance: derived.find(study.path, "joint", method="mds", distance=one["joint"]["distance"])
        for distance, one in told.items()
    }
    assert {distance: one.meta["distance"] for distance, one in spaces.items()} == {
        "euclidean": "function space (softmax)",
        "losses": "function space (losses)",
    }
    assert all(
        space.meta["thinned"] == 1 and space.meta["refused"] is None for space in spaces.values()
    )
    assert not np.array_equal(*(space.arrays["coordinates"] for space in spaces.values()))


def test_losses_of_other_labels_are_not_compared(runs):
    study = compare.open_study(runs, ["one", "poor"], by("losses"))
    compare.run(study, runs, by("losses"), Silent())
    stored = derived.find(study.path, "joint", method="phate", dims=3)
    assert "have different train examples or labels" in stored.meta["refused"]
    assert not len(stored.arrays)
    assert of_study(runs, study)["joint"]["refused"] == stored.meta["refused"]
