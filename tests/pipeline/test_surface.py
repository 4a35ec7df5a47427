"""Laws of the stored surface: its centre and its jumps have the losses that were recorded; it is
reused, refused and exported in words.
"""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest

from landscape_app.cli.main import main
from landscape_app.errors import AnalysisError, Cancelled, DataError, ResumeError
from landscape_app.networks.construction import of_spec
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.surface import KEEP, REESTIMATE, export, surface
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.progress import Silent
from landscape_app.registries import PLANES
from landscape_app.sampling.planes import SCORES
from landscape_app.settings import RunSpec, SurfaceSpec, parse
from landscape_app.store import derived, snapshots
from landscape_app.store.run import RunFolder
from tests.sampling.problems import IMAGES, TINY

pytestmark = pytest.mark.slow

KINDS = {"tables": TINY, "images": IMAGES, "re-estimated": {**IMAGES, "batchnorm": "re-estimate"}}


def made(runs, name="one", given=None, **settings):
    run = RunFolder.create(runs, name, parse(RunSpec, settings))
    with run.lock():
        execute(run, Silent(), given)
    return run


@pytest.fixture(scope="module", params=KINDS)
def run(request, tmp_path_factory):
    return made(tmp_path_factory.mktemp("runs"), **KINDS[request.param])


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return made(tmp_path_factory.mktemp("runs"), **IMAGES)


def of(run, progress=None, given=None, **settings):
    return surface(run, parse(SurfaceSpec, {"points": 5, **settings}), progress or Silent(), given)


@pytest.mark.parametrize("kind", PLANES)
def test_every_kind_has_the_anchor_in_its_centre_and_every_snapshot_a_place(run, kind):
    result, taken = of(run, kind=kind), snapshots.read(run)
    arrays, anchor = result.arrays, run.tensors("anchor.safetensors")
    middle = len(arrays["beta"]) // 2, 2
    for name in ("train_loss", "test_loss"):
        assert arrays[name][middle] == pytest.approx(
            float(anchor[f"scores.{name}"].item()), rel=1e-6, abs=1e-6
        )
        assert result.meta["centre"][f"{name}_apart"] < 1e-6
    assert arrays["train_accuracy"][middle] == anchor["scores.train_accuracy"].item()
    for name in SCORES:
        assert arrays[name].shape == (len(arrays["beta"]), 5)
    np.testing.assert_array_equal(arrays["rows"], taken.column("row"))
    assert arrays["coordinates"].shape == (len(taken), 2)
    assert not arrays["coordinates"][0].any()
    assert len(result.meta["labels"]) == len(result.meta["direction_norms"]) == result.meta["dims"]
    if kind == "line":
        assert arrays["beta"].tolist() == [0.0]
        assert not arrays["coordinates"][:, 1].any()
    else:
        assert result.meta["angle_degrees"] == pytest.approx(
            90, abs=0.01 if kind != "random" else 45
        )


def test_residuals_and_coordinates_make_up_the_recorded_distances(run):
    taken = snapshots.read(run)
    for kind in ("hessian", "pca"):  # orthogonal axes
        result = of(run, kind=kind)
        inside = result.arrays["coordinates"] * np.array(result.meta["direction_norms"])
        whole = np.sqrt(np.square(inside).sum(1) + np.square(result.arrays["residual"]))
        np.testing.assert_allclose(whole, taken.column("distance"), rtol=1e-5, atol=1e-6)


def test_jumps_of_the_planes_directions_lie_on_its_axes_with_their_recorded_loss(run):
    result, taken = of(run, kind="random", points=5), snapshots.read(run)
    arrays = result.arrays
    for axis, seed in enumerate((0, 1)):
        for position in (3, 4):  # steps 0.5 and 1
            step = arrays["alpha"][position]
            here = (
                (taken.column("epoch") == 0)
                & (taken.column("seed") == seed)
                & (taken.column("step_size") == step)
            )
            if step not in run.spec.step_sizes:
                continue
            assert here.sum() == 1
            np.testing.assert_allclose(
                arrays["coordinates"][here][0], np.eye(2)[axis] * step, atol=1e-6
            )
            assert arrays["residual"][here][0] < 1e-5 * result.meta["jump_length"]
            cell = (2, position) if axis == 0 else (position, 2)
            for name in SCORES:
                assert arrays[name][cell] == pytest.approx(taken.column(name)[here][0], rel=1e-5)


