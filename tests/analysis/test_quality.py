"""Laws of the scores that say how faithful a picture is to its neighbourhoods, and of the unit it
is drawn in.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import pdist, squareform
from sklearn.manifold import trustworthiness

from landscape_app.analysis import quality
from landscape_app.seeds import numpy_stream


def apart(coordinates: np.ndarray) -> np.ndarray:
    return squareform(pdist(coordinates))


def points(m: int, width: int) -> np.ndarray:
    return numpy_stream(11, "points", m, width).standard_normal((m, width))


@pytest.mark.parametrize("m", [25, 60, 400])
def test_trustworthiness_is_that_of_scikit_learn(m):
    weights = points(m, 6)
    for picture in (weights[:, :2], weights[:, :3], points(m, 2)):
        theirs = trustworthiness(apart(weights), picture, n_neighbors=12, metric="precomputed")
        assert quality.trustworthiness(apart(weights), picture) == pytest.approx(theirs, abs=1e-12)


def test_blocks_do_not_change_trustworthiness(monkeypatch):
    distances, picture = apart(points(90, 5)), points(90, 2)
    whole = quality.trustworthiness(distances, picture)
    monkeypatch.setattr(quality, "BLOCK", 7 * 90 * 12)
    assert quality.trustworthiness(distances, picture) == whole


def test_the_identity_is_trusted_wholly_and_chance_by_half():
    plane = points(500, 2)
    assert quality.trustworthiness(apart(plane), plane) == 1
    assert quality.trustworthiness(apart(plane), 3.0 * plane @ [[0, 1], [-1, 0]] + 5) == 1
    assert quality.trustworthiness(apart(plane), points(500, 3)) == pytest.approx(0.5, abs=0.03)


def test_trustworthiness_of_few_or_coinciding_snapshots_is_defined():
    assert quality.trustworthiness(np.zeros((2, 2)), np.zeros((2, 2))) is None
    for m in (3, 4, 24):  # too few for twelve neighbours: as many as the definition bears
        assert quality.trustworthiness(apart(points(m, 2)), points(m, 2)) == 1
        theirs = trustworthiness(
            apart(points(m, 4)), points(m, 2), n_neighbors=(m - 1) // 2, metric="precomputed"
        )
        assert quality.trustworthiness(apart(points(m, 4)), points(m, 2)) == pytest.approx(
            theirs, abs=1e-12
        )
    # Thirty copies of one point, drawn at one place: whoever of them is named as a neighbour is
    # one.
    copies = np.r_[np.zeros((30, 2)), points(10, 2) + 9]
    assert quality.trustworthiness(apart(copies), copies) == 1


def test_a_picture_without_a_unit_is_drawn_at_the_least_stress():
    weights = points(120, 5)
    distances, picture = apart(weights), 1e6 * weights[:, :2]
    drawn = quality.fitted(distances, picture)
    least = quality.stress(distances, drawn)
    assert least < 1
    for factor in (0.97, 1.03):
        assert quality.stress(distances, factor * drawn) > least
    np.testing.assert_allclose(quality.fitted(distances, 7 * picture), drawn)
    np.testing.assert_allclose(quality.fitted(apart(picture), picture), picture)
    assert not quality.fitted(distances, np.zeros((120, 2))).any()


def test_ranks_are_those_of_scipy():
    rng = np.random.default_rng(0)
    for values in (
        rng.standard_normal(500),
        rng.integers(0, 9, 500).astype(float),
        np.array([1.0, np.inf, np.inf, -np.inf]),
        np.array([2.0]),
        np.empty(0),
        np.array([1.0, np.nan]),
    ):
        assert np.array_equal(quality.ranks(values), stats.rankdata(values) - 1.0, equal_nan=True)
