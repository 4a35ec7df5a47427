"""Laws of size and dimension: known clouds have theirs, and copies, units and the order of rows do
not matter where they must not.
"""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.analysis.topology.rips import spanning_bars
from landscape_app.analysis.topology.scale import (
    dimension,
    energy,
    positive_magnitude,
)
from landscape_app.analysis.topology.summaries import total_persistence
from landscape_app.errors import AnalysisError
from landscape_app.seeds import numpy_stream
from tests.analysis.topology.references import distances

POINTS = numpy_stream(0, "points").normal(size=(40, 3))


def test_the_energy_is_the_total_persistence_of_h0_and_scales_with_its_power():
    matrix = distances(POINTS)
    for power in (1.0, 2.0):
        assert energy(matrix, power=power) == pytest.approx(
            total_persistence(spanning_bars(matrix), power=power)
        )
        assert energy(3 * matrix, power=power) == pytest.approx(
            3**power * energy(matrix, power=power)
        )


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_a_cube_has_about_its_dimension_in_whatever_space_it_lies(dims):
    points = numpy_stream(1, "cube").uniform(size=(400, dims)) @ np.eye(dims, 6)
    found, error = dimension(distances(points), rng=numpy_stream(2, "draws"))
    assert abs(found - dims) < 0.1 * dims
    assert 0 < error < 0.1 * dims


def test_a_dimension_is_not_told_from_a_handful():
    with pytest.raises(AnalysisError, match="at least 64"):
        dimension(distances(POINTS), rng=numpy_stream(0, "draws"))


def test_magnitude_counts_places():
    for apart in (0.5, 1.0, 3.0):
        two = distances(np.array([[0.0], [apart]]))
        assert positive_magnitude(two, scale=2.0) == pytest.approx(2 / (1 + np.exp(-2 * apart)))
    matrix = distances(POINTS)
    assert positive_magnitude(matrix, scale=1e4) == pytest.approx(len(POINTS))
    line = np.sort(POINTS[:, :1], axis=0)
    # on a line every weight is positive: Leinster 2013
    expected = 1 + np.tanh(0.7 * np.diff(line[:, 0]) / 2).sum()
    assert positive_magnitude(distances(line), scale=0.7) == pytest.approx(expected)
    copies = distances(np.concatenate([POINTS, POINTS[:7]]))
    assert positive_magnitude(copies, scale=1.0) == pytest.approx(
        positive_magnitude(matrix, scale=1.0)
    )
