"""Laws of the stored curvature: it agrees with what was recorded, is whole, reused, refused and
cancelled in words.
"""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch

from landscape_app.cli.main import main
from landscape_app.datasets import recipe
from landscape_app.datasets.objects import from_objects
from landscape_app.errors import AnalysisError, Cancelled, ResumeError
from landscape_app.measure_table import NETWORK
from landscape_app.measure_table import of as measures_of
from landscape_app.networks.construction import of_spec
from landscape_app.pipeline.curvature import curvature
from landscape_app.pipeline.network_measures import PARTS, merge_tree
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.probes import barriers
from landscape_app.records.progress import Silent
from landscape_app.seeds import numpy_stream
from landscape_app.settings import CurvatureSpec, RunSpec, parse
from landscape_app.store import derived, snapshots
from landscape_app.store.run import RunFolder
from tests.sampling.problems import IMAGES, TINY

pytestmark = pytest.mark.slow

NETWORKED = set(measures_of(NETWORK))
FEW = {
    "eigenvalues": 2,
    "lanczos_steps": 30,
    "probes": 2,
    "steps": 8,
    "trace_products": 12,
    "draws": 2,
    "points": 5,
}


def made(runs, given=None, **settings):
    run = RunFolder.create(runs, "one", parse(RunSpec, settings))
    with run.lock():
        execute(run, Silent(), given)
    return run


@pytest.fixture(scope="module", params=[TINY, IMAGES], ids=["tables", "images"])
def run(request, tmp_path_factory):
    return made(tmp_path_factory.mktemp("runs"), **request.param)


def of(run, progress=None, given=None, **settings):
    return curvature(run, parse(CurvatureSpec, {**FEW, **settings}), progress or Silent(), given)


def value(result, name):
    return next(measure for measure in result.meta["measures"] if measure["name"] == name)


@pytest.mark.slow
def test_every_measure_is_there_with_its_words(run):
    measures = of(run).meta["measures"]
    assert (
        {measure["name"].partition("[")[0] for measure in measures}
        == NETWORKED
        == {name for _, covers in PARTS.values() for name in covers}
    )
    assert len({measure["name"] for measure in measures}) == len(measures)
    for one in measures:
        assert set(one) == {
            "name",
            "label",
            "value",
            "unit",
            "direction",
            "worse",
            "source",
            "help",
            "cost",
            "detail",
            "error",
        }
        assert one["value"] is not None or one["detail"]
        assert one["value"] is None or (
            math.isfinite(one["value"])
            and one["direction"].startswith("higher = ")
            and one["source"]
        )


def test_ends_and_anchor_have_the_losses_that_were_recorded(run):
    """Running statistics move along a segment too: without that the ends of a network with
    BatchNorm would be off.
    """
    arrays, taken = of(run).arrays, snapshots.read(run)
    place = np.searchsorted(taken.column("row"), arrays["end_rows"])
    np.testing.assert_allclose(arrays["end_losses"], taken.column("train_loss")[place], rtol=1e-5)
    assert arrays["end_rows"][0] == 0
    assert len(arrays["end_rows"]) == 1 + sum(size > 0 for _, size in run.spec.trajectories)


def test_the_merge_tree_is_that_of_the_heights(run):
    arrays = of(run).arrays
    n = len(arrays["end_rows"])
    assert len(arrays["pairs"]) == n * (n - 1) // 2
    np.testing.assert_array_equal(arrays["heights"], arrays["profiles"].max(1))
    assert np.isinf(arrays["death"]).sum() == 1  # every two ends are joined
    assert arrays["birth"].min() == arrays["end_losses"].min()
    assert set(arrays["death"][np.isfinite(arrays["death"])]) <= set(arrays["heights"])
    assert set(arrays["birth_row"]) <= set(arrays["end_rows"])
    bars = (arrays["death"] - arrays["birth"])[np.isfinite(arrays["death"])]
    assert value(of(run), "barrier_persistence")["value"] == pytest.approx(bars.sum(), abs=1e-15)


