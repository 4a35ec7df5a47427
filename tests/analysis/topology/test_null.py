"""Laws of p, and of what makes the null draws of loops quick: stopping early and a look for loops
first change no bar.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.analysis.topology import rips
from landscape_app.analysis.topology.null import Null, longest_against
from landscape_app.seeds import numpy_stream
from tests.analysis.topology.references import distances


def test_p_counts_the_observed_itself_so_that_it_is_never_zero():
    null = Null(2.0, np.array([1.0, 2.0, 3.0]))
    assert (null.p_low, null.p_high) == (0.75, 0.75)
    assert Null(0.0, np.array([1.0] * 9)).p_low == 0.1


def test_the_two_sided_p_is_twice_the_smaller_one_and_at_most_one():
    assert Null(0.0, np.arange(1.0, 40.0)).p == Null(99.0, np.arange(1.0, 40.0)).p == 0.05
    assert Null(20.0, np.arange(1.0, 40.0)).p == 1.0
    assert Null(1.0, np.ones(39)).p == 1.0


@settings(max_examples=150)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(1, 40),
    d=st.sampled_from([1, 2, 3, 12, 1000]),
    walk=st.booleans(),
    ties=st.booleans(),
)
def test_null_draws_have_the_loops_of_the_whole_filtration(seed, n, d, walk, ties):
    points = numpy_stream(seed, "points").normal(size=(n, d))
    points = np.cumsum(points, axis=0) if walk else points
    matrix = distances(np.round(points) if ties else points).astype(np.float32)
    whole = rips.persistence(matrix, quantile=1.0).h1
    assert np.array_equal(rips.finite_loops(matrix), whole.death - whole.birth)
    assert np.isin(whole.birth.astype(np.float32), rips.loop_births(matrix)).all()


def test_loops_that_rounding_alone_parts_are_as_long():
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]])
    square = distances(corners)
    bar = np.float32(np.sqrt(2)) - 1
    shaken = iter([square, square * (1 + 3e-7), square * (1 - 3e-7), square * 0.9])
    null = longest_against(
        float(bar), lambda _: next(shaken), rng=numpy_stream(0, "none"), repeats=4
    )
    assert (null.samples == bar).tolist() == [True, True, True, False]
    assert null.p_high == pytest.approx(4 / 5)
