"""Laws of what a null of loops is made of: enough moves a trajectory, few enough snapshots, chosen
by epoch, seed and step size alone.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from landscape_app.analysis.topology.noise import walks
from landscape_app.analysis.topology.null import LEVEL
from landscape_app.analysis.topology.paths import reached_from
from landscape_app.analysis.topology.rips import finite_loops
from landscape_app.analysis.topology.thinning import MOVES, POINTS, evenly, smallest_p, thinned
from landscape_app.seeds import numpy_stream
from tests.analysis.topology.references import distances


def protocol(seeds: int, steps: int, epochs: int | list[int]) -> tuple[np.ndarray, np.ndarray]:
    """(before (m,), seed and step size (m, 2)) of an anchor and seeds × steps trajectories of so
    many epochs each.
    """
    before, cells = [-1], [(-1.0, 0.0)]
    lasting = itertools.cycle([epochs] if isinstance(epochs, int) else epochs)
    for (seed, step), last in zip(
        itertools.product(range(seeds), range(steps)), lasting, strict=False
    ):
        before += [-1, *range(len(before), len(before) + last)]
        cells += [(seed, step / 4)] * (last + 1)
    return np.array(before), np.array(cells)


@pytest.mark.parametrize("epochs", [1, 5, 9, 10, 19, 20, 40, 45, 99, 400])
def test_a_trajectory_keeps_every_cth_snapshot_and_at_least_ten_moves(epochs):
    before, cells = protocol(4, 4, epochs)
    found = thinned(before, cells)
    c = max(1, epochs // MOVES)
    whole = [epoch for epoch in range(epochs + 1) if epoch % c == 0]
    assert found.every.tolist() == [c] * len(found.every)
    assert (found.moves >= min(MOVES, epochs)).all()
    assert (found.moves < 2 * MOVES).all()
    assert c == 1 or epochs // (c + 1) < MOVES  # a larger c would leave too few
    assert len(found.positions) <= POINTS
    for first in found.positions[1 :: len(whole)]:
        assert (
            found.positions[(found.positions >= first) & (found.positions <= first + epochs)]
            - first
        ).tolist() == whole


def test_the_default_protocol_is_thinned_to_221_snapshots():
    before, cells = protocol(4, 5, 40)
    found = thinned(before, cells)
    assert (len(found.positions), len(before)) == (221, 821)
    assert found.words == "221 of 821 snapshots (one in 4 of each trajectory, 10 moves each)"


def test_where_too_many_would_be_kept_whole_trajectories_go_evenly():
    before, cells = protocol(8, 5, 40)
    found = thinned(before, cells)
    assert len(found.positions) == 1 + 29 * 11 <= POINTS
    for column in (0, 1):
        _, counts = np.unique(cells[found.positions[1:]][:, column], return_counts=True)
        assert len(counts) == (8, 5)[column]
        assert counts.max() - counts.min() <= 11  # one trajectory
    assert "11 of 40 trajectories are left out, as 320 snapshots are the most" in found.words


def test_under_ten_epochs_every_snapshot_is_kept_and_that_is_said():
    before, cells = protocol(4, 5, 6)
    found = thinned(before, cells)
    assert len(found.positions) == len(before)
    assert found.words.endswith(
        "(every one of each trajectory, 6 moves each); that is fewer than 10, so every snapshot is"
        " kept"
    )


def test_one_that_diverged_early_does_not_thin_the_others():
    before, cells = protocol(2, 2, [40, 40, 3, 0])
    found = thinned(before, cells)
    # in the order of `evenly`
    assert (found.every.tolist(), found.moves.tolist()) == ([4, 4, 1], [10, 10, 3])
    assert found.trajectories == 3  # the one that ended with its jump has no moves; its jump stays
    assert len(found.positions) == 1 + 11 + 11 + 4 + 1
    assert "3-10 moves each); 1 trajectory has fewer and keeps every snapshot" in found.words


def test_no_place_is_looked_at():
    points, (before, cells) = numpy_stream(0, "points").normal(size=(83, 3)), protocol(2, 1, 40)
    steps = np.column_stack([before, np.arange(83)])[before >= 0]
    one, other = (
        walks(distances(p), steps, cells).thinning.positions for p in (points, points[::-1])
    )
    assert np.array_equal(one, other)
    assert np.array_equal(reached_from(steps, 83), before)


@pytest.mark.parametrize(("high", "wide"), [(1, 1), (4, 5), (4, 4), (6, 4), (1, 7), (8, 2)])
def test_every_beginning_of_the_order_is_spread_evenly(high, wide):
    cells = np.array(list(itertools.product(range(high), range(wide))))
    order = evenly(cells)
    assert sorted(order) == list(range(high * wide))
    for k in range(1, len(order) + 1):
        for column, size in ((0, high), (1, wide)):
            counts = np.bincount(cells[order[:k], column], minlength=size)
            assert counts.max() - counts.min() <= 1


def test_the_smallest_p_of_a_circle_is_that_of_all_its_orders():
    for k in (3, 4, 5, 6):
        turned = np.array(
            [[np.cos(2 * np.pi * i / k), np.sin(2 * np.pi * i / k)] for i in range(k)]
        )
        ways = np.array(
            [np.cumsum(turned[list(order)], axis=0) for order in itertools.permutations(range(k))]
        )
        longest = np.array([finite_loops(distances(way)).max(initial=0.0) for way in ways])
        assert smallest_p(k, 10**9) == pytest.approx(
            (longest >= longest[0] - 1e-9).mean() if k > 3 else 1.0
        )
    assert smallest_p(5, 39) == pytest.approx(1 / 12)
    assert smallest_p(MOVES, 39) == 1 / 40 <= LEVEL
    assert (smallest_p(0, 39), smallest_p(2, 39), smallest_p(200, 199)) == (1.0, 1.0, 1 / 200)