def test_the_principal_plane_leaves_less_over_than_any_other(run):
    shares = {kind: of(run, kind=kind).meta["residual_share"] for kind in PLANES}
    assert shares["pca"] == pytest.approx(1 - sum(of(run, kind="pca").meta["explained"]), rel=1e-4)
    assert all(shares["pca"] <= share <= 1 + 1e-9 for share in shares.values())


def test_what_becomes_of_running_statistics_is_said(run):
    expected = {"tables": None, "images": KEEP, "re-estimated": REESTIMATE}
    names = [name for name, settings in KINDS.items() if parse(RunSpec, settings) == run.spec]
    assert of(run, kind="line").meta["batchnorm"] == expected[names[0]]


def test_a_current_surface_is_reused_and_other_settings_are_another(images):
    first, again = of(images, kind="line"), of(images, kind="line")
    assert (again.path, again.created) == (first.path, first.created)
    for changed in ({"points": 7}, {"extent": 0.5}, {"seed": 1}, {"kind": "random"}):
        assert of(images, **{"kind": "line", **changed}).path != first.path
    assert not derived.stale(first, images)


def test_a_surface_is_computed_again_when_more_is_sampled(tmp_path):
    run = made(tmp_path, **IMAGES)
    before = of(run, kind="pca")
    line = run.committed("chunk")[-1]
    facts = {key: line[key] for key in ("bundle", "trajectories", "first", "last")}
    tensors = {name: np.array(value) for name, value in run.tensors(line["file"]).items()}
    tensors["delta"] *= 2
    run.commit("chunk", line["file"], tensors, **facts)
    after = of(run, kind="pca")
    assert derived.stale(before, run)
    assert not np.array_equal(before.arrays["coordinates"], after.arrays["coordinates"])


def test_a_diverged_snapshot_has_no_place_and_is_named(tmp_path):
    run = made(tmp_path, **IMAGES)
    line = run.committed("chunk")[-1]
    facts = {key: line[key] for key in ("bundle", "trajectories", "first", "last")}
    tensors = {name: np.array(value) for name, value in run.tensors(line["file"]).items()}
    tensors["delta"][0, -1, 3], tensors["scores.distance"][0, -1] = np.nan, np.nan
    tensors["scores.diverged"][0, -1] = 1
    run.commit("chunk", line["file"], tensors, **facts)
    for kind in ("pca", "random"):
        result = of(run, kind=kind)
        lost = result.meta["excluded"]
        assert len(lost) == 1
        place = np.isnan(result.arrays["residual"])
        assert result.arrays["rows"][place].tolist() == lost
        assert np.isnan(result.arrays["coordinates"][place]).all()
        assert np.isfinite(result.arrays["coordinates"][~place]).all()


class Stopping(Silent):
    def __init__(self, phase):
        self.until, self.now = phase, ""

    def phase(self, name, total=0, unit=""):
        self.now = name

    def check(self):
        if self.now == self.until:
            raise Cancelled

    def advance(self, steps=1):
        self.check()


@pytest.mark.parametrize(("phase", "seed"), [("curvature", 70), ("surface", 71)])
def test_a_cancel_leaves_nothing_half_done(images, phase, seed):
    with pytest.raises(Cancelled):
        of(images, Stopping(phase), kind="hessian", seed=seed)
    assert derived.find(images.path, "surface", seed=seed) is None
    assert of(images, kind="hessian", seed=seed).parameters["seed"] == seed


