"""Laws of Rips persistence: exact, located, honest about where it stops, and not fooled by copies,
ties or the order of rows.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from ripser import ripser

from landscape_app.analysis.topology import rips
from landscape_app.analysis.topology.rips import farthest_points, persistence, spanning_bars
from landscape_app.analysis.topology.summaries import censored, longest
from landscape_app.errors import AnalysisError
from tests.analysis.topology.references import (
    bars,
    bottleneck,
    circle,
    distances,
    gudhi_rips,
    loops,
)

FEW = settings(max_examples=40, deadline=None)
# Points of a small grid: every distance occurs many times, also 0.
clouds = st.integers(2, 14).flatmap(
    lambda n: arrays(np.float64, (n, 2), elements=st.integers(0, 4).map(float))
)


@pytest.mark.parametrize("quantile", [0.3, 0.6, 1.0])
def test_every_bar_agrees_with_gudhi_up_to_the_threshold(quantile):
    matrix = distances(np.random.default_rng(0).normal(size=(25, 3)))
    found = persistence(matrix, quantile=quantile, dimension=2)
    expected = gudhi_rips(matrix, found.threshold, 2)
    assert len(expected[1]) > 3
    assert bars(found.h1) == pytest.approx(expected[1], abs=1e-9)
    assert bars(found.h2) == pytest.approx(expected[2], abs=1e-9)
    # H0 has no threshold
    assert bars(found.h0) == pytest.approx(gudhi_rips(matrix, np.inf, 0)[0], abs=1e-9)


@FEW
@given(points=clouds, quantile=st.sampled_from([0.25, 0.7, 1.0]))
def test_every_bar_agrees_with_gudhi_also_with_copies_and_ties(points, quantile):
    matrix = distances(points)
    found = persistence(matrix, quantile=quantile, dimension=2)
    expected = gudhi_rips(matrix, found.threshold, 2)
    assert bars(found.h1) == pytest.approx(expected[1], abs=1e-9)
    assert bars(found.h2) == pytest.approx(expected[2], abs=1e-9)
    assert bars(found.h0) == pytest.approx(gudhi_rips(matrix, np.inf, 0)[0], abs=1e-9)


def test_plain_ripser_gives_the_same_to_its_single_precision():
    matrix = distances(np.random.default_rng(1).normal(size=(60, 2)))
    plain = ripser(matrix, maxdim=1, distance_matrix=True)["dgms"]
    found = persistence(matrix, quantile=1.0)
    assert np.sort(found.h1.length) == pytest.approx(
        np.sort(plain[1][:, 1] - plain[1][:, 0]), abs=1e-6
    )
    assert np.sort(found.h0.death) == pytest.approx(np.sort(plain[0][:, 1]), abs=1e-6)


@FEW
@given(points=clouds)
def test_every_bar_is_located_at_the_pairs_where_it_is_born_and_dies(points):
    matrix = distances(points)
    found = persistence(matrix, quantile=0.6)
    for diagram in (found.h0, found.h1):
        dies = np.isfinite(diagram.death)
        i, j = diagram.death_pair[dies].T
        assert np.array_equal(matrix[i, j], diagram.death[dies])
        assert (diagram.death_pair[~dies] == -1).all()
    i, j = found.h1.birth_pair.T
    assert np.array_equal(matrix[i, j], found.h1.birth)
    assert np.array_equal(found.h1.censored, np.isinf(found.h1.death))
    assert (found.h1.death > found.h1.birth).all()
    assert (np.diff(found.h1.length[~found.h1.censored]) <= 0).all()


def test_h0_dies_at_the_edges_of_the_spanning_tree_and_copies_at_zero():
    points = np.random.default_rng(2).normal(size=(10, 2))
    found = spanning_bars(distances(np.concatenate([points, points[:3]])))
    assert len(found) == 13
    assert (found.death == 0).sum() == 3
    assert np.isinf(found.death[0])
    assert len(bars(found)) == 10
    assert not found.censored.any()


def test_a_circle_is_one_long_bar():
    found = persistence(distances(circle(40, noise=0.02)), quantile=1.0)
    assert longest(found.h1) > 1.2  # √3 − the gap between neighbours, less the noise
    assert len(found.h1) == 1 or found.h1.length[1] < 0.1


def test_a_bar_that_is_alive_at_the_threshold_is_censored_and_has_no_length():
    found = persistence(distances(circle(40)), quantile=0.25)
    assert censored(found.h1) == 1
    assert longest(found.h1) is None
    assert np.isinf(found.h1.death[0])
    assert found.h1.birth[0] < found.threshold < np.sqrt(3)


@FEW
@given(points=clouds, quantile=st.floats(0.05, 1))
def test_the_threshold_is_a_distance_above_the_quantile_unless_nothing_is_left_to_die(
    points, quantile
):
    matrix = distances(points)
    found = persistence(matrix, quantile=quantile)
    pairs = matrix[np.triu_indices(len(points), 1)]
    assert found.threshold in pairs
    enclosing = matrix.max(axis=1).min()
    assert found.threshold <= enclosing
    if found.threshold < enclosing:
        assert (pairs <= found.threshold).mean() >= quantile - 1e-12
    else:
        assert not found.h1.censored.any()


def test_another_order_of_the_snapshots_gives_the_same_bars_in_the_same_places():
    matrix = distances(np.random.default_rng(3).normal(size=(50, 2)))
    order = np.random.default_rng(4).permutation(50)
    one, other = (
        persistence(matrix, quantile=0.5),
        persistence(matrix[np.ix_(order, order)], quantile=0.5),
    )
    for name in ("h0", "h1"):
        a, b = getattr(one, name), getattr(other, name)
        assert np.array_equal(a.birth, b.birth)
        assert np.array_equal(a.death, b.death)
        assert np.array_equal(
            np.sort(a.death_pair[1:], axis=1), np.sort(order[b.death_pair[1:]], axis=1)
        )
    assert np.array_equal(
        np.sort(one.h1.birth_pair, axis=1), np.sort(order[other.h1.birth_pair], axis=1)
    )
    assert [set(loop) for loop in loops(one)] == [set(order[loop]) for loop in loops(other)]


def test_only_the_loops_of_the_longest_bars_are_drawn(monkeypatch):
    matrix = distances(np.random.default_rng(5).normal(size=(60, 2)))
    whole = persistence(matrix)
    monkeypatch.setattr(rips, "DRAWN", 2)
    part = persistence(matrix)
    assert [len(loop) for loop in loops(part)] == [
        *(len(loop) for loop in loops(whole)[:2]),
        *[0] * (len(whole.h1) - 2),
    ]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_two_or_three_snapshots_have_no_loop(n):
    found = persistence(distances(np.eye(3)[:n]), dimension=2)
    assert (len(found.h0), len(found.h1), len(found.h2)) == (n, 0, 0)
    assert found.cycle_offsets.tolist() == [0]


def test_a_subsample_keeps_its_promise():
    points = np.concatenate([circle(90, noise=0.05), circle(30, noise=0.1, seed=1) + 4])
    matrix = distances(points)
    whole, part = persistence(matrix, quantile=1.0), persistence(matrix, quantile=1.0, limit=40)
    assert len(part.points) == 40
    assert (whole.error, len(whole.points)) == (0.0, 120)
    assert matrix[:, part.points].min(axis=1).max() == pytest.approx(part.radius)
    apart = bottleneck(bars(whole.h1), bars(part.h1))
    assert 0 < apart <= part.error
    assert np.array_equal(whole.h0.death, part.h0.death)  # H0 is always of all
    i, j = part.h1.birth_pair.T
    assert np.array_equal(matrix[i, j], part.h1.birth)
    assert set(part.cycle_rows) <= set(part.points)


def test_farthest_points_stop_where_only_copies_are_left():
    points, radius = farthest_points(distances(np.repeat(np.eye(3), 5, axis=0)), 10)
    assert (len(points), radius) == (3, 0.0)


def test_what_cannot_be_asked_for_is_refused():
    matrix = distances(np.eye(3))
    for wrong in ({"quantile": 0.0}, {"quantile": 1.1}, {"dimension": 3}, {"limit": 5794}):
        with pytest.raises(AnalysisError, match="given were"):
            persistence(matrix, **wrong)
    with pytest.raises(AnalysisError, match="not symmetric"):
        persistence(np.triu(matrix))


def test_voids_of_a_subsample_are_those_of_all_to_within_their_error():
    points = np.random.default_rng(6).normal(size=(110, 3))
    matrix = distances(points / np.linalg.norm(points, axis=1, keepdims=True))
    whole, part = (
        persistence(matrix, quantile=1.0, dimension=2, voids=voids) for voids in (110, 70)
    )
    assert (len(whole.void_points), whole.void_error, len(part.void_points)) == (110, 0.0, 70)
    assert np.array_equal(whole.h1.birth, part.h1.birth)  # H1 is of all, whatever H2 is of
    assert matrix[:, part.void_points].min(axis=1).max() == pytest.approx(part.void_radius)
    assert 0 < bottleneck(bars(whole.h2), bars(part.h2)) <= part.void_error
    assert longest(part.h2) > 0.3  # the void of the sphere
    i, j = part.h2.birth_pair.T
    assert np.array_equal(matrix[i, j], part.h2.birth)
    assert set(part.h2.birth_pair.reshape(-1)) <= set(part.void_points)


def test_loops_that_are_only_counted_are_those_of_the_whole_filtration():
    for seed in range(4):
        matrix = distances(np.random.default_rng(seed).normal(size=(30, 2)))
        assert (
            rips.finite_loops(matrix).tolist()
            == persistence(matrix, quantile=1.0).h1.length.tolist()
        )
    assert len(rips.finite_loops(distances(np.eye(2)))) == 0
