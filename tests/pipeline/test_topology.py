"""Laws of a run's topology as it is stored: located at its snapshots, tested or said not to be,
complete, and the same again.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from landscape_app.pipeline import significance, topology
from landscape_app.pipeline import topology_arrays as arrays
from landscape_app.pipeline.analysed_run import AnalysedRun
from landscape_app.pipeline.run import execute
from landscape_app.records.progress import Silent
from landscape_app.registries import FILTRATIONS
from landscape_app.settings import AnalysisSpec, RunSpec, parse
from landscape_app.store import derived
from landscape_app.store.run import RunFolder
from tests.analysis.topology.references import distances
from tests.sampling.problems import TINY

SPEC = AnalysisSpec(methods=("pca",), null_repeats=5, loss_repeats=19)
RNG = np.random.default_rng(0)


def analysed(folder: Path, spec: AnalysisSpec, *, drawn: bool = False) -> AnalysedRun:
    """The topology of the run in `folder`; `drawn`: a picture is stored for it, of made-up
    coordinates.
    """
    subject = AnalysedRun(RunFolder.open(folder.parent, folder.name), spec)
    if drawn:
        at = {
            "method": "phate",
            "dims": 2,
            "t": subject.t("trajectory"),
            "seed": 0,
            **topology.kernel(spec),
        }
        rows = subject.geometry.rows
        points = np.random.default_rng(1).normal(size=(len(rows), 2)).astype(np.float32)
        subject.cache.result("embedding", at, lambda: ({"rows": rows, "coordinates": points}, {}))
    topology.run(subject, Silent())
    subject.cache.close()
    return subject


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A sampled run, its topology stored."""
    run = RunFolder.create(tmp_path_factory.mktemp("runs"), "one", parse(RunSpec, TINY))
    execute(run, Silent())
    analysed(run.path, SPEC.model_copy(update={"methods": ("phate",)}), drawn=True)
    return run.path


def stored(folder: Path, name: str, **parameters) -> derived.Result:
    found = derived.find(folder, name, **parameters)
    assert found is not None, (name, parameters)
    return found


@pytest.fixture(scope="module")
def losses(folder) -> dict[str, dict[int, float]]:
    """{filtration: {row: value}} of the distinct snapshots."""
    subject = AnalysedRun(RunFolder.open(folder.parent, "one"), SPEC)
    values = {name: entry.load()(subject.columns) for name, entry in FILTRATIONS.items()}
    return {
        name: dict(zip(subject.distinct_rows.tolist(), v.tolist(), strict=True))
        for name, v in values.items()
    }


@pytest.mark.parametrize("filtration", FILTRATIONS)
def test_profile_is_a_line_of_every_snapshot_at_its_loss(folder, losses, filtration):
    found, value = stored(folder, "profile", filtration=filtration), losses[filtration]
    line = found.arrays
    assert sorted(line["order_rows"].tolist()) == sorted(value)
    assert line["heights"].tolist() == [value[row] for row in line["order_rows"].tolist()]
    assert line["bottom"].tolist() == [value[row] for row in line["row"].tolist()]
    roots = line["parent"] < 0
    assert (line["x_right"] - line["x_left"])[roots].sum() == found.meta["width"] == len(value)
    bars = stored(folder, "sublevel", filtration=filtration).arrays
    assert set(bars["birth"]) <= set(line["bottom"])


@pytest.mark.parametrize("filtration", FILTRATIONS)
def test_leaf_heights_go_from_each_minimum_to_a_saddle(folder, filtration):
    found = stored(folder, "sublevel", filtration=filtration)
    heights, bars = found.arrays["leaf_heights"], found.arrays
    finite = np.isfinite(heights)
    assert found.meta["leaves"] == finite.sum()
    assert found.meta["smad"] == pytest.approx(heights[finite].mean() if finite.any() else 0.0)
    assert (heights <= bars["death"] - bars["birth"]).all()