def test_without_an_anchor_there_is_nothing_to_look_around(tmp_path):
    with pytest.raises(AnalysisError, match="landscape resume new"):
        of(RunFolder.create(tmp_path, "new", parse(RunSpec, IMAGES)))


def test_a_run_of_ones_own_network_needs_it_again(tmp_path):
    from landscape_app.datasets import recipe

    spec = parse(RunSpec, IMAGES)
    network = of_spec(spec, recipe.load(spec))
    given = UserObjects(network=network)
    run = made(tmp_path, given=given, **{**IMAGES, "network": "given"})
    with pytest.raises(ResumeError, match="explore"):
        of(run, kind="line")
    before = {key: value.clone() for key, value in network.state_dict().items()}
    assert of(run, given=given, kind="hessian").meta["centre"]["train_loss_apart"] < 1e-6
    assert all(bool((value == before[key]).all()) for key, value in network.state_dict().items())


def test_changed_data_are_refused(tmp_path):
    rng = np.random.default_rng(0)
    file = tmp_path / "mine.npz"

    def save():
        x = {
            f"x_{side}": rng.standard_normal((40, 6)).astype(np.float32)
            for side in ("train", "test")
        }
        np.savez(file, **x, **{f"y_{side}": np.arange(40) % 3 for side in ("train", "test")})

    save()
    run = made(tmp_path, **{**TINY, "data": f"npz:{file}"})
    assert of(run, kind="line").meta["dims"] == 1
    save()
    assert of(run, kind="line", seed=1).meta["dims"] == 1  # of the copy that is kept with the run
    shutil.rmtree(run.path.parent / "_data")
    with pytest.raises(DataError, match="has changed since"):
        of(run, kind="line", seed=2)


@pytest.mark.parametrize("kind", ["line", "random"])
def test_what_is_exported_is_what_is_stored(images, tmp_path, kind):
    result, taken = of(images, kind=kind), snapshots.read(images)
    packed, grid, rows = export(images, result, tmp_path / "deep" / "out")
    with np.load(packed) as arrays:
        assert set(arrays) == set(result.arrays)
        for name in arrays:
            np.testing.assert_array_equal(arrays[name], result.arrays[name])
    with grid.open() as file:
        points = list(csv.DictReader(file))
    assert len(points) == result.arrays["train_loss"].size
    for point in points:
        cell = (
            result.arrays["beta"].tolist().index(float(point["beta"])),
            result.arrays["alpha"].tolist().index(float(point["alpha"])),
        )
        assert all(float(point[name]) == result.arrays[name][cell] for name in SCORES)
    with rows.open() as file:
        lines = list(csv.DictReader(file))
    for line, row, place in zip(
        lines, taken.column("row"), result.arrays["coordinates"], strict=True
    ):
        assert int(line["row"]) == row
        assert (float(line["alpha"]), float(line["beta"])) == tuple(place)
    np.testing.assert_array_equal(
        [float(line["train_loss"]) for line in lines], taken.column("train_loss")
    )


def test_the_command_speaks_json_and_names_what_is_wrong(images, tmp_path, capsys):
    runs, id = str(images.path.parent), images.id
    assert (
        main(
            [
                "surface",
                id,
                "--runs",
                runs,
                "--kind",
                "line",
                "--points",
                "5",
                "--json",
                "--to",
                str(tmp_path),
            ]
        )
        == 0
    )
    said = json.loads(capsys.readouterr().out)
    assert said["kind"] == "line"
    assert said["centre"]["train_loss_apart"] < 1e-6
    assert len(said["files"]) == 3
    assert main(["surface", id, "--runs", runs, "--kind", "line", "--points", "5"]) == 0
    assert "jump of step size 1" in capsys.readouterr().out
    for wrong, word in (
        (["--points", "50"], "odd"),
        (["--kind", "hesian"], "Did you mean 'hessian'"),
        (["--extent", "0"], "greater than 0"),
    ):
        assert main(["surface", id, "--runs", runs, *wrong]) == 2
        assert word in capsys.readouterr().err
