"""Laws of the one pass over the weights: it agrees with float64 on all of them at once, whatever
the blocks and the common part.
"""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.analysis.measures.bending import trajectory_detour, trajectory_turning
from landscape_app.analysis.measures.motion import WIDTH, consecutive, motion
from landscape_app.records.snapshots import Matrix, Snapshots
from tests.analysis.measures.clouds import cloud


def wide(parameters: int) -> Snapshots:
    """The cloud's columns with weights that wander by little around a large common part."""
    plain = cloud()
    rng = np.random.default_rng(0)
    common = rng.normal(size=parameters)
    delta = (common + 1e-4 * rng.normal(size=(len(plain), parameters))).astype(np.float32)
    return Snapshots("cloud", plain.columns, Matrix.of(delta), classes=10)


def test_steps_and_ends_are_those_of_all_weights_at_once_in_double_precision():
    snapshots = wide(2 * WIDTH + 17)
    found, theta = motion(snapshots), snapshots.delta.whole().astype(np.float64)
    trajectory, epoch, step = (
        snapshots.column(name) for name in ("trajectory", "epoch", "step_size")
    )
    for row in range(len(snapshots)):
        if trajectory[row] < 0 or epoch[row] == 0:
            assert np.isnan(found.steps[row])
        else:
            np.testing.assert_allclose(
                found.steps[row], np.linalg.norm(theta[row] - theta[row - 1]), rtol=1e-12
            )
        if epoch[row] > 1:
            along = (theta[row] - theta[row - 1]) @ (theta[row - 1] - theta[row - 2])
            np.testing.assert_allclose(found.along[row], along, rtol=1e-9)
        else:
            assert np.isnan(found.along[row])
        if trajectory[row] >= 0 and epoch[row] == epoch.max():
            np.testing.assert_allclose(
                found.displaced[row],
                np.linalg.norm(theta[row] - theta[row - epoch[row]]),
                rtol=1e-12,
            )
        else:
            assert np.isnan(found.displaced[row])
    assert (
        found.ends.tolist()
        == np.flatnonzero((epoch == epoch.max()) & (step == step.max())).tolist()
    )
    apart = np.linalg.norm(theta[found.ends][:, None] - theta[found.ends][None], axis=2)
    np.testing.assert_allclose(found.between, apart, rtol=1e-12)


def test_a_step_is_to_the_epoch_before_on_the_same_trajectory_whatever_the_order():
    whole = cloud()
    order = np.random.default_rng(1).permutation(len(whole))
    mixed = whole.select(order[order != 5])  # one snapshot is missing: the one after it has no step
    rows, before = consecutive(mixed)
    assert len(rows) == int((whole.column("epoch") > 0).sum()) - 2
    assert np.array_equal(mixed.column("trajectory")[rows], mixed.column("trajectory")[before])
    assert np.array_equal(mixed.column("epoch")[rows], mixed.column("epoch")[before] + 1)
    assert mixed.column("trajectory").min() == -1
    assert (mixed.column("trajectory")[rows] >= 0).all()


def test_the_weights_are_read_once():
    plain, read = cloud(), []

    def columns(start: int, stop: int) -> np.ndarray:
        read.append((start, stop))
        return plain.delta.read(start, stop)

    motion(Snapshots("cloud", plain.columns, Matrix(plain.delta.shape, columns), classes=10))
    assert read == [(0, plain.delta.shape[1])]


def test_a_circle_turns_by_the_same_angle_every_epoch_and_goes_a_detour():
    plain = cloud(seeds=2, controls=False)
    turn = 2 * np.pi / 12 * plain.column("epoch")
    delta = np.stack([np.cos(turn), np.sin(turn), plain.column("trajectory") + 3.0], axis=1).astype(
        np.float32
    )
    circle = Snapshots("circle", plain.columns, Matrix.of(delta), classes=10)
    (turning,), (detour,) = trajectory_turning(circle, {}), trajectory_detour(circle, {})
    assert turning.value == pytest.approx(30, rel=1e-5)
    # half a circle of six chords over its diameter
    assert detour.value == pytest.approx(6 * 2 * np.sin(np.pi / 12) / 2, rel=1e-5)


def test_what_does_not_move_has_no_angle():
    plain = cloud()
    still = Snapshots(
        "still", plain.columns, Matrix.of(np.zeros((len(plain), 4), np.float32)), classes=10
    )
    for told in (*trajectory_turning(still, {}), *trajectory_detour(still, {})):
        assert told.value is None
        assert "9 did not move" in told.detail