def test_the_bar_of_two_wells_is_the_barrier_between_them():
    wells = np.array([[-0.7, 0.0], [0.7, 0.0], [0.72, 0.1]])  # two in one well

    def loss(at):
        return float((at[0] ** 2 - 0.49) ** 2 + 0.3 * at[1] ** 2 + 0.05 * at[0])

    losses, pairs, profiles = barriers.between(loss, wells, points=401)
    bars, arrays = merge_tree(np.array([0, 8, 16]), losses, pairs, profiles.max(1))
    whole = [barriers.Segment(profile).barrier for profile in profiles]
    # the third point is no minimum: straight down from it is the second
    assert bars == [pytest.approx(whole[0], abs=1e-12)]
    # the saddle lies on the axis
    assert whole[0] == pytest.approx(0.24015625 - 0.035, abs=2e-3)
    assert arrays["birth_row"].tolist() == [0, 8]
    assert 0 in arrays["merge_rows"][1]
    apart, _ = merge_tree(
        np.array([0, 8, 16]), np.array([1.0, 2.0, np.inf]), np.empty((0, 2), np.int64), np.empty(0)
    )
    assert apart == []  # nothing joins them, and what is not finite is no vertex


@pytest.mark.slow
def test_spectrum_trace_and_eigenvalues_tell_of_the_same_hessian(run):
    result = of(run, probes=6, steps=25, trace_products=90)
    arrays, trace = result.arrays, value(result, "hessian_trace")
    assert math.fsum(arrays["weights"]) == 1.0
    assert arrays["density"].sum() * np.diff(arrays["grid"])[0] == pytest.approx(1, rel=1e-9)
    assert arrays["eigenvalues"][0] == pytest.approx(arrays["nodes"].max(), rel=1e-3)
    assert value(result, "hessian_top")["value"] == arrays["eigenvalues"][0]
    layers = [
        measure["value"]
        for measure in result.meta["measures"]
        if measure["name"].startswith("hessian_trace[")
    ]
    assert math.fsum(layers) == pytest.approx(trace["value"], rel=1e-9)
    size = result.meta["parameters"]
    by_probe = size * np.bincount(arrays["probe"], arrays["weights"] * arrays["nodes"]) * 6
    error = by_probe.std(ddof=1) / math.sqrt(6)
    assert by_probe.mean() == pytest.approx(
        trace["value"], abs=5 * error + 0.05 * abs(trace["value"])
    )


def test_a_current_result_is_reused_and_gives_the_same_numbers_when_it_is_not(run):
    first, again = of(run), of(run)
    assert (again.path, again.created) == (first.path, first.created)
    other = of(run, seed=1)
    assert other.path != first.path
    assert value(other, "hessian_trace")["value"] != value(first, "hessian_trace")["value"]
    kept = {name: np.array(first.arrays[name]) for name in first.arrays}
    (first.path / "result.json").unlink()
    anew = of(run)
    assert anew.meta["measures"] == first.meta["measures"]
    for name, array in kept.items():
        np.testing.assert_array_equal(anew.arrays[name], array)


class Stopping(Silent):
    def __init__(self, phase):
        self.until, self.now = phase, ""

    def phase(self, name, total=0, unit=""):
        self.now = name

    def check(self):
        if self.now == self.until:
            raise Cancelled


# which is one pass of one row
@pytest.mark.parametrize("phase", [name for name in PARTS if name != "path norm"])
def test_a_cancel_in_every_phase_leaves_nothing_half_done(run, phase):
    with pytest.raises(Cancelled):
        of(run, Stopping(phase), seed=70)
    assert derived.find(run.path, "curvature", seed=70) is None


def test_ends_that_are_left_out_are_counted_and_are_those_of_smaller_jumps(tmp_path):
    run = made(tmp_path, **TINY)
    result = of(run, ends=2)
    taken = snapshots.read(run)
    place = np.searchsorted(taken.column("row"), result.arrays["end_rows"])
    assert taken.column("step_size")[place].tolist() == [0.0, 1.0, 1.0]
    assert (taken.column("epoch")[place][1:] == run.spec.epochs).all()
    assert "2 ends of smaller jumps left out" in value(result, "barrier_to_anchor")["detail"]