@pytest.mark.parametrize("filtration", FILTRATIONS)
def test_the_picture_has_bars_at_snapshots_and_says_that_it_is_a_picture(
    folder, losses, filtration
):
    found, value = (
        stored(folder, "triangulation", filtration=filtration, method="phate", dims=2),
        losses[filtration],
    )
    bars = found.arrays
    assert found.meta["label"] == "on the triangulated picture, not in weight space"
    assert bars["h0_birth"].tolist() == [value[row] for row in bars["h0_birth_row"].tolist()]
    assert bars["h1_birth"].tolist() == [
        max(value[row] for row in edge) for edge in bars["h1_birth_rows"].tolist()
    ]
    assert bars["h1_death"].tolist() == [
        max(value[row] for row in triangle) for triangle in bars["h1_death_rows"].tolist()
    ]
    assert found.meta["h1"]["bars"] == len(bars["h1_birth"]) > 0
    assert found.meta["h0"]["essential"] == 1
    assert set(bars["triangles"].reshape(-1).tolist()) == set(value)


def test_significance_tests_every_filtration_in_its_scale(folder):
    found = stored(folder, "significance", loss_repeats=19)
    assert list(found.meta["sublevel"]) == sorted(FILTRATIONS)
    for name, one in found.meta["sublevel"].items():
        assert one["p"] == min(1.0, 2 * min(one["p_low"], one["p_high"]))
        assert one["p_low"] in [k / 20 for k in range(1, 21)]
        assert one["observed"] == pytest.approx(
            stored(folder, "sublevel", filtration=name).meta["total_persistence"], abs=1e-9
        )
        assert found.arrays[f"sublevel_{name}"].shape == (19,)
    scales = {name: one["scale"] for name, one in found.meta["sublevel"].items()}
    labels = {name: entry.label for name, entry in FILTRATIONS.items()}
    assert scales == labels | {"rank_train_loss": labels["log_train_loss"]}
    sides = {
        found.meta["sublevel"][name]["side"]
        for name in ("train_loss", "log_train_loss", "rank_train_loss")
    } - {None}
    assert found.meta["verdict"]["side"] == (sides.pop() if len(sides) == 1 else None)


def test_the_longest_loop_is_tested_and_its_diagram_is_stored(folder):
    found = stored(folder, "significance", repeats=5)
    meta, arrays = found.meta["rips_h1"], found.arrays
    assert meta["statistic"] == "longest finite H1 bar"
    assert set(meta["nulls"]) == {"noise", "reordered"}
    assert (meta["repeats"], meta["smallest_p"]) == (
        5,
        pytest.approx(max(1 / 6, meta["smallest_p"])),
    )
    assert meta["observed"] == (arrays["h1_death"] - arrays["h1_birth"]).max(initial=0.0)
    assert len(arrays["tested_rows"]) == meta["points"]
    assert set(arrays["h1_birth_rows"].reshape(-1).tolist()) <= set(arrays["tested_rows"].tolist())
    assert not [name for name in found.meta if "total" in name]  # only the longest has a verdict


def test_bars_of_all_snapshots_are_not_said_to_be_tested(folder):
    assert (
        stored(folder, "rips", dimension=1)
        .meta["note"]
        .startswith("bars of all snapshots, none of them tested")
    )


def test_without_repeats_neither_is_tested(folder):
    analysed(folder, SPEC.model_copy(update={"null_repeats": 0, "loss_repeats": 0}))
    none = stored(folder, "significance", repeats=0, loss_repeats=0)
    assert none.meta["rips_h1"]["words"] == none.meta["verdict"]["note"] == "not tested"
    assert all(one["note"] == "not tested" for one in none.meta["sublevel"].values())
    assert "h1_birth" not in none.arrays


def test_a_loss_of_zero_has_no_rank_test_and_says_why():
    """Its logarithm has no changes there; the log scale leaves it out of its bars, the ranks do
    not.
    """
    points, steps = RNG.normal(size=(30, 3)), np.column_stack([np.arange(1, 29), np.arange(2, 30)])
    loss = np.abs(RNG.normal(size=30)) + 0.1
    loss[[4, 9]] = 0.0
    edges = arrays.of_neighbours(distances(points), np.arange(30), k=5)[0]["edges"]
    subject = SimpleNamespace(
        spec=SPEC,
        columns={"train_loss": loss, "test_loss": loss},
        space=SimpleNamespace(steps=steps),
        potential=distances(points),
    )
    _, meta = significance._losses(subject, edges)
    assert (
        meta["rank_train_loss"]["note"]
        == "not tested: log₁₀ train loss is not finite at 2 snapshots, so it has no changes there"
    )
    assert meta["log_train_loss"]["p"] is not None
    assert meta["train_loss"]["p"] is not None


