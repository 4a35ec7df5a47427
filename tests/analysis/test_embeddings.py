"""Laws that every embedding in the table keeps, and those of the scores that judge it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr

from landscape_app.analysis import quality
from landscape_app.analysis.embedding import embed
from landscape_app.analysis.orientation import corners, orient
from landscape_app.analysis.space import Space, following
from landscape_app.errors import AnalysisError, UnknownNameError
from landscape_app.settings import AnalysisSpec
from tests.analysis.clouds import rays, reordered, snapshots, space
from tests.analysis.methods import CHAOTIC, EVERY, STEADY, cloud_for, space_for

META = {"t", "knee", "components", "joined_edges", "k", "k_cross", "decay", "seed", "seconds"}
SCORES = ("stress", "demap", "trustworthiness", "step_over_spread")
STABILITY = {"stability", "stability_asked", "stability_seeds", "stability_note"}


def apart(coordinates: np.ndarray) -> np.ndarray:
    return squareform(pdist(coordinates))


@pytest.mark.parametrize(("method", "dims"), EVERY)
def test_embedding_is_complete_centred_and_the_same_every_time(method, dims):
    first, second = (embed(space_for(method), method, dims=dims) for _ in range(2))
    assert first.coordinates.shape == (len(space_for(method).distances), dims)
    assert np.isfinite(first.coordinates).all()
    np.testing.assert_allclose(
        first.coordinates.mean(axis=0), 0, atol=1e-6 * np.abs(first.coordinates).max()
    )
    assert first.coordinates.tobytes() == second.coordinates.tobytes()
    assert set(first.meta) >= META | set(SCORES) | STABILITY
    assert first.meta["stress"] == pytest.approx(quality.stress(first.target, first.coordinates))
    assert first.meta["stability"] == second.meta["stability"]


@pytest.mark.parametrize(("method", "dims"), STEADY)
def test_reordering_the_snapshots_reorders_the_embedding(method, dims):
    # connected on either kernel: between components the layout is arbitrary
    one = space(rays(pace=0.2))
    other, order = reordered(one)
    a, b = (embed(cloud, method, dims=dims) for cloud in (one, other))
    assert a.meta["components"] in (1, None)
    np.testing.assert_allclose(
        apart(b.coordinates),
        apart(a.coordinates)[np.ix_(order, order)],
        atol=0.005 * apart(a.coordinates).max(),
    )
    for score in SCORES:
        assert b.meta[score] == pytest.approx(a.meta[score], abs=1e-3)


@pytest.mark.parametrize(("method", "dims"), EVERY)
def test_turning_the_weights_changes_no_score(method, dims):
    # Where the last digit decides, by a turn that loses none: weights on a coarse grid, axes
    # swapped and reversed.
    cloud, exact = cloud_for(method) if method in CHAOTIC else rays(pace=0.2), method in CHAOTIC
    weights, rng = cloud.delta.whole().astype(np.float64), np.random.default_rng(1)
    if exact:
        weights, turn = (
            np.round(weights * 2**10) / 2**10,
            np.eye(weights.shape[1])[rng.permutation(weights.shape[1])] * -1,
        )
    else:
        turn = np.linalg.qr(rng.standard_normal(2 * (weights.shape[1],)))[0]
    columns = [cloud.column(name) for name in ("row", "trajectory", "seed", "step_size", "epoch")]
    clouds = [snapshots(at.astype(np.float32), *columns) for at in (weights, weights @ turn)]
    a, b = (embed(space(cloud, stability=0), method, dims=dims).meta for cloud in clouds)
    for score in SCORES:
        assert b[score] == pytest.approx(a[score], abs=0 if exact else 1e-3)


def test_embeddings_follow_the_trajectories_from_the_anchor():
    for pace in (0.005, 1e-3):
        found = embed(space(rays(pace=pace, epochs=40)), "phate", dims=3)
        assert found.meta["components"] == 1
        assert found.meta["step_over_spread"] <= 0.06
        assert found.meta["demap"] >= 0.5


def test_paper_kernel_says_that_it_falls_apart():
    found = embed(space(rays(pace=1e-3)), "phate-paper", dims=3)
    assert found.meta["components"] > 1
    assert found.meta["joined_edges"] == 0


def test_every_run_is_turned_the_same_way():
    clouds = [rays(seeds=4, pace=pace) for pace in (0.005, 0.01)]
    ends = []
    for cloud in clouds:
        one = space(cloud)
        at = embed(one, "phate", dims=3).coordinates
        ends.append(np.stack([at[one.group == seed].mean(axis=0) for seed in range(4)]))
    unit = [end / np.linalg.norm(end, axis=1, keepdims=True) for end in ends]
    assert (np.sum(unit[0] * unit[1], axis=1) > 0.9).all()


def test_asked_for_t_is_used_and_the_knee_kept():
    one = space(rays(), t=7)
    found = embed(one, "phate", dims=2)
    assert found.meta["t"] == 7
    assert found.meta["knee"] == space(rays()).diffusion("trajectory").knee
    assert found.arrays["entropy"].shape == (100,)


def test_pca_is_that_of_the_weights():
    cloud = rays()
    one = space(cloud)
    found = embed(one, "pca", dims=3)
    distinct = cloud.delta.whole()[
        np.unique(cloud.delta.whole(), axis=0, return_index=True)[1]
    ].astype(np.float64)
    singular = np.linalg.svd(distinct - distinct.mean(0), compute_uv=False)
    np.testing.assert_allclose(
        found.meta["explained"], (singular**2 / (singular**2).sum())[:3], rtol=1e-5
    )


def test_unknown_embedding_gets_a_suggestion():
    with pytest.raises(UnknownNameError, match="Did you mean 'phate'"):
        embed(space(rays()), "phte", dims=2)


@pytest.mark.parametrize(
    ("distances", "words"),
    [
        (np.zeros((3, 4)), "square"),
        (np.full((6, 6), np.nan), "finite"),
        (np.triu(np.ones((6, 6)), 1), "not symmetric"),
        (-np.ones((6, 6)), "negative"),
        (np.zeros((6, 6)), "coincide"),
        (np.ones((6, 6)) - np.eye(6), "All distances are the same"),
    ],
)
def test_what_is_no_cloud_is_refused(distances, words):
    m = len(distances)
    with pytest.raises(AnalysisError, match=words):
        Space(distances, np.zeros(m), np.zeros(m), np.empty((0, 2), int), AnalysisSpec())


def test_steps_are_consecutive_epochs_of_one_trajectory_each_once():
    cloud = rays(seeds=2, steps=(0.0, 1.0), epochs=3)
    one = space(cloud)
    # Controls begin at the anchor, which is the first of the distinct snapshots: their first step
    # starts there.
    assert len(one.steps) == 2 * 2 * 3
    assert (one.steps[:, 0] == 0).sum() == 2
    gone = np.delete(np.arange(len(cloud)), 6)  # one snapshot is missing: no step bridges the gap
    assert (
        len(
            following(
                *(cloud.column(name)[gone] for name in ("trajectory", "epoch")),
                np.arange(len(gone)),
            )
        )
        == 2 * 2 * 3 - 2
    )


def test_demap_is_spearman_of_geodesic_and_embedded_distances():
    grid = np.random.default_rng(2).uniform(size=(80, 2))
    distances, placed = apart(grid), grid @ np.array([[1.0, 0.3], [0.0, 0.7]])
    reference = quality.geodesics(distances, seed=0)
    # Independent: Floyd-Warshall on the same graph, scipy's Spearman.
    near = np.sort(distances, axis=1)[:, 30]
    edge = np.where(distances <= np.maximum(near[:, None], near), distances, np.inf)
    for k in range(80):
        edge = np.minimum(edge, edge[:, [k]] + edge[[k]])
    i, j = np.triu_indices(80, 1)
    assert quality.demap(reference, placed) == pytest.approx(
        spearmanr(edge[i, j], apart(placed)[i, j]).statistic, abs=1e-3
    )
    assert quality.demap(reference, np.zeros((80, 2))) is None
    assert quality.demap(reference, np.c_[np.arange(80)]) < 0.5


def test_large_clouds_are_judged_on_a_seeded_sample():
    distances = apart(np.random.default_rng(3).uniform(size=(1_050, 2)))
    one, same, other = (quality.geodesics(distances, seed=seed) for seed in (0, 0, 1))
    assert len(one.sample) == 400
    assert np.array_equal(one.sample, same.sample)
    assert not np.array_equal(one.sample, other.sample)


def test_ranks_share_ties():
    assert quality.ranks(np.array([3.0, 1.0, 3.0, 0.0])).tolist() == [2.5, 1.0, 2.5, 0.0]


def test_step_over_spread_is_what_it_says():
    square = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [-1.0, 1.0]])
    assert quality.step_over_spread(square, np.array([[0, 1], [1, 2]])) == pytest.approx(
        2 / np.sqrt(2)
    )
    assert quality.step_over_spread(square, np.empty((0, 2), int)) is None


@pytest.mark.parametrize(
    ("groups", "dims", "turn"),
    [(4, 3, True), (4, 2, True), (2, 3, True), (0, 3, True), (4, 3, False)],
)
def test_turning_changes_no_distance(groups, dims, turn):
    at = np.random.default_rng(4).standard_normal((50, dims))
    group = np.arange(50) % groups if groups else np.full(50, -1)
    turned = orient(at, group, turn=turn)
    np.testing.assert_allclose(apart(turned), apart(at), atol=1e-9)
    if not turn:
        np.testing.assert_allclose(np.abs(turned), np.abs(at - at.mean(0)))
    np.testing.assert_allclose(np.linalg.norm(corners(max(groups, 1), dims), axis=1), 1)


def test_a_mirrored_picture_is_turned_back():
    one = rays()
    mirrored = dataclasses.replace(one)
    at = embed(space(mirrored), "phate", dims=3)
    group = space(one).group
    np.testing.assert_allclose(
        orient(at.coordinates * [1, 1, -1], group, turn=True), at.coordinates, atol=1e-6
    )