def test_an_end_that_diverged_is_no_end_and_one_whose_loss_is_infinite_is_kept_and_named(tmp_path):
    run = made(tmp_path, **TINY, workers=1)
    line = run.committed("chunk")[-1]
    facts = {key: line[key] for key in ("bundle", "trajectories", "first", "last")}
    tensors = {name: np.array(value) for name, value in run.tensors(line["file"]).items()}
    first, second = [
        place
        for place, index in enumerate(line["trajectories"])
        if run.spec.trajectories[index][1] > 0
    ][:2]
    tensors["delta"][first, -1, 3], tensors["delta"][second, -1] = np.nan, 1e30
    run.commit("chunk", line["file"], tensors, **facts)
    result = of(run)
    arrays = result.arrays
    assert len(arrays["end_rows"]) == 4  # of four jumps and the anchor
    assert (~np.isfinite(arrays["end_losses"])).sum() == 1
    assert "1 not finite" in value(result, "barrier_to_anchor")["detail"]
    lost = arrays["end_rows"][~np.isfinite(arrays["end_losses"])]
    assert not np.isin(lost, arrays["birth_row"]).any()
    assert np.isfinite(value(result, "barrier_persistence")["value"])


def test_a_regression_has_no_margins_and_says_so_and_bears_noise_by_its_loss(tmp_path):
    x = numpy_stream(0, "test").standard_normal((80, 3)).astype(np.float32)
    data = from_objects(
        "given",
        (x, x @ np.float32([[1], [2], [3]])),
        (x[:20], x[:20] @ np.float32([[1], [2], [3]])),
    )
    network = torch.nn.Linear(3, 1)
    given = UserObjects(data=data, network=network)
    settings = {
        **TINY,
        "data": "given",
        "network": "given",
        "regime": "given",
        "train_epochs": 30,
        "weight_decay": 0.0,
        "label_corruption": 0.0,
    }
    run = made(tmp_path, given=given, **settings)
    result = of(run, given=given)
    assert "one output for each class" in value(result, "margin_10")["detail"]
    assert value(result, "margin_10")["value"] is None
    assert "rise of the loss" in value(result, "pac_bayes_sigma")["detail"]
    inside = np.c_[data.x_train, np.ones(80)].astype(float)
    values = np.linalg.eigvalsh(2 * inside.T @ inside / 80)[::-1]  # that of linear least squares
    np.testing.assert_allclose(result.arrays["eigenvalues"], values[:2], rtol=1e-5)
    assert value(result, "hessian_trace")["value"] == pytest.approx(values.sum(), rel=1e-5)
    # noise on a bowl of curvature H raises the loss by ½σ² tr H on average
    noise = of(run, given=given, draws=60)
    found = value(noise, "pac_bayes_sigma")
    assert found["value"] == pytest.approx(math.sqrt(2 * 0.1 / values.sum()), rel=0.3)


def test_without_an_anchor_nothing_curves(tmp_path):
    with pytest.raises(AnalysisError, match="landscape resume one"):
        of(RunFolder.create(tmp_path, "one", parse(RunSpec, TINY)))


def test_a_run_of_ones_own_network_needs_it_again_and_leaves_it_alone(tmp_path):
    spec = parse(RunSpec, TINY)
    network = of_spec(spec, recipe.load(spec))
    given = UserObjects(network=network)
    run = made(tmp_path, given=given, **{**TINY, "network": "given"})
    with pytest.raises(ResumeError, match="made by explore"):
        of(run)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    assert value(of(run, given=given), "hessian_top")["value"] is not None
    assert all(bool((value == before[key]).all()) for key, value in network.state_dict().items())


def test_the_command_speaks_json_and_words(run, capsys):
    few = [
        word
        for name, number in FEW.items()
        for word in (f"--{name.replace('_', '-')}", str(number))
    ]
    assert main(["curvature", run.id, "--runs", str(run.path.parent), *few, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["settings"]["probes"] == 2
    assert {"hessian_top", "margin_10"} <= {measure["name"] for measure in said["measures"]}
    assert main(["curvature", run.id, "--runs", str(run.path.parent), *few]) == 0
    assert "Hessian trace" in capsys.readouterr().out
    assert main(["curvature", run.id, "--runs", str(run.path.parent), "--probes", "1"]) == 2
    assert "greater than or equal to 2" in capsys.readouterr().err
