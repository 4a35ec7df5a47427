"""Laws of stability: what chance cannot move scores 0, what it scatters scores near 1, and no more
starts are made than can be paid for.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import procrustes
from scipy.spatial.distance import pdist, squareform

from landscape_app.analysis import stability
from landscape_app.analysis.embedding import embed
from landscape_app.analysis.space import Space
from landscape_app.analysis.start import classical_start, random_start, spread
from landscape_app.seeds import numpy_stream
from landscape_app.settings import AnalysisSpec
from tests.analysis.methods import EVERY, NAMES, space_for


def points(m: int, width: int) -> np.ndarray:
    return numpy_stream(12, "points", m, width).standard_normal((m, width))


def flat(at: np.ndarray, **settings) -> Space:
    m = len(at)
    return Space(
        squareform(pdist(at)),
        np.arange(m) % 5,
        np.arange(m) % 4,
        np.empty((0, 2), int),
        AnalysisSpec(**settings),
    )


@pytest.mark.parametrize("method", ["metric-mds", "mds", "pca", "isomap"])
def test_points_of_the_plane_come_back_from_wherever_one_begins(method):
    found = embed(flat(points(120, 2)), method, dims=2)
    assert found.meta["stability"] < 1e-6
    if method == "metric-mds":
        assert found.meta["stability_seeds"] == 3
        assert found.meta["stress"] < 1e-4


@pytest.mark.parametrize(("method", "dims"), EVERY)
def test_every_method_says_how_its_stability_was_judged(method, dims):
    meta = embed(space_for(method), method, dims=dims).meta
    if method in ("pca", "mds", "isomap"):
        assert (meta["stability"], meta["stability_seeds"], meta["stability_note"]) == (
            0.0,
            0,
            "nothing random",
        )
    else:
        assert 0 <= meta["stability"] <= 1
        assert meta["stability_seeds"] == 1
        assert "random" in meta["stability_note"]


@pytest.mark.parametrize("method", NAMES)
def test_stability_is_not_made_up_where_it_was_not_asked_for(method):
    meta = embed(space_for(method, stability=0), method, dims=2).meta
    assert meta["stability"] == (0.0 if meta["stability_note"] == "nothing random" else None)


def test_stability_is_the_mean_disparity_to_the_other_starts():
    at, others = points(40, 3), [points(40, 3) + i for i in (1, 2, 3)]
    found = stability.judge(
        at, stability.Restart(lambda number: others[number - 1], "begun elsewhere"), asked=3
    )
    assert found["stability"] == pytest.approx(
        np.mean([procrustes(at, other)[2] for other in others])
    )
    assert found["stability_note"] == "begun elsewhere, 3×"
    assert found["stability_misfit"] is None
    judged = stability.judge(
        at,
        stability.Restart(lambda number: others[number - 1], "", misfit=lambda other: other.mean()),
        asked=3,
    )
    assert judged["stability_misfit"] == min(other.mean() for other in others)
    turned = np.linalg.qr(points(3, 3))[0]
    same = stability.judge(
        at, stability.Restart(lambda number: 5 * at @ turned + number, "turned"), asked=2
    )
    assert same["stability"] == pytest.approx(0, abs=1e-12)


def test_starts_are_bounded_by_the_method_and_by_the_size_of_the_cloud():
    once = stability.judge(
        points(9, 2), stability.Restart(lambda number: points(9, 2), "again", most=1), asked=4
    )
    assert once["stability_seeds"] == 1
    assert once["stability_asked"] == 4
    assert "4 asked for" in once["stability_note"]
    assert [stability.affordable(3, m) for m in (821, 1_000, 2_500, 5_000)] == [3, 3, 1, 1]
    assert stability.affordable(20, 2_500) == 3
    assert stability.affordable(0, 50) == 0
    assert stability.disparity(np.zeros((5, 2)), points(5, 2)) is None


def test_random_starts_differ_by_number_and_by_seed_and_have_the_clouds_size():
    one = random_start(400, dims=2, seed=0, number=1)
    assert np.array_equal(one, random_start(400, dims=2, seed=0, number=1))
    for other in (
        random_start(400, dims=2, seed=0, number=2),
        random_start(400, dims=2, seed=1, number=1),
    ):
        assert stability.disparity(one, other) > 0.9
    distances = squareform(pdist(points(400, 7)))
    for dims in (2, 3):
        begun = spread(distances, dims=dims) * random_start(400, dims=dims, seed=0, number=1)
        assert np.square(pdist(begun)).mean() == pytest.approx(np.square(distances).mean(), rel=0.1)


def test_an_axis_that_the_cloud_lacks_is_filled_so_that_it_can_be_used():
    line = np.c_[np.linspace(-3, 3, 20), np.zeros((20, 2))]
    begun = classical_start(line, dims=3, seed=0)
    np.testing.assert_allclose(begun[:, 0], line[:, 0] / line[:, 0].std())
    assert 0 < begun[:, 1:].std(axis=0).min() <= begun[:, 1:].std(axis=0).max() < 0.01
    assert np.array_equal(begun, classical_start(line, dims=3, seed=0))
