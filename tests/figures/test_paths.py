"""Laws of paths: every snapshot once, in order, and the pen is lifted wherever something is
missing.
"""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from landscape_app.figures.paths import ANCHOR, LIFTED, framed, paths, rays
from tests.figures import made

WHOLE = made.subject()
lost = st.sets(st.sampled_from(sorted(set(WHOLE.rows.tolist()) - {ANCHOR})), max_size=12)


@given(lost, st.randoms(use_true_random=False))
def test_every_snapshot_is_drawn_once_and_no_line_crosses_a_gap(without, random) -> None:
    subject = made.subject(without=without)
    shuffled = np.array(random.sample(subject.rows.tolist(), len(subject.rows)))
    path = paths(subject, shuffled, made.embedding(shuffled, 3).arrays["coordinates"])
    drawn = path.rows[path.rows != LIFTED]
    assert drawn.tolist() == subject.rows[subject.rows != ANCHOR].tolist()
    assert np.isnan(path.at).all(axis=1).tolist() == (path.rows == LIFTED).tolist()
    joined = [
        (a, b) for a, b in zip(path.rows[:-1], path.rows[1:], strict=True) if LIFTED not in (a, b)
    ]
    for a, b in joined:
        assert b == a + 1
        assert subject.values("trajectory", [a]) == subject.values("trajectory", [b])


@given(st.integers(2, 5), st.integers(1, 5))
def test_a_thinned_trajectory_is_one_line_and_what_is_lost_still_lifts_the_pen(every, lost) -> None:
    epochs = made.LONG["epochs"]
    subject = made.subject(**made.LONG)
    epoch = subject.columns["epoch"]
    kept = subject.rows[(epoch % every == 0) | (epoch == epochs)]
    # the second one of so many trajectories
    without = np.isin(kept, 1 + np.arange(lost) * (epochs + 1) + every)
    trajectories = len(set(subject.columns["trajectory"].tolist()) - {-1})
    for there, pieces in ((kept, trajectories), (kept[~without], trajectories + lost)):
        path = paths(subject, there, made.embedding(there, 3).arrays["coordinates"], every=every)
        assert (path.rows == LIFTED).sum() + 1 == pieces
        for a, b in zip(path.rows[:-1], path.rows[1:], strict=True):
            assert LIFTED in (a, b) or (
                b - a <= every
                and subject.values("trajectory", [a]) == subject.values("trajectory", [b])
            )


@given(lost)
def test_a_drawn_place_is_that_of_its_snapshot(without) -> None:
    subject = made.subject(without=without)
    stored = subject.results["embedding"].arrays
    path = paths(subject, stored["rows"], stored["coordinates"])
    for row, at in zip(path.rows, path.at, strict=True):
        if row != LIFTED:
            np.testing.assert_array_equal(
                at, stored["coordinates"][stored["rows"].tolist().index(row)]
            )
    np.testing.assert_array_equal(path.anchor, stored["coordinates"][0])


def test_jumps_are_the_first_snapshots_of_trajectories_that_are_no_controls() -> None:
    path = paths(WHOLE, WHOLE.rows, WHOLE.results["embedding"].arrays["coordinates"])
    jumps = path.rows[path.jumps]
    assert len(jumps) == made.SEEDS * (len(made.STEPS) - 1)
    assert set(WHOLE.values("epoch", jumps)) == {0}
    assert 0.0 not in WHOLE.values("step_size", jumps)


def test_a_ray_runs_from_the_anchor_through_its_seeds_jumps_by_step_size() -> None:
    path = paths(WHOLE, WHOLE.rows, WHOLE.results["embedding"].arrays["coordinates"])
    rows, _ = rays(WHOLE, path)
    lines = np.split(rows, np.flatnonzero(rows == LIFTED))
    for seed, line in enumerate(line[line != LIFTED] for line in lines[:-1]):
        assert line[0] == ANCHOR
        assert set(WHOLE.values("seed", line[1:])) == {seed}
        assert (np.diff(WHOLE.values("step_size", line[1:])) > 0).all()


@given(st.floats(0.1, 1e4), st.floats(-1e4, 1e4))
def test_framing_keeps_shapes_and_fits_the_ball(scale, shift) -> None:
    at = made.embedding(WHOLE.rows, 3).arrays["coordinates"].astype(np.float64) * scale + shift
    frame = framed(at).astype(np.float64)
    assert np.linalg.norm(frame, axis=1).max() <= 1 + 1e-5
    there, here = (np.linalg.norm(x[:, None] - x, axis=-1) for x in (at, frame))
    np.testing.assert_allclose(here / here.max(), there / there.max(), atol=1e-4)


def test_what_is_not_finite_stays_so() -> None:
    at = np.array([[0.0, 0.0], [np.nan, np.nan], [2.0, 0.0]])
    assert np.isnan(framed(at)[1]).all()
    assert np.isnan(framed(np.full((2, 3), np.nan))).all()
