"""Laws of a run's and a study's analyses, on real small runs: aligned with the snapshots, reused,
reproducible, refused with a reason.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from landscape_app.cli.main import main
from landscape_app.errors import AnalysisError, RunMissingError, SpecError
from landscape_app.pipeline import analyse, compare
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Silent
from landscape_app.registries import FILTRATIONS
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import derived, snapshots
from landscape_app.store.run import RunFolder
from tests.sampling.problems import TINY

SPEC = AnalysisSpec()


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    """A folder with sampled, analysed runs: two of one data set, one of another."""
    folder = tmp_path_factory.mktemp("runs")
    for id, changes in {"one": {}, "two": {"seed": 1}, "other": {"data": "stripes"}}.items():
        run = RunFolder.create(folder, id, parse(RunSpec, {**TINY, **changes}))
        execute(run, Silent())
        analyse.run(run, SPEC, Silent())
    return folder


@pytest.fixture(scope="module")
def study(runs):
    """The study of the two runs that share their data, analysed."""
    folder = compare.open_study(runs, ["one", "two"], SPEC)
    compare.run(folder, runs, SPEC, Silent())
    return folder


def result(runs: Path, name: str, id: str = "one", **parameters) -> derived.Result:
    found = derived.find(runs / id, name, **parameters)
    assert found is not None, (name, parameters)
    return found


def bytes_of(folder: Path) -> dict[str, str]:
    """Hash of the arrays of every stored result, by what it was made by."""
    read = map(derived.read, derived.places(folder))
    return {
        f"{stored.name} {stored.parameters}": hashlib.sha256(
            (stored.path / "arrays.safetensors").read_bytes()
        ).hexdigest()
        for stored in read
        if stored is not None
    }


def test_every_result_is_there(runs):
    for method in SPEC.methods:
        for dims in (2, 3):
            assert (
                result(runs, "embedding", method=method, dims=dims).arrays["coordinates"].shape[1]
                == dims
            )
    for filtration in FILTRATIONS:
        assert result(runs, "sublevel", filtration=filtration).meta["essential"] == 1
    assert result(runs, "measures").meta["measures"]
    assert result(runs, "checks").meta["checks"]


def test_embeddings_cover_every_snapshot_and_equal_weights_share_a_place(runs):
    cloud = snapshots.read(RunFolder.open(runs, "one"))
    starts = np.flatnonzero((cloud.column("step_size") == 0) & (cloud.column("epoch") == 0))
    assert len(starts) == 3  # the anchor, and a control for each of two seeds
    for stored in derived.all(runs / "one", "embedding"):
        assert np.array_equal(stored.arrays["rows"], cloud.column("row"))
        assert (stored.arrays["coordinates"][starts] == stored.arrays["coordinates"][0]).all()
        assert stored.meta["merged"] == 2
        assert stored.arrays["coordinates"].dtype == np.float32


def test_geometry_is_that_of_the_weights(runs):
    delta = snapshots.read(RunFolder.open(runs, "one")).delta.whole().astype(np.float64)
    found = result(runs, "geometry", distance="euclidean").arrays["distances"]
    np.testing.assert_allclose(
        found, np.linalg.norm(delta[:, None] - delta[None], axis=2), rtol=1e-5, atol=1e-9
    )


def test_bars_are_located_at_the_losses_of_their_snapshots(runs):
    cloud = snapshots.read(RunFolder.open(runs, "one"))
    loss = dict(zip(cloud.column("row").tolist(), cloud.column("train_loss").tolist(), strict=True))
    stored = result(runs, "sublevel", filtration="train_loss")
    bars = stored.arrays
    assert [loss[row] for row in bars["birth_row"].tolist()] == bars["birth"].tolist()
    dies = np.isfinite(bars["death"])
    assert [max(loss[a], loss[b]) for a, b in bars["merge_rows"][dies].tolist()] == bars["death"][
        dies
    ].tolist()
    assert (bars["merge_rows"][~dies] == -1).all()
    assert stored.meta["total_persistence"] == pytest.approx(
        (bars["death"] - bars["birth"])[dies].sum()
    )
    for i, row in enumerate(bars["birth_row"]):
        basin = bars["basin_rows"][bars["basin_offsets"][i] : bars["basin_offsets"][i + 1]]
        assert row in basin
        assert min(loss[one] for one in basin.tolist()) == bars["birth"][i]


def test_graph_is_simple_and_connected(runs):
    graph = result(runs, "neighbours").arrays
    i, j = graph["edges"].T
    assert (i < j).all()
    assert len(np.unique(graph["edges"], axis=0)) == len(i)
    reached = np.zeros(len(graph["rows"]), bool)
    reached[0] = True
    for _ in range(len(reached)):
        reached[np.r_[j[reached[i]], i[reached[j]]]] = True
    assert reached.all()


def test_rips_is_in_units_of_the_weight_norm(runs):
    stored = result(runs, "rips", distance="euclidean")
    geometry = result(runs, "geometry", distance="euclidean").arrays
    place = np.searchsorted(geometry["rows"], stored.arrays["h0_rows"])
    expected = (
        geometry["distances"][place[:, 0], place[:, 1]].astype(np.float64)
        / stored.meta["weight_norm"]
    )
    np.testing.assert_allclose(stored.arrays["h0_death"], expected)
    # where the test is stored
    assert stored.meta["note"].startswith("bars of all snapshots, none of them tested")


@pytest.mark.slow
def test_what_is_current_is_reused_and_what_is_made_again_is_the_same(runs):
    before = bytes_of(runs / "one")
    times = {path: path.stat().st_mtime_ns for path in runs.glob("one/derived/*/result.json")}
    analyse.run(RunFolder.open(runs, "one"), SPEC, Silent())
    assert {
        path: path.stat().st_mtime_ns for path in runs.glob("one/derived/*/result.json")
    } == times
    for path in runs.glob("one/derived/*"):
        shutil.rmtree(path)
    analyse.run(RunFolder.open(runs, "one"), SPEC, Silent())
    after = bytes_of(runs / "one")
    assert len(after) > 10
    assert after == {name: before[name] for name in after}


@pytest.mark.slow
def test_compared_runs_share_the_median_of_their_knees(runs, study):
    shared = derived.find(study.path, "shared", distance="euclidean")
    at = {"kernel": "trajectory", "distance": "euclidean"}
    knees = [result(runs, "diffusion", id, **at).meta["knee"] for id in study.runs]
    assert shared.meta["knees"] == dict(zip(study.runs, knees, strict=True))
    assert shared.meta["t"] == int(np.median(knees))
    for id, knee in zip(study.runs, knees, strict=True):
        for name in ("embedding", "sublevel", "neighbours"):
            assert derived.find(runs / id, name, t=shared.meta["t"]) is not None
        assert (
            result(
                runs,
                "embedding",
                id,
                method="phate",
                dims=3,
                t=shared.meta["t"],
                distance="euclidean",
            ).meta["knee"]
            == knee
        )


def test_joint_embedding_holds_every_snapshot_of_every_run(runs, study):
    clouds = [snapshots.read(RunFolder.open(runs, id)) for id in study.runs]
    for method in SPEC.methods:
        stored = derived.find(study.path, "joint", method=method, dims=3)
        assert stored.meta["runs"] == study.runs
        assert stored.meta["refused"] is None
        assert np.array_equal(
            stored.arrays["rows"], np.concatenate([cloud.column("row") for cloud in clouds])
        )
        assert np.array_equal(
            stored.arrays["run"], np.repeat([0, 1], [len(cloud) for cloud in clouds])
        )
        assert np.isfinite(stored.arrays["coordinates"]).all()


def test_networks_draw_arms_of_their_own_in_the_joint_embedding(study):
    stored = derived.find(study.path, "joint", method="phate", dims=3)
    at, run = stored.arrays["coordinates"].astype(np.float64), stored.arrays["run"]
    apart = np.linalg.norm(at[:, None] - at[None], axis=2)
    same = run[:, None] == run
    assert apart[same].mean() < apart[~same].mean()
    assert stored.meta["components"] == 1


def test_a_study_is_found_again_and_nothing_is_computed_twice(runs, study):
    assert compare.open_study(runs, ["one", "two"], SPEC).id == study.id
    before = {path: path.stat().st_mtime_ns for path in study.path.glob("derived/*/result.json")}
    compare.run(study, runs, SPEC, Silent())
    assert {
        path: path.stat().st_mtime_ns for path in study.path.glob("derived/*/result.json")
    } == before
    with pytest.raises(SpecError, match="already"):
        compare.open_study(runs, ["one"], SPEC, study.id)
    with pytest.raises(SpecError, match="named once"):
        compare.open_study(runs, ["one", "one"], SPEC)
    with pytest.raises(RunMissingError):
        compare.open_study(runs, ["one", "none"], SPEC)


@pytest.mark.slow
def test_runs_probed_on_other_data_have_no_joint_embedding_but_a_reason(runs):
    mixed = compare.open_study(runs, ["one", "other"], SPEC, "mixed")
    compare.run(mixed, runs, SPEC, Silent())
    stored = derived.find(mixed.path, "joint", method="phate", dims=3)
    assert "have different probe sets" in stored.meta["refused"]
    assert not len(stored.arrays)
    assert derived.find(mixed.path, "shared").meta["t"] > 0


@pytest.mark.slow
def test_study_of_one_run_is_the_run_in_function_space(runs):
    alone = compare.open_study(runs, ["one"], SPEC, "alone")
    compare.run(alone, runs, SPEC, Silent())
    assert derived.find(alone.path, "joint", method="pca", dims=2).arrays["coordinates"].shape == (
        len(snapshots.read(RunFolder.open(runs, "one"))),
        2,
    )


def test_analysis_without_meaning_is_refused_after_the_others_are_done(runs):
    run = RunFolder.open(runs, "two")
    with pytest.raises(AnalysisError, match="k = 99 nearest snapshots were asked for"):
        analyse.run(run, AnalysisSpec(k=99), Silent())
    assert derived.find(run.path, "embedding", method="pca", k=99) is not None
    assert derived.find(run.path, "embedding", method="phate", k=99) is None


def test_run_without_snapshots_is_refused(tmp_path):
    run = RunFolder.create(tmp_path, "empty", parse(RunSpec, TINY))
    with pytest.raises(AnalysisError, match="no snapshots yet"):
        analyse.knee(run, SPEC, Silent())


@pytest.mark.slow
def test_diverged_trajectories_are_left_out_by_name(tmp_path):
    # every step multiplies the weights by −3
    wild = {"train_epochs": 0, "rate": 10.0, "weight_decay": 0.4, "epochs": 12}
    run = RunFolder.create(tmp_path, "wild", parse(RunSpec, {**TINY, **wild}))
    execute(run, Silent())
    cloud = snapshots.read(run)
    gone = cloud.column("row")[cloud.column("diverged")].tolist()
    assert gone  # the protocol is wild enough
    analyse.run(run, SPEC, Silent())
    stored = result(tmp_path, "embedding", "wild", method="pca", dims=2)
    assert stored.meta["excluded"] == gone
    assert not set(gone) & set(stored.arrays["rows"].tolist())


def test_embeddings_are_made_on_demand_beside_those_that_are_there(runs):
    asked = ["--methods", "isomap", "metric-mds", "--stability", "1"]
    assert main(["analyse", "one", "--runs", str(runs), *asked]) == 0
    for dims in (2, 3):
        assert result(runs, "embedding", method="phate", dims=dims).meta["stability_seeds"] == 3
        stored = result(runs, "embedding", method="metric-mds", dims=dims)
        assert stored.arrays["coordinates"].shape == (len(stored.arrays["rows"]), dims)
        assert stored.meta["stability_seeds"] == 1
        assert (
            0.5 < result(runs, "embedding", method="isomap", dims=dims).meta["trustworthiness"] <= 1
        )


def test_a_picture_is_judged_again_where_more_starts_are_asked_for(runs):
    run = RunFolder.open(runs, "two")
    made = {}
    for asked in (1, 2, 1):
        analyse.run(run, AnalysisSpec(methods=("metric-mds",), stability=asked), Silent())
        stored = result(runs, "embedding", "two", method="metric-mds", dims=2)
        made[asked] = (stored.meta["stability_seeds"], stored.arrays["coordinates"].tobytes())
    assert [made[asked][0] for asked in (1, 2)] == [2, 2]  # what is judged from more starts stays
    assert made[1][1] == made[2][1]
