"""Laws of several runs in one cloud: distances mean the same for all of them, and equal weights
stand at one place.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from landscape_app.analysis.geometry import measure
from landscape_app.analysis.pool import pool, stack
from landscape_app.analysis.thinning import taken, thinning
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Matrix
from landscape_app.settings import AnalysisSpec
from tests.analysis.clouds import rays


def probed(width: int = 12, *, shift: float = 0.0, parameters: int = 300):
    """A cloud whose outputs are the softmax of a linear map of its weights: examples of three
    classes.
    """
    cloud = rays(seeds=2, epochs=6, parameters=parameters)
    rng = np.random.default_rng(11)
    logits = cloud.delta.whole() @ rng.standard_normal((parameters, width)).astype(
        np.float32
    ) * 3 + shift * rng.standard_normal(width)
    powers = np.exp(logits).reshape(len(cloud), -1, 3)
    softmax = (powers / powers.sum(-1, keepdims=True)).astype(np.float32).reshape(len(cloud), width)
    return dataclasses.replace(cloud, probe=Matrix.of(softmax), classes=3)


def test_pool_is_every_snapshot_of_every_run_in_function_space():
    clouds = [probed(), probed(shift=2.0, parameters=500)]  # of networks of different sizes
    joint = pool(clouds, [measure(cloud) for cloud in clouds], AnalysisSpec())
    n = len(clouds[0])
    assert np.array_equal(joint.rows, np.r_[clouds[0].column("row"), clouds[1].column("row")])
    assert np.array_equal(joint.run, np.repeat([0, 1], n))
    outputs = np.concatenate([cloud.probe.whole() for cloud in clouds]).astype(np.float64)
    expected = np.sqrt(((outputs[:, None] - outputs[None]) ** 2).sum(-1) / 4)
    np.testing.assert_allclose(
        joint.space.distances[np.ix_(joint.place, joint.place)], expected, rtol=1e-5, atol=1e-7
    )


def test_every_runs_trajectories_are_its_own():
    clouds = [probed(), probed(shift=2.0)]
    joint = pool(clouds, [measure(cloud) for cloud in clouds], AnalysisSpec())
    labels = joint.space.trajectory[joint.place]
    each = [{int(label) for label in labels[joint.run == run]} for run in (0, 1)]
    assert not each[0] & each[1]
    assert len(each[0]) == 1 + 6  # the anchor and two seeds at three step sizes
    assert np.array_equal(joint.space.group[joint.place], joint.run)
    assert len(joint.space.steps) == 2 * 6 * 6


def test_equal_weights_stand_at_one_place_whatever_their_outputs_last_digit():
    cloud = probed()
    outputs = cloud.probe.whole().copy()
    start = int(
        np.flatnonzero(
            (cloud.column("step_size") == 0)
            & (cloud.column("trajectory") >= 0)
            & (cloud.column("epoch") == 0)
        )[0]
    )
    outputs[start] = np.nextafter(outputs[start], 1)  # evaluated in another batch
    joint = pool(
        [dataclasses.replace(cloud, probe=Matrix.of(outputs))], [measure(cloud)], AnalysisSpec()
    )
    assert joint.place[start] == joint.place[0]
    apart = joint.space.distances + np.eye(len(joint.space.distances))
    assert apart.min() > 0


def test_equal_outputs_of_two_runs_stand_at_one_place():
    cloud = probed()
    joint = pool([cloud, cloud], [measure(cloud)] * 2, AnalysisSpec())
    assert np.array_equal(joint.place[: len(cloud)], joint.place[len(cloud) :])


def test_runs_without_a_common_function_space_are_refused():
    cloud = probed()
    with pytest.raises(AnalysisError, match="no softmax outputs"):
        pool([cloud, rays(seeds=2, epochs=6)], [measure(cloud)] * 2, AnalysisSpec())
    with pytest.raises(AnalysisError, match="different numbers of examples"):
        pool([cloud, probed(width=15)], [measure(cloud)] * 2, AnalysisSpec())


def test_stacked_matrices_are_read_by_columns():
    one, two = np.arange(12.0).reshape(3, 4), np.arange(8.0).reshape(2, 4)
    both = stack([Matrix.of(one), Matrix.of(two)])
    assert both.shape == (5, 4)
    np.testing.assert_array_equal(both.read(1, 3), np.concatenate([one, two])[:, 1:3])


def test_losses_pool_by_the_mean_absolute_difference_where_they_are_asked_for():
    clouds = [
        dataclasses.replace(cloud, losses=cloud.probe) for cloud in (probed(), probed(shift=2.0))
    ]
    joint = pool(clouds, [measure(cloud) for cloud in clouds], AnalysisSpec(distance="losses"))
    losses = np.concatenate([cloud.losses.whole() for cloud in clouds]).astype(np.float64)
    expected = np.abs(losses[:, None] - losses[None]).mean(-1)
    np.testing.assert_allclose(
        joint.space.distances[np.ix_(joint.place, joint.place)], expected, rtol=1e-6, atol=1e-7
    )
    assert joint.space.spec.distance == "losses"
    with pytest.raises(AnalysisError, match="no losses of single examples"):
        pool([probed()], [measure(probed())], AnalysisSpec(distance="losses"))


def test_outputs_that_are_not_finite_are_left_out_by_name_and_the_others_keep_their_places():
    cloud = probed()
    outputs = cloud.probe.whole().copy()
    # of the anchor, which others share their weights with
    outputs[0, 3], outputs[9] = np.nan, np.inf
    broken = dataclasses.replace(cloud, probe=Matrix.of(outputs))
    joint, whole = (pool([one], [measure(cloud)], AnalysisSpec()) for one in (broken, cloud))
    assert joint.because == [{"outputs not finite": (0, 9)}]
    assert not set(joint.rows.tolist()) & {0, 9}
    starts = (
        (cloud.column("step_size") == 0)
        & (cloud.column("epoch") == 0)
        & (cloud.column("trajectory") >= 0)
    )
    assert len(np.unique(joint.place[np.isin(joint.rows, np.flatnonzero(starts))])) == 1
    kept = np.isin(whole.rows, joint.rows)
    np.testing.assert_allclose(
        joint.space.distances[np.ix_(joint.place, joint.place)],
        whole.space.distances[np.ix_(whole.place, whole.place)][np.ix_(kept, kept)],
        rtol=1e-6, atol=1e-7,
    )  # fmt: skip


@pytest.mark.parametrize("most", [1_000, 60, 40, 30])
def test_many_snapshots_are_thinned_to_every_so_many_epochs_with_both_ends(most):
    clouds = [probed(), probed(shift=2.0)]
    joint = pool(clouds, [measure(cloud) for cloud in clouds], AnalysisSpec(), most=most)
    assert len(joint.rows) <= most
    assert (joint.thinned == 1) == (most >= 2 * len(clouds[0]))
    for index, cloud in enumerate(clouds):
        here = np.isin(cloud.column("row"), joint.rows[joint.run == index])
        epoch = cloud.column("epoch")
        assert here[np.isin(epoch, (0, 6))].all()  # first and last, the anchor among the first
        assert set(epoch[here].tolist()) == {0, 6} | set(range(0, 7, joint.thinned))
    trajectories = 2 * 6
    # each taken epoch follows the one taken before
    assert len(joint.space.steps) == trajectories * -(-6 // joint.thinned)


def test_thinning_takes_no_more_away_than_it_must():
    trajectory, epoch = (
        np.repeat([-1, 0, 1], [1, 11, 8]),
        np.concatenate([[0], np.arange(11), np.arange(8)]),
    )
    assert [thinning([(trajectory, epoch)], most) for most in (20, 19, 11, 5)] == [1, 2, 3, 10]
    assert epoch[taken(trajectory, epoch, 4)].tolist() == [0, 0, 4, 8, 10, 0, 4, 7]
    with pytest.raises(
        AnalysisError,
        match="2 runs have 40 snapshots, and more than 9 even of first and last epochs",
    ):
        thinning([(trajectory, epoch)] * 2, 9)
