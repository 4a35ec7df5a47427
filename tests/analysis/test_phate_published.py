"""Laws of PHATE as published: the paper's snapshots, exact components, the package's potential."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist, pdist, squareform

from landscape_app import protocol
from landscape_app.analysis import published_distance
from landscape_app.analysis.diffusion import Diffusion, potential
from landscape_app.analysis.embedding import embed
from landscape_app.analysis.geometry import Geometry, measure
from landscape_app.analysis.kernel import paper
from landscape_app.analysis.phate_package import package_potential
from landscape_app.analysis.published_distance import principal_scores, published
from landscape_app.analysis.space import Space
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Snapshots
from landscape_app.settings import AnalysisSpec
from tests.analysis.clouds import rays, snapshots

METHODS = ("phate-published", "phate-published-mds")


def space_of(cloud: Snapshots, **settings) -> tuple[Space, Geometry]:
    geometry = measure(cloud, published)
    place = np.searchsorted(cloud.column("row"), geometry.rows)
    columns = {name: cloud.column(name)[place] for name in ("trajectory", "epoch", "seed")}
    return Space.of(geometry, columns, AnalysisSpec(stability=1, **settings)), geometry


def changed(cloud: Snapshots, **columns) -> Snapshots:
    """`cloud` with other columns."""
    return Snapshots(cloud.run_id, {**cloud.columns, **columns}, cloud.delta)


def test_rows_are_those_of_the_paper_and_the_others_named() -> None:
    cloud = rays(seeds=2, steps=(0.0, 0.5, 1.0), epochs=42)
    result = published(cloud)
    because = {why: len(positions) for why, positions in result.because.items() if len(positions)}
    assert because == {
        "as in the paper (the optimum itself)": 1,
        "as in the paper (trajectories without a step)": 2 * 43,
        "as in the paper (after epoch 39)": 4 * 3,
    }
    left = np.flatnonzero(np.isfinite(np.diagonal(result.values)))
    assert len(left) == 4 * 40
    assert (cloud.column("step_size")[left] > 0).all()
    assert cloud.column("epoch")[left].max() == 39


def test_distances_are_cosines_of_exact_principal_scores() -> None:
    cloud = rays(seeds=4, steps=(0.5, 1.0), epochs=20, pace=0.2)
    place = np.flatnonzero(cloud.column("trajectory") >= 0)
    weights = cloud.delta.whole()[place].astype(np.float64)
    u, s, _ = np.linalg.svd(weights - weights.mean(axis=0), full_matrices=False)
    scores = (u * s)[:, :100]
    wanted = cdist(scores, scores, "cosine")
    got = published(cloud).values[np.ix_(place, place)]
    np.testing.assert_allclose(got, wanted, atol=1e-12)
    assert not np.allclose(got, cdist(weights, weights, "cosine"), atol=1e-3)


def test_fewer_than_a_hundred_rows_lose_nothing() -> None:
    cloud = rays(seeds=2, steps=(1.0,), epochs=10)
    place = np.flatnonzero(cloud.column("trajectory") >= 0)
    weights = cloud.delta.whole()[place].astype(np.float64)
    weights -= weights.mean(axis=0)
    got = published(cloud).values[np.ix_(place, place)]
    np.testing.assert_allclose(got, cdist(weights, weights, "cosine"), atol=1e-12)


def test_scores_of_no_more_than_one_row_are_nothing() -> None:
    assert principal_scores(np.ones((1, 1))).shape == (1, 1)
    assert principal_scores(np.ones((0, 0))).shape[0] == 0


def test_diverged_rows_are_named_and_do_not_change_the_others() -> None:
    cloud = rays(seeds=3, steps=(0.5, 1.0), epochs=12)
    weights = cloud.delta.whole().copy()
    weights[5], weights[9] = np.nan, np.inf
    columns = [cloud.column(name) for name in ("row", "trajectory", "seed", "step_size", "epoch")]
    marked = np.zeros(len(cloud), dtype=bool)
    marked[20] = True
    broken = changed(snapshots(weights, *columns), diverged=marked)
    result = published(broken)
    assert result.because["diverged"].tolist() == [5, 9, 20]
    rest = np.setdiff1d(np.arange(1, len(cloud)), [5, 9, 20])
    alone = published(cloud.select(rest)).values
    np.testing.assert_allclose(result.values[np.ix_(rest, rest)], alone, atol=1e-12)


def test_equal_rows_share_a_place() -> None:
    cloud = rays(seeds=2, steps=(0.5, 1.0), epochs=12)
    weights = cloud.delta.whole().copy()
    weights[7] = weights[3]
    columns = [cloud.column(name) for name in ("row", "trajectory", "seed", "step_size", "epoch")]
    result = published(snapshots(weights, *columns))
    assert result.representative[7] == 3
    space, geometry = space_of(snapshots(weights, *columns))
    assert len(space.distances) == len(geometry.rows) - 1
    made = embed(space, "phate-published", dims=2)
    assert np.isfinite(made.coordinates).all()


def test_potential_is_that_of_the_package_on_the_scores_themselves() -> None:
    import phate

    cloud = rays(seeds=4, steps=(0.5, 1.0), epochs=20, pace=0.2)
    space, _ = space_of(cloud)
    ours = space.by_package(k=5, decay=40)
    place = np.flatnonzero(cloud.column("trajectory") >= 0)
    weights = cloud.delta.whole()[place].astype(np.float64)
    u, s, _ = np.linalg.svd(weights - weights.mean(axis=0), full_matrices=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = phate.PHATE(
            knn_dist="cosine", n_pca=None, n_landmark=None, verbose=0, random_state=0
        ).fit((u * s)[:, :100])
        values = theirs.diff_potential
    assert ours.t == theirs.optimal_t
    # the stored distances have single precision
    np.testing.assert_allclose(ours.values, values, atol=1e-3)


@pytest.mark.parametrize(("k", "decay"), [(5, 40.0), (20, 10.0)])
def test_our_potential_is_the_package_s_at_the_same_distances(k, decay) -> None:
    at = np.random.default_rng(5).standard_normal((150, 4))
    distances = squareform(pdist(at))
    theirs = package_potential(distances, k=k, decay=decay, seed=0)
    ours = Diffusion(paper(distances, np.arange(150), k=k, k_cross=3, decay=decay))
    assert (theirs.components, theirs.t) == (ours.components, ours.knee)
    np.testing.assert_allclose(theirs.entropy, ours.entropy, atol=1e-10)
    assert np.abs(potential(ours.power(theirs.t)) - theirs.values).max() <= 1e-10


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dims", [2, 3])
def test_it_is_the_same_every_time_and_says_what_it_is(method, dims) -> None:
    cloud = rays(seeds=3, steps=(0.0, 0.5, 1.0), epochs=14)
    first, second = (embed(space_of(cloud)[0], method, dims=dims) for _ in range(2))
    assert first.coordinates.tobytes() == second.coordinates.tobytes()
    assert first.meta["t"] == first.meta["knee"] == second.meta["t"]
    assert (first.meta["k"], first.meta["decay"], first.meta["k_cross"]) == (5, 40.0, None)
    assert first.meta["space"] == "cosine after 100 principal components"
    assert first.meta["stability_seeds"] == 1


def test_settings_of_the_kernel_and_t_do_not_change_it() -> None:
    cloud = rays(seeds=3, steps=(0.5, 1.0), epochs=14)
    plain = embed(space_of(cloud)[0], "phate-published", dims=2)
    other = embed(space_of(cloud, k=9, k_cross=7, decay=3, t=4)[0], "phate-published", dims=2)
    assert plain.coordinates.tobytes() == other.coordinates.tobytes()


def test_our_mds_follows_trajectories_where_the_package_s_scatters_them() -> None:
    cloud = rays(seeds=4, steps=(0.5, 1.0), epochs=39, pace=0.2)
    space, _ = space_of(cloud)
    ours, theirs = (embed(space, method, dims=3).meta for method in METHODS)
    assert ours["stress"] < theirs["stress"]


def test_global_generators_and_the_terminal_are_left_alone(capfd) -> None:
    np.random.seed(3)
    random.seed(3)
    torch.manual_seed(3)
    before = np.random.get_state()[1].tobytes(), random.getstate(), torch.get_rng_state()
    for method in METHODS:
        embed(space_of(rays(seeds=3, steps=(0.5, 1.0), epochs=12))[0], method, dims=2)
    after = np.random.get_state()[1].tobytes(), random.getstate(), torch.get_rng_state()
    assert before[:2] == after[:2]
    assert torch.equal(before[2], after[2])
    assert capfd.readouterr() == ("", "")


def test_too_few_snapshots_are_refused_in_words() -> None:
    distances = squareform(pdist(np.random.default_rng(1).standard_normal((6, 3))))
    with pytest.raises(AnalysisError, match="7 distinct snapshots for k = 5; there are 6"):
        package_potential(distances, k=5, decay=40.0, seed=0)
    with pytest.raises(AnalysisError, match="three are needed"):
        measure(rays(seeds=1, steps=(0.0,), epochs=12), published)


def test_last_epoch_is_a_constant_of_the_paper() -> None:
    assert (published_distance.COMPONENTS, protocol.LAST_EPOCH) == (100, 39)
