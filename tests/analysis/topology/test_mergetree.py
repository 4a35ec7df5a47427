"""Laws of leaf edges: the height that must be climbed from every minimum, also from the deepest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.analysis.topology.graph import grid
from landscape_app.analysis.topology.mergetree import leaf_heights, smad
from landscape_app.analysis.topology.sublevel import persistence
from tests.analysis.topology.test_sublevel import component_below, graphs


def test_the_double_well_has_its_closed_form():
    axis = np.linspace(-1, 1, 41)
    x, y = np.meshgrid(axis, axis, indexing="ij")
    found = persistence(grid(41, 41), ((x**2 - 0.49) ** 2 + 0.3 * y**2 + 0.05 * x).reshape(-1))
    assert leaf_heights(found) == pytest.approx([0.24015625 + 0.035, 0.24015625 - 0.035], abs=1e-12)
    assert smad(found) == pytest.approx(0.24015625, abs=1e-12)


def test_where_there_is_no_saddle_there_is_no_leaf_edge():
    bowl = persistence(grid(9), np.arange(-4.0, 5.0) ** 2)
    assert leaf_heights(bowl).tolist() == [np.inf]
    assert smad(bowl) == 0
    assert smad(persistence(grid(3, 3), np.ones(9))) == 0


def test_a_minimum_is_left_at_its_first_saddle_not_where_its_bar_dies():
    # minima 0, 1, 2 at positions 0, 2, 4 with saddles 3 and 5: the middle one is left at 3, and so
    # is the deepest
    found = persistence(grid(5), np.array([0.0, 3.0, 1.0, 5.0, 2.0]))
    assert found.diagram.birth.tolist() == [0, 2, 1]
    assert leaf_heights(found).tolist() == [3, 3, 2]
    # and with the saddles exchanged the middle one is left at 3 by the higher basin that runs into
    # it, though it dies at 5
    found = persistence(grid(5), np.array([0.0, 5.0, 1.0, 3.0, 2.0]))
    assert dict(zip(found.diagram.birth, leaf_heights(found), strict=True)) == {
        0.0: 5.0,
        1.0: 2.0,
        2.0: 1.0,
    }


@settings(max_examples=60, deadline=None)
@given(case=graphs(elements=st.integers(-50, 50).map(float), unique=True))
def test_below_its_first_saddle_a_minimum_is_alone_and_from_there_on_not(case):
    edges, values = case
    found = persistence(edges, values)
    minima = set(found.diagram.birth_pair[:, 0].tolist())
    for minimum, height in zip(found.diagram.birth_pair[:, 0], leaf_heights(found), strict=True):
        saddle = values[minimum] + height
        assert minima & component_below(edges, values, minimum, saddle) == {minimum}
        if np.isfinite(saddle):
            assert len(minima & component_below(edges, values, minimum, saddle + 0.5)) > 1
