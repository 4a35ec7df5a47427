"""Laws of landscapes and images: those of gudhi, with known heights, masses and ranges."""

from __future__ import annotations

import numpy as np
import pytest
from gudhi.representations import Landscape

from landscape_app.analysis.topology.vectors import common_range, image, landscape
from tests.analysis.topology.test_summaries import diagram


def random_diagram(b: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    birth = rng.uniform(0, 1, b)
    # the essential bar has no part
    return diagram(np.append(birth, 0), np.append(birth + rng.uniform(0, 1, b), np.inf))


def test_a_landscape_is_that_of_gudhi():
    found = random_diagram(15)
    at = np.linspace(0, 2, 50)
    pairs = np.column_stack([found.birth, found.death])[found.finite]
    expected = (
        Landscape(num_landscapes=4, resolution=50, sample_range=[0, 2])
        .fit_transform([pairs])[0]
        .reshape(4, 50)
    )
    # gudhi's unit is the diagonal's
    assert landscape(found, at, levels=4) * np.sqrt(2) == pytest.approx(expected, abs=1e-12)


def test_a_bar_is_a_tent_half_as_high_as_it_is_long_and_lower_levels_lie_below():
    found = landscape(diagram([1.0], [3.0]), np.array([0.0, 1.5, 2.0, 4.0]), levels=3)
    assert found.tolist() == [[0, 0.5, 1, 0], [0] * 4, [0] * 4]
    levels = landscape(random_diagram(20), np.linspace(0, 2, 99))
    assert (np.diff(levels, axis=0) <= 0).all()
    assert landscape(diagram([], []), np.arange(3.0)).tolist() == np.zeros((5, 3)).tolist()


def test_an_image_holds_the_total_persistence():
    found = random_diagram(6, seed=1)
    axis = np.linspace(-1, 3, 401)
    pixels = image(found, axis, axis, width=0.1)
    assert pixels.shape == (401, 401)
    assert pixels.sum() * (axis[1] - axis[0]) ** 2 == pytest.approx(
        found.length[found.finite].sum(), rel=1e-6
    )
    one = image(diagram([0.5], [1.5]), axis, axis, width=0.05)
    row, column = np.unravel_index(one.argmax(), one.shape)
    assert (axis[column], axis[row]) == (pytest.approx(0.5), pytest.approx(1.0))  # (birth, length)


def test_the_common_range_is_that_of_the_finite_bars_of_all():
    assert common_range([diagram([1, 0], [2, np.inf]), diagram([-3.0], [0.5])]) == (-3, 2)
    assert common_range([]) == common_range([diagram([0.0], [np.inf])]) == (0, 1)