def bytes_of(folder: Path) -> dict[str, dict[str, bytes]]:
    """The arrays of every result of topology alone, by what it was made by."""
    found = [
        result
        for name in ("significance", "rips", "sublevel", "profile")
        for result in derived.all(folder, name)
    ]
    return {
        f"{one.name} {one.parameters}": {
            name: values.tobytes() for name, values in one.arrays.items()
        }
        for one in found
    }


def test_what_is_made_again_is_the_same(folder):
    before = bytes_of(folder)
    for name in ("significance", "rips", "sublevel", "profile"):
        for one in derived.all(folder, name):
            shutil.rmtree(one.path)
    analysed(folder, SPEC)
    after = bytes_of(folder)
    assert len(after) == 2 + 2 * len(FILTRATIONS)
    assert after == {name: before[name] for name in after}


def test_voids_are_stored_beside_the_loops_where_they_are_asked_for(folder):
    analysed(folder, SPEC.model_copy(update={"rips_dimension": 2, "rips_quantile": 1.0}))
    found = stored(folder, "rips", dimension=2)
    b = len(found.arrays["h2_birth"])
    assert found.meta["bars_h2"] + found.meta["censored_h2"] == b
    for name, shape in {
        "h2_death": (b,),
        "h2_birth_rows": (b, 2),
        "h2_death_rows": (b, 2),
        "h2_censored": (b,),
    }.items():
        assert found.arrays[name].shape == shape
    assert (found.meta["points_h2"], found.meta["error_h2"]) == (found.meta["snapshots"], 0.0)
    assert "h2_birth" not in stored(folder, "rips", dimension=1).arrays


def test_function_space_is_tested_by_the_order_of_the_steps(folder):
    analysed(folder, SPEC.model_copy(update={"distance": "softmax"}))
    meta = stored(folder, "significance", distance="softmax").meta["rips_h1"]
    assert set(meta["nulls"]) <= {"reordered"}
    assert meta["words"]
    assert stored(folder, "rips", distance="softmax").meta["unit"] == ""


def test_losses_that_are_not_finite_are_kept_and_named_and_cut_nothing():
    points = RNG.normal(size=(40, 3))
    matrix, rows = distances(points), np.arange(100, 140)
    values = RNG.normal(size=40)
    values[[3, 7, 11]] = np.nan, np.inf, -np.inf
    edges = arrays.of_neighbours(matrix, rows, k=5)[0]["edges"]
    finite, inside = arrays.of_finite(values, edges, lambda: matrix, k=5)
    bars = arrays.bars_of(values, inside, finite)
    for stored_arrays, meta in (
        arrays.of_sublevel(bars, values, rows, finite),
        arrays.of_profile(bars, values, rows, finite),
        arrays.of_triangulation(points[:, :2], values, rows),
    ):
        assert meta["excluded"] == [103, 107, 111]
        named = [
            stored_arrays[n]
            for n in ("birth_row", "basin_rows", "order_rows", "row", "triangles", "h0_birth_row")
            if n in stored_arrays
        ]
        assert named
        assert not {103, 107, 111} & set(
            np.concatenate([array.reshape(-1) for array in named]).tolist()
        )
    assert np.isinf(bars.diagram.death).sum() == 1
    kept = arrays.of_sublevel(bars, values, rows, finite)[0]["values"]
    assert np.array_equal(kept, values, equal_nan=True)


def test_fewer_snapshots_than_neighbours_are_all_neighbours():
    matrix = distances(RNG.normal(size=(4, 2)))
    found, meta = arrays.of_neighbours(matrix, np.arange(4), k=20)
    assert (len(found["edges"]), meta["k"]) == (6, 3)
