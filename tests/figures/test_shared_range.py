"""Laws of ranges that runs share: whole where runs are alike, unmoved by one that diverged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.figures.shared_range import DECADES, FAR, shared, wide

values = st.lists(st.floats(0, 10), min_size=1, max_size=8).map(lambda part: np.array([0.0, *part]))
runs = st.lists(values, min_size=2, max_size=3)


@given(runs)
def test_runs_that_are_alike_are_all_on_the_scale(parts: list[np.ndarray]) -> None:
    parts = [np.append(part, 5.0) for part in parts]
    found = shared(parts)
    assert (found.low, found.high) == (min(map(np.min, parts)), max(map(np.max, parts)))
    assert found.off == ()


@given(runs, st.sampled_from([1e6, 1e300, np.inf, np.nan]), st.integers(0, 3))
def test_one_diverged_run_moves_nothing(parts: list[np.ndarray], huge: float, at: int) -> None:
    parts = [np.append(part, 5.0) for part in parts]
    diverged = np.append(parts[0], huge)
    among = [*parts[:at], diverged, *parts[at:]]
    before, after = shared([*parts, parts[0]]), shared(among)
    assert (after.low, after.high) == (before.low, before.high)
    assert after.off == (() if np.isnan(huge) else (min(at, len(parts)),))
    assert np.isnan(huge) or after.peak == huge


@given(runs, st.floats(0.01, 100))
def test_the_unit_does_not_matter(parts: list[np.ndarray], unit: float) -> None:
    parts = [np.append(part, 5.0) for part in parts]
    scaled = shared([unit * part for part in parts])
    np.testing.assert_allclose(
        [scaled.low, scaled.high], [unit * shared(parts).low, unit * shared(parts).high]
    )


@pytest.mark.parametrize(("beyond", "off"), [(DECADES - 0.1, ()), (DECADES + 0.1, (1,))])
def test_decades_above_the_others_are_off_a_logarithmic_scale(
    beyond: float, off: tuple[int, ...]
) -> None:
    found = shared([np.array([-4.0, 0.0]), np.array([-4.0, beyond])], log=True)
    assert found.off == off
    # what is far below is no divergence
    assert shared([np.array([-9.0, 0.0]), np.array([-1.0, 0.0])], log=True).low == -9.0


def test_a_run_of_one_value_says_nothing_of_the_others() -> None:
    assert shared([np.zeros(2), np.array([0.0, 7.0])]).off == ()
    assert shared([np.array([0.0, 1.0]), np.array([0.0, FAR + 1])]).off == (1,)


def test_without_a_finite_value_there_is_a_range_all_the_same() -> None:
    found = shared([np.array([np.nan, np.inf]), np.empty(0)])
    assert (found.low, found.high, found.off) == (0.0, 1.0, (0,))
    assert wide(shared([np.array([3.0])])) == (2.5, 3.5)
    assert wide(shared([np.array([3.0, 4.0])])) == (3.0, 4.0)
