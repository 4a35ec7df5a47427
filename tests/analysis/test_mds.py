"""Laws of scaling: Euclidean configurations come back exactly, and the stress is scikit-learn's or
lower.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from threadpoolctl import threadpool_limits

from landscape_app.analysis import mds
from landscape_app.analysis.quality import stress
from tests.analysis.clouds import rays, space


def apart(coordinates: np.ndarray) -> np.ndarray:
    return squareform(pdist(coordinates))


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("m", [30, 1_100])  # dense eigenvectors, and Lanczos
def test_classical_scaling_reproduces_euclidean_configurations(dims, m):
    points = np.random.default_rng(dims).standard_normal((m, dims)) * [3.0, 2.0, 1.0][:dims]
    coordinates, values = mds.classical(apart(points), dims=dims)
    np.testing.assert_allclose(apart(coordinates), apart(points), atol=1e-7)
    assert (np.diff(values) <= 0).all()
    assert (coordinates[np.abs(coordinates).argmax(axis=0), np.arange(dims)] > 0).all()
    np.testing.assert_allclose(values.sum(), ((points - points.mean(0)) ** 2).sum(), rtol=1e-8)


def test_axes_that_the_distances_do_not_have_are_zero():
    coordinates, values = mds.classical(apart(np.c_[[0.0, 1.0, 4.0]]), dims=3)
    assert values[0] > 1
    np.testing.assert_allclose(values[1:], 0, atol=1e-12)
    np.testing.assert_allclose(coordinates[:, 1:], 0, atol=1e-6)
    two, _ = mds.classical(apart(np.c_[[0.0, 3.0]]), dims=3)
    np.testing.assert_allclose(apart(two), [[0, 3], [3, 0]])


@pytest.mark.parametrize(
    ("target", "dims"),
    [
        ("potential", 2),
        ("potential", 3),
        ("uniform", 2),
        ("uniform", 3),
        ("large potential", 2),
        ("large potential", 3),
        ("large uniform", 3),
    ],
)
def test_stress_is_at_most_that_of_scikit_learn(target, dims):
    from sklearn.manifold import smacof

    large = "large" in target  # a part is scaled first
    if "potential" in target:
        wanted = (
            space(rays(epochs=34) if large else rays())
            .diffusion("trajectory")
            .potential(8)
            .distances
        )
    else:
        wanted = apart(np.random.default_rng(0).uniform(size=(400 if large else 150, 6)))
    assert (len(wanted) >= mds.COARSE) == large
    start = mds.classical(wanted, dims=dims)[0]
    theirs = smacof(
        wanted,
        n_components=dims,
        init=start,
        n_init=1,
        max_iter=300,
        eps=1e-6,
        metric=True,
        normalized_stress=False,
    )[0]
    ours = mds.metric(wanted, start)
    assert stress(wanted, ours) <= 1.01 * stress(wanted, theirs) + 1e-4
    assert stress(wanted, ours) <= stress(wanted, start)


def test_guttman_step_never_raises_the_stress_and_its_sum_is_the_stress():
    rng = np.random.default_rng(4)
    wanted = apart(rng.uniform(size=(200, 5))).astype(np.float32)
    place = rng.standard_normal((200, 3)).astype(np.float32)
    before = np.inf
    for _ in range(20):
        moved, misfit = mds._majorize(wanted, place)
        assert misfit <= before * (1 + 1e-6)
        np.testing.assert_allclose(
            np.sqrt(misfit / np.square(wanted).sum()), stress(wanted, place), rtol=1e-3
        )
        place, before = moved, misfit


def test_metric_scaling_keeps_what_is_exact_already():
    points = np.random.default_rng(5).standard_normal((120, 3))
    found = mds.metric(apart(points), mds.classical(apart(points), dims=3)[0])
    assert stress(apart(points), found) < 1e-5


def test_a_part_places_the_rest_where_the_cloud_has_a_shape():
    points = np.random.default_rng(7).standard_normal((500, 3)).astype(np.float32)
    placed = mds._among(apart(points)[:, ::5].astype(np.float32), points[::5])
    # from 0.4, the distance to the nearest of the part
    assert np.linalg.norm(placed - points, axis=1).mean() < 0.05


def test_same_input_gives_the_same_bytes_on_any_number_of_threads():
    wanted = apart(np.random.default_rng(8).uniform(size=(450, 5)))
    start = mds.classical(wanted, dims=3)[0]
    with threadpool_limits(2, user_api="blas"):
        two = mds.metric(wanted, start)
    with threadpool_limits(1, user_api="blas"):
        assert mds.metric(wanted, start).tobytes() == two.tobytes()


def test_blocks_do_not_change_the_step(monkeypatch):
    rng = np.random.default_rng(6)
    wanted, place = (
        apart(rng.uniform(size=(90, 4))).astype(np.float32),
        rng.standard_normal((90, 2)).astype(np.float32),
    )
    whole = mds._majorize(wanted, place)
    monkeypatch.setattr(mds, "TILE", 7)
    parts = mds._majorize(wanted, place)
    np.testing.assert_allclose(parts[0], whole[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(parts[1], whole[1], rtol=1e-5)
