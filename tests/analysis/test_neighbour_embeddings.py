"""Laws of the embeddings that start from who is near whom: Isomap, t-SNE, UMAP."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr
from sklearn import manifold

from landscape_app.analysis.embedding import embed
from landscape_app.analysis.paths import pieces, shortest_paths
from landscape_app.analysis.space import Space
from landscape_app.analysis.stability import disparity
from landscape_app.errors import AnalysisError
from landscape_app.registries import EMBEDDINGS
from landscape_app.seeds import numpy_stream
from landscape_app.settings import AnalysisSpec
from tests.analysis.methods import NEEDS_UMAP, space_for

NEAR = EMBEDDINGS["isomap"].settings["neighbours"]


def apart(at: np.ndarray) -> np.ndarray:
    return squareform(pdist(at))


def cloud(at: np.ndarray, **settings) -> Space:
    m = len(at)
    return Space(
        apart(at), np.zeros(m, int), np.full(m, -1), np.empty((0, 2), int), AnalysisSpec(**settings)
    )


def swiss_roll() -> tuple[np.ndarray, np.ndarray]:
    """(positions along the strip (m,), the strip rolled up (m, 3))."""
    rng = numpy_stream(5, "roll")
    turn = np.linspace(1.5 * np.pi, 4.5 * np.pi, 600)
    length = np.r_[
        0.0, np.cumsum(np.hypot(np.diff(turn * np.cos(turn)), np.diff(turn * np.sin(turn))))
    ]
    return length, np.c_[turn * np.cos(turn), rng.uniform(0, 3, 600), turn * np.sin(turn)]


def test_isomap_unrolls_a_strip_and_keeps_its_length():
    length, rolled = swiss_roll()
    found = embed(cloud(rolled), "isomap", dims=2)
    along = found.coordinates[:, 0]
    assert abs(spearmanr(along, length).statistic) > 0.999
    assert np.ptp(along) == pytest.approx(length[-1], rel=0.03)
    # the roll is none to a ruler
    assert (
        abs(spearmanr(embed(cloud(rolled), "mds", dims=2).coordinates[:, 0], length).statistic)
        < 0.9
    )


def test_isomap_is_that_of_scikit_learn_where_the_graph_is_connected():
    at = numpy_stream(6, "sheet").uniform(size=(200, 3)) * [3, 2, 0.1]
    theirs = manifold.Isomap(n_neighbors=NEAR, n_components=3, metric="precomputed").fit(apart(at))
    ours = embed(cloud(at), "isomap", dims=3)
    np.testing.assert_allclose(ours.target, theirs.dist_matrix_, rtol=1e-12)
    assert disparity(ours.coordinates, theirs.embedding_) < 1e-12
    np.testing.assert_allclose(apart(ours.coordinates), apart(theirs.embedding_), rtol=1e-6)
    assert ours.meta["joined_edges"] == 0


def test_clusters_apart_are_joined_along_the_spanning_tree_and_counted():
    at = numpy_stream(7, "clusters").standard_normal((60, 2))
    at += 1e3 * (np.arange(60) // 20)[:, None]
    assert pieces(apart(at), NEAR) == 3
    found = embed(cloud(at), "isomap", dims=2)
    assert found.meta["components"] == 1
    assert found.meta["joined_edges"] == 2
    assert np.isfinite(found.target).all()
    # reaches over 37 neighbours
    assert embed(cloud(at[:40], stability=0), "tsne", dims=2).meta["components"] == 1


def test_paths_are_never_shorter_than_the_distance_and_go_from_neighbour_to_neighbour():
    at = np.arange(12.0)[:, None] ** 2
    lengths = shortest_paths(apart(at), 2)
    np.testing.assert_allclose(lengths, apart(at))  # on a line the way along it is the distance
    ring = np.c_[np.cos(np.arange(40) * np.pi / 20), np.sin(np.arange(40) * np.pi / 20)]
    around = shortest_paths(apart(ring), 2)
    assert (around >= apart(ring) - 1e-12).all()
    assert around[0, 20] == pytest.approx(20 * apart(ring)[0, 1])
    np.testing.assert_allclose(shortest_paths(apart(ring), 2, np.array([3, 7])), around[[3, 7]])


@pytest.mark.parametrize("method", ["tsne", pytest.param("umap", marks=NEEDS_UMAP)])
def test_groups_stay_groups(method):
    at = numpy_stream(8, "groups").standard_normal((45, 6))
    at += 30 * (np.arange(45) // 15)[:, None]
    found = embed(cloud(at, stability=0), method, dims=2).coordinates
    same = (np.arange(45) // 15)[:, None] == np.arange(45) // 15
    assert apart(found)[same].max() < apart(found)[~same].min()


def test_perplexity_is_bounded_by_the_cloud_and_said():
    meta = embed(space_for("tsne", stability=0), "tsne", dims=2).meta
    assert meta["perplexity"] == pytest.approx(24 / 3)  # 25 snapshots
    assert (
        embed(
            cloud(numpy_stream(9, "few").standard_normal((3, 2)), stability=0), "tsne", dims=2
        ).meta["perplexity"]
        == 1
    )


@NEEDS_UMAP
def test_neighbours_of_umap_are_bounded_by_the_cloud_and_said():
    assert embed(space_for("umap"), "umap", dims=2).meta["neighbours"] == 15
    assert (
        embed(cloud(numpy_stream(9, "few").standard_normal((7, 2))), "umap", dims=2).meta[
            "neighbours"
        ]
        == 6
    )


def test_without_umap_learn_one_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)  # as if it were not there
    with pytest.raises(AnalysisError, match=r"pip install 'landscape-app\[umap\]'"):
        embed(space_for("umap"), "umap", dims=2)
