"""Laws of distances: exact at every step size, symmetric, the same whatever the order and the blocks; diverged rows left out by name."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from landscape_app.analysis import distances
from landscape_app.analysis.geometry import measure
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Matrix
from tests.analysis.clouds import order_of, rays, snapshots


def exact(rows: np.ndarray) -> np.ndarray:
    return squareform(pdist(rows.astype(np.float64)))


@pytest.mark.parametrize("pace", [1e-1, 1e-3, 1e-5, 1e-7])
def test_close_pairs_far_from_the_anchor_keep_their_digits(pace):
    # Weights share the jump as a large common part; the plain float32 formula loses every digit of the small steps.
    cloud = rays(parameters=20_000, epochs=6, pace=pace)
    found, expected = np.sqrt(distances.euclidean(cloud)), exact(cloud.delta.whole())
    apart = expected > 0
    for step in np.unique(cloud.column("step_size")):
        of_step = apart & (cloud.column("step_size") == step)[:, None]
        assert (np.abs(found - expected) / np.where(apart, expected, 1))[of_step].max() <= 1e-5

    single = cloud.delta.whole() @ cloud.delta.whole().T
    plain = np.add.outer(np.diag(single), np.diag(single)) - 2 * single
    error = np.abs(np.sqrt(np.maximum(plain, 0)) - expected)[apart] / expected[apart]
    assert pace > 1e-3 or error.max() > 1e-2  # the law is not idle: this is what it guards against


def test_blocks_do_not_change_distances(monkeypatch):
    rows = Matrix.of(rays(parameters=1_000).delta.whole())
    whole = distances.squares(rows)
    monkeypatch.setattr(distances, "BLOCK_BYTES", 1)  # the narrowest blocks
    np.testing.assert_allclose(distances.squares(rows), whole, rtol=1e-9, atol=1e-12)


def test_reordering_the_snapshots_reorders_the_distances():
    cloud = rays()
    order = order_of(len(cloud))
    np.testing.assert_allclose(
        distances.euclidean(cloud.select(order)), distances.euclidean(cloud)[np.ix_(order, order)], rtol=1e-9, atol=1e-14
    )


def test_squares_are_symmetric_with_zero_diagonal():
    found = distances.euclidean(rays())
    assert np.array_equal(found, found.T)
    assert (np.diagonal(found) == 0).all()


def test_nearest_neighbour_of_a_duplicate_is_its_copy():
    delta = rays().delta.whole()
    twice = np.concatenate([delta[1:40], delta[1:40]])
    found = np.sqrt(distances.squares(Matrix.of(twice)))
    np.fill_diagonal(found, np.inf)
    nearest = found.argmin(axis=1)
    assert np.array_equal(twice[nearest], twice)


def test_step_zero_starts_are_merged_into_the_anchor():
    cloud = rays(seeds=3)
    geometry = measure(cloud)
    starts = np.flatnonzero((cloud.column("step_size") == 0) & (cloud.column("epoch") == 0) & (cloud.column("trajectory") >= 0))
    assert (geometry.representative[starts] == 0).all()
    assert len(geometry.distinct) == len(cloud) - len(starts)
    assert (geometry.distances[np.ix_(starts, starts)] == 0).all()
    assert np.array_equal(geometry.distinct[geometry.place], geometry.representative)


def test_negative_zero_equals_zero_and_nothing_else_does():
    rows = np.array([[0.0, 1.0], [-0.0, 1.0], [1e-45, 1.0]], dtype=np.float32)
    assert distances.first_of_equals(distances.fingerprints(Matrix.of(rows))).tolist() == [0, 0, 2]


def test_rows_that_are_not_finite_are_left_out_by_name():
    cloud = rays(seeds=2)
    delta = cloud.delta.whole().copy()
    delta[5, 3], delta[9] = np.nan, np.inf
    broken = dataclasses.replace(cloud, delta=Matrix.of(delta))
    broken.columns["diverged"][17] = True  # finite weights, but a loss that was not
    geometry = measure(broken)
    assert geometry.excluded == (5, 9, 17)
    kept = np.setdiff1d(np.arange(len(cloud)), [5, 9, 17])
    assert np.array_equal(geometry.rows, kept)
    assert np.array_equal(geometry.distances, measure(cloud.select(kept)).distances)


def test_too_few_finite_snapshots_are_refused():
    with pytest.raises(AnalysisError, match="2 of 2 snapshots are finite; three"):
        measure(rays(seeds=1).select(np.array([0, 20])))


def test_function_space_is_the_root_mean_square_over_probe_examples():
    rng = np.random.default_rng(0)
    softmax = rng.dirichlet(np.ones(3), size=(6, 5)).astype(np.float32)  # (snapshot, example, class)
    cloud = dataclasses.replace(rays(seeds=1).select(np.arange(6)), probe=Matrix.of(softmax.reshape(6, 15)), classes=3)
    expected = np.sqrt(((softmax[:, None] - softmax[None]).astype(np.float64) ** 2).sum(-1).mean(-1))
    np.testing.assert_allclose(np.sqrt(distances.function_space(cloud)), expected, rtol=1e-6, atol=1e-7)
    assert expected.max() <= np.sqrt(2)
    with pytest.raises(AnalysisError, match="no softmax outputs"):
        distances.function_space(rays(seeds=1))


def test_cloud_of_one_point_has_no_geometry_to_speak_of():
    one = np.tile(np.float32([1.0, 2.0, 3.0]), (4, 1))
    geometry = measure(snapshots(one, np.arange(4), np.arange(4), np.zeros(4), np.ones(4), np.zeros(4)))
    assert geometry.distinct.tolist() == [0]
