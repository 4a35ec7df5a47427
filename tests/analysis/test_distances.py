"""Laws of the distance between weights: exact at every step size, symmetric, the same whatever the
order and the blocks.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from landscape_app.analysis import distances
from landscape_app.analysis.coincidence import coinciding, fingerprints, first_of_equals
from landscape_app.analysis.geometry import measure
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Matrix
from tests.analysis.clouds import order_of, rays, snapshots


def exact(rows: np.ndarray) -> np.ndarray:
    return squareform(pdist(rows.astype(np.float64)))


@pytest.mark.parametrize("pace", [1e-1, 1e-3, 1e-5, 1e-7])
def test_close_pairs_far_from_the_anchor_keep_their_digits(pace):
    # Weights share the jump as a large common part; the plain float32 formula loses every digit of
    # the small steps.
    cloud = rays(parameters=20_000, epochs=6, pace=pace)
    found, expected = distances.euclidean(cloud).values, exact(cloud.delta.whole())
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
    np.testing.assert_allclose(distances.squares(rows), whole, rtol=1e-12, atol=1e-12 * whole.max())


def test_nearest_neighbour_of_a_duplicate_is_its_copy():
    delta = rays().delta.whole()
    twice = np.concatenate([delta[1:40], delta[1:40]])
    found = distances.squares(Matrix.of(twice))
    np.fill_diagonal(found, np.inf)
    nearest = found.argmin(axis=1)
    assert np.array_equal(twice[nearest], twice)


def test_step_zero_starts_are_merged_into_the_anchor():
    cloud = rays(seeds=3)
    geometry = measure(cloud)
    starts = np.flatnonzero(
        (cloud.column("step_size") == 0)
        & (cloud.column("epoch") == 0)
        & (cloud.column("trajectory") >= 0)
    )
    assert (geometry.representative[starts] == 0).all()
    assert len(geometry.distinct) == len(cloud) - len(starts)
    assert (geometry.distances[np.ix_(starts, starts)] == 0).all()
    assert np.array_equal(geometry.distinct[geometry.place], geometry.representative)


def test_negative_zero_equals_zero_and_nothing_else_does():
    rows = np.array([[0.0, 1.0], [-0.0, 1.0], [1e-45, 1.0]], dtype=np.float32)
    assert first_of_equals(fingerprints(Matrix.of(rows))).tolist() == [0, 0, 2]
    cloud = dataclasses.replace(rays(seeds=1).select(np.arange(3)), delta=Matrix.of(rows))
    assert measure(cloud).representative.tolist() == [0, 0, 2]


def test_representatives_never_coincide_and_a_row_of_close_snapshots_does_not_melt_into_its_first():
    at = np.arange(12.0)
    within = np.full(12, 0.6)
    found = coinciding(np.abs(at[:, None] - at), within=within)
    assert found.tolist() == [0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10]
    known = np.array([0, 1, 2, 0, *range(4, 12)])  # what is known to be one stays one
    assert coinciding(np.abs(at[:, None] - at), within=within, start=known)[3] == 0
    assert coinciding(np.zeros((700, 700))).max() == 0


def test_rows_that_are_not_finite_are_left_out_by_name():
    cloud = rays(seeds=2)
    delta = cloud.delta.whole().copy()
    delta[5, 3], delta[9] = np.nan, np.inf
    broken = dataclasses.replace(cloud, delta=Matrix.of(delta))
    broken.columns["diverged"][17] = True  # finite weights, but a loss that was not
    geometry = measure(broken)
    assert geometry.excluded == (5, 9, 17)
    assert geometry.because == {"diverged": (5, 9, 17)}
    kept = np.setdiff1d(np.arange(len(cloud)), [5, 9, 17])
    assert np.array_equal(geometry.rows, kept)
    assert np.array_equal(geometry.distances, measure(cloud.select(kept)).distances)


def test_too_few_finite_snapshots_are_refused():
    with pytest.raises(AnalysisError, match="2 of 2 snapshots have a place; three are needed"):
        measure(rays(seeds=1).select(np.array([0, 20])))


def test_cloud_of_one_point_has_no_geometry_to_speak_of():
    one = np.tile(np.float32([1.0, 2.0, 3.0]), (4, 1))
    geometry = measure(
        snapshots(one, np.arange(4), np.arange(4), np.zeros(4), np.ones(4), np.zeros(4))
    )
    assert geometry.distinct.tolist() == [0]


def test_reordering_the_snapshots_reorders_the_distances():
    cloud = rays()
    order = order_of(len(cloud))
    moved = distances.euclidean(cloud.select(order)).values
    np.testing.assert_allclose(
        moved, distances.euclidean(cloud).values[np.ix_(order, order)], rtol=1e-9, atol=1e-14
    )
