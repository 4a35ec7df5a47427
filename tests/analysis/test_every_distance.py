"""Laws of every distance in the table: agrees with scipy, symmetric, whatever the order and the
blocks; what has no place is named.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from landscape_app.analysis import distances
from landscape_app.analysis.geometry import measure
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.registries import DISTANCES
from landscape_app.seeds import numpy_stream
from tests.analysis.clouds import order_of, rays

CLASSES = 3
SCALE = (0.5, 1.0, 20.0)  # of the targets, where the outputs are those of a regression
# of these the triangle inequality holds
METRICS = [
    "euclidean",
    "softmax",
    "outputs",
    "losses",
]


def answering(cloud: Snapshots, *, examples: int = 20) -> Snapshots:
    """`cloud` with softmax outputs and losses of a linear map of its weights; those near each other
    answer alike.
    """
    rng = numpy_stream(11, "answers")
    inward = rng.standard_normal((cloud.delta.shape[1], examples * CLASSES)).astype(np.float32) * 3
    powers = np.exp(cloud.delta.whole() @ inward).reshape(len(cloud), examples, CLASSES)
    probe = (powers / powers.sum(-1, keepdims=True)).astype(np.float32)
    return replace(
        cloud,
        probe=Matrix.of(probe.reshape(len(cloud), -1)),
        losses=Matrix.of(-np.log(probe[:, :, 0])),
        classes=CLASSES,
    )


@pytest.fixture(scope="module")
def cloud() -> Snapshots:
    return answering(rays(seeds=3, epochs=6))


def meant(name: str, cloud: Snapshots) -> Snapshots:
    """`cloud` as the distance takes it: of a regression where the name is "outputs"."""
    return replace(cloud, classes=0, target_scale=SCALE) if name == "outputs" else cloud


def of(name: str, cloud: Snapshots) -> distances.Distances:
    cloud = meant(name, cloud)
    return DISTANCES[name].load()(cloud)


def from_scipy(name: str, cloud: Snapshots) -> np.ndarray:
    """The same from scipy in float64; NaN where there is no direction."""
    delta, probe, losses = (
        matrix.whole().astype(np.float64) for matrix in (cloud.delta, cloud.probe, cloud.losses)
    )
    if name == "centred_cosine":
        delta = delta - delta.mean(axis=0)
    scaled = probe / np.tile(SCALE, probe.shape[1] // len(SCALE))
    with np.errstate(invalid="ignore", divide="ignore"):
        same = {
            "euclidean": lambda: cdist(delta, delta),
            "cosine": lambda: cdist(delta, delta, "cosine"),
            "centred_cosine": lambda: cdist(delta, delta, "cosine"),
            "softmax": lambda: cdist(probe, probe) / np.sqrt(probe.shape[1] / CLASSES),
            "outputs": lambda: cdist(scaled, scaled) / np.sqrt(probe.shape[1]),
            "losses": lambda: cdist(losses, losses, "cityblock") / losses.shape[1],
        }
        return same[name]()


@pytest.mark.parametrize("name", DISTANCES)
def test_agrees_with_scipy(name, cloud):
    found, expected = of(name, cloud).values, from_scipy(name, cloud)
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-14)


@pytest.mark.parametrize("name", DISTANCES)
def test_symmetric_with_zero_diagonal_and_a_metric_where_it_is_one(name, cloud):
    geometry = measure(meant(name, cloud), DISTANCES[name].load())
    found = of(name, cloud.select(geometry.rows)).values
    assert np.array_equal(found, found.T)
    assert (np.diagonal(found) == 0).all()
    assert (found >= 0).all()
    detour = (found[:, :, None] + found[None]).min(axis=1)
    broken = (found > detour * (1 + 1e-9) + 1e-12).any()
    assert broken == (name not in METRICS)  # 1 − cos is none, and is not shown as one


@pytest.mark.parametrize("name", DISTANCES)
def test_order_and_blocks_do_not_change_it(name, cloud, monkeypatch):
    whole, order = of(name, cloud), order_of(len(cloud))
    moved = of(name, cloud.select(order)).values
    np.testing.assert_allclose(moved, whole.values[np.ix_(order, order)], rtol=1e-9, atol=1e-14)
    monkeypatch.setattr(distances, "WIDEST", 7)
    monkeypatch.setattr(distances, "BLOCK_BYTES", 1)
    monkeypatch.setattr(distances, "NARROWEST", 7)
    np.testing.assert_allclose(
        of(name, cloud).values, whole.values, rtol=1e-12, atol=1e-12 * np.nanmax(whole.values)
    )


@pytest.mark.parametrize("name", DISTANCES)
def test_distinct_snapshots_are_apart_and_merged_ones_are_not(name, cloud):
    geometry = measure(meant(name, cloud), DISTANCES[name].load())
    apart = geometry.between_distinct()
    assert (apart[~np.eye(len(apart), dtype=bool)] > 0).all()
    merged = geometry.distances[np.arange(len(geometry.rows)), geometry.representative]
    assert merged.max() <= 1e-10
    assert (geometry.representative <= np.arange(len(geometry.rows))).all()
    starts = np.isin(
        geometry.rows,
        cloud.column("row")[(cloud.column("step_size") == 0) & (cloud.column("epoch") == 0)],
    )
    assert len(np.unique(geometry.representative[starts])) == (0 if name == "cosine" else 1)


@pytest.mark.parametrize("name", DISTANCES)
def test_what_diverged_is_left_out_by_name_and_changes_nothing_else(name, cloud):
    delta, probe, losses = (
        matrix.whole().copy() for matrix in (cloud.delta, cloud.probe, cloud.losses)
    )
    delta[8], probe[8], losses[8] = np.nan, np.nan, np.inf
    delta[11, 2], probe[11], losses[11] = np.inf, 0.1, np.nan
    gone = np.isin(np.arange(len(cloud)), [8, 11, 20])
    columns = dict(cloud.columns) | {"diverged": gone}
    broken = Snapshots(
        "broken", columns, Matrix.of(delta), Matrix.of(probe), Matrix.of(losses), CLASSES
    )
    geometry, sound = (
        measure(meant(name, broken), DISTANCES[name].load()),
        measure(meant(name, cloud.select(~gone)), DISTANCES[name].load()),
    )
    assert geometry.because["diverged"] == (8, 11, 20)
    assert {
        why: rows for why, rows in geometry.because.items() if why != "diverged"
    } == sound.because
    assert np.array_equal(geometry.rows, sound.rows)
    np.testing.assert_allclose(geometry.distances, sound.distances, rtol=1e-6, atol=1e-12)
    assert np.array_equal(geometry.representative, sound.representative)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("softmax", "no softmax outputs"),
        ("outputs", "no outputs on a probe set"),
        ("losses", "no losses of single examples"),
    ],
)
def test_what_is_not_stored_cannot_be_compared(name, words):
    with pytest.raises(AnalysisError, match=words):
        measure(rays(seeds=1), DISTANCES[name].load())


def test_every_distance_says_what_it_is():
    assert len({entry.label for entry in DISTANCES.values()}) == len(DISTANCES)
    assert all(entry.help.endswith(".") for entry in DISTANCES.values())
    assert all(
        entry.settings.get("note") for name, entry in DISTANCES.items() if name != "euclidean"
    )


def test_outputs_of_classes_and_of_targets_without_a_spread_have_no_unit(cloud):
    with pytest.raises(AnalysisError, match="Use the distance 'softmax'"):
        measure(cloud, DISTANCES["outputs"].load())
    with pytest.raises(AnalysisError, match="whose spread over the train rows is recorded"):
        measure(replace(cloud, classes=0), DISTANCES["outputs"].load())
