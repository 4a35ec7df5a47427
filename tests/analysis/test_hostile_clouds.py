"""Clouds that embeddings trip over: each gives a finite picture with defined scores, or an
AnalysisError in words.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from landscape_app.analysis.embedding import embed
from landscape_app.analysis.space import Space
from landscape_app.errors import AnalysisError
from landscape_app.seeds import numpy_stream
from landscape_app.settings import AnalysisSpec
from tests.analysis.methods import EVERY

pytestmark = pytest.mark.slow

TOO_FEW = {
    "phate": "Lower k",
    "phate-paper": "Lower k",
    "phate-published": "7 distinct snapshots",
    "phate-published-mds": "7 distinct snapshots",
}


def points(m: int) -> np.ndarray:
    return numpy_stream(13, "hostile", m).standard_normal((m, 4))


def space(distances: np.ndarray) -> Space:
    m = len(distances)
    return Space(
        distances,
        np.arange(m) // 5,
        np.arange(m) % 3,
        np.empty((0, 2), int),
        AnalysisSpec(stability=1),
    )


def copies() -> np.ndarray:
    at = points(16)
    at[5] = at[6] = at[7]
    return at


def two_places() -> np.ndarray:
    return np.repeat([[0.0], [1.0]], 8, axis=0)


def apart_clusters() -> np.ndarray:
    at = points(24)
    at[12:] += 1e4
    return at


def line() -> np.ndarray:
    return np.arange(18.0)[:, None]


def no_triangle() -> np.ndarray:
    """Distances that break the triangle inequality (m, m)."""
    sides = np.triu(numpy_stream(14, "sides").uniform(0.1, 1, (18, 18)), 1)
    return sides + sides.T


CLOUDS: dict[str, Callable[[], np.ndarray]] = {
    "copies": lambda: squareform(pdist(copies())),
    "two places": lambda: squareform(pdist(two_places())),
    "clusters apart": lambda: squareform(pdist(apart_clusters())),
    "line": lambda: squareform(pdist(line())),
    "no triangle inequality": no_triangle,
    "very large": lambda: 1e35 * squareform(pdist(points(16))),
    "very small": lambda: 1e-30 * squareform(pdist(points(16))),
    "eight snapshots": lambda: squareform(pdist(points(8))),
}


@pytest.mark.parametrize(("method", "dims"), EVERY)
@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_picture_is_finite_and_its_scores_defined(cloud, method, dims):
    distances = CLOUDS[cloud]()
    found = embed(space(distances), method, dims=dims)
    assert found.coordinates.shape == (len(distances), dims)
    assert np.isfinite(found.coordinates).all()
    assert 0 <= found.meta["stress"] <= 1
    assert 0 <= found.meta["trustworthiness"] <= 1
    assert 0 <= found.meta["stability"] <= 1


@pytest.mark.parametrize(("method", "dims"), EVERY)
@pytest.mark.parametrize("m", [3, 4, 5])
def test_fewer_snapshots_than_neighbours_are_a_picture_or_a_reason(method, dims, m):
    for distances in (squareform(pdist(points(m))), np.ones((m, m)) - np.eye(m)):
        if m > 4 and (distances[~np.eye(m, dtype=bool)] == 1).all():
            continue  # refused as a space already
        if method in TOO_FEW:
            with pytest.raises(AnalysisError, match=TOO_FEW[method]):
                embed(space(distances), method, dims=dims)
        else:
            assert np.isfinite(embed(space(distances), method, dims=dims).coordinates).all()


@pytest.mark.parametrize(("method", "dims"), EVERY)
def test_two_snapshots_have_no_shape(method, dims):
    with pytest.raises(AnalysisError, match="needs 3 distinct snapshots; there are 2"):
        embed(space(np.array([[0.0, 1.0], [1.0, 0.0]])), method, dims=dims)
