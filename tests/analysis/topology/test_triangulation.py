"""Laws of persistence over a triangulated picture: every bar is gudhi's, located, and a hill in a
valley is one rim as high as it.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landscape_app.analysis.topology.triangulation import Triangulated, persistence
from landscape_app.errors import AnalysisError
from tests.analysis.topology.references import bars, gudhi_complex

RNG = np.random.default_rng(0)


def checked(points: np.ndarray, values: np.ndarray) -> Triangulated:
    """The bars, after all that must hold of them has been held against them."""
    found = persistence(points, values)
    for diagram, expected in zip(
        (found.h0, found.h1), gudhi_complex(found.vertices, found.triangles, values), strict=True
    ):
        assert bars(diagram) == pytest.approx(expected, abs=1e-9)
    assert np.isfinite(found.h1.death).all()
    assert np.array_equal(found.h1.birth, values[found.h1.birth_pair].max(axis=1, initial=-np.inf))
    assert np.array_equal(
        found.h1.death, values[found.death_triangles].max(axis=1, initial=-np.inf)
    )
    assert np.array_equal(found.h1.death, values[found.h1.death_pair[:, 0]])
    edges = {
        frozenset(pair)
        for t in found.triangles.tolist()
        for pair in ((t[0], t[1]), (t[1], t[2]), (t[2], t[0]))
    }
    assert {frozenset(pair) for pair in found.h1.birth_pair.tolist()} <= edges
    assert {frozenset(t) for t in found.death_triangles.tolist()} <= {
        frozenset(t) for t in found.triangles.tolist()
    }
    return found


@pytest.mark.parametrize("n", [3, 4, 12, 300])
def test_every_bar_agrees_with_gudhi_and_is_where_it_says(n):
    found = checked(RNG.normal(size=(n, 2)), RNG.normal(size=n))
    assert len(found.vertices) == n
    assert n < 300 or len(found.h1) > 20


@settings(max_examples=60)
@given(n=st.integers(3, 14), data=st.data())
def test_every_bar_agrees_with_gudhi_among_copies_and_equal_losses(n, data):
    points = data.draw(arrays(np.float64, (n, 2), elements=st.integers(0, 3).map(float)))
    values = data.draw(arrays(np.float64, n, elements=st.integers(0, 4).map(float)))
    places = np.unique(points, axis=0)
    if np.linalg.matrix_rank(places - places[0]) < 2:
        with pytest.raises(AnalysisError):
            persistence(points, values)
        return
    found = checked(points, values)
    for vertex in found.vertices:  # of the points at one place, the lowest
        assert values[vertex] == values[(points == points[vertex]).all(axis=1)].min()


def test_a_crater_is_one_rim_filled_at_its_summit():
    x, y = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-2, 2, 41))
    points = np.column_stack([x.reshape(-1), y.reshape(-1)])
    r2 = (points**2).sum(axis=1)
    # a trough along the unit circle, a hill of height 1 in the middle
    found = checked(points, (r2 - 1) ** 2)
    assert (found.h1.length > 0.2).sum() == 1
    assert found.h1.death[0] == 1.0
    assert points[found.h1.death_pair[0, 0]] == pytest.approx([0, 0], abs=1e-12)


def test_the_unit_and_the_place_of_the_picture_do_not_matter():
    points, values = RNG.normal(size=(60, 2)), RNG.normal(size=60)
    one, other = persistence(points, values), persistence(1e-9 * points + 5e-8, values)
    assert np.array_equal(bars(one.h1), bars(other.h1))
    assert np.array_equal(bars(one.h0), bars(other.h0))


def test_a_constant_loss_has_no_rim():
    found = checked(RNG.normal(size=(30, 2)), np.full(30, 2.5))
    assert (len(found.h0), len(found.h1)) == (1, 0)


@pytest.mark.parametrize(
    ("points", "why"),
    [
        (np.zeros((5, 2)), "three places"),
        (np.eye(2), "three places"),
        (np.empty((0, 2)), "three places"),
        (np.column_stack([np.arange(9.0), 2 * np.arange(9.0)]), "one line"),
        (np.array([[0, 0], [1, 0], [0, np.nan]]), "finite"),
    ],
)
def test_points_without_a_triangulation_are_refused(points, why):
    with pytest.raises(AnalysisError, match=why):
        persistence(points, np.arange(float(len(points))))


def test_losses_that_are_not_finite_are_refused():
    with pytest.raises(AnalysisError, match="finite"):
        persistence(RNG.normal(size=(4, 2)), np.array([0.0, 1.0, np.inf, 2.0]))
