"""Laws of the comparison of two sets of features: swapping them changes the sign and nothing else,
no difference is seldom found, and a difference of ten points nearly always.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from landscape_app.analysis.experiment import comparison

GROUPS = np.repeat(np.arange(108), 2)
# A share of right predictions per network: spread between configurations, and between the two seeds
# of one.
BETWEEN, WITHIN = 0.25, 0.15


def tables(
    rng: np.random.Generator, planted: float, groups: np.ndarray = GROUPS
) -> tuple[np.ndarray, np.ndarray]:
    """The shares (n,) of two sets of features, the first better by `planted` on average."""
    configurations = groups.max() + 1
    both = 0.4 + rng.normal(0, BETWEEN / np.sqrt(2), configurations)[groups]
    each = [
        both
        + rng.normal(0, BETWEEN / np.sqrt(2), configurations)[groups]
        + rng.normal(0, WITHIN, len(groups))
        for _ in range(2)
    ]
    return np.clip(each[0] + planted, 0, 1), np.clip(each[1], 0, 1)


def found(count: int, planted: float) -> int:
    """In how many of `count` tables p is below 5 %."""
    times = 0
    for seed in range(count):
        one, other = tables(np.random.default_rng(seed), planted)
        times += comparison.difference(one, other, GROUPS, seed=seed).p < 0.05
    return times


def test_swapping_the_two_changes_the_sign_only() -> None:
    one, other = tables(np.random.default_rng(0), 0.05)
    there = comparison.difference(one, other, GROUPS)
    back = comparison.difference(other, one, GROUPS)
    assert there.value == pytest.approx(np.mean(one - other))
    assert there.value == -back.value
    assert there.low == pytest.approx(-back.high)
    assert there.high == pytest.approx(-back.low)
    assert there.p == back.p
    assert there.detectable == pytest.approx(back.detectable)
    assert there.low < there.value < there.high


def test_of_equal_sets_no_difference_is_found() -> None:
    one, _ = tables(np.random.default_rng(0), 0.0)
    same = comparison.difference(one, one, GROUPS)
    assert same.value == 0
    assert same.p == 1
    assert same.smallest_p == 1
    assert (same.low, same.high, same.detectable) == (0, 0, 0)


def test_the_p_is_that_of_all_swaps() -> None:
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(9), 2)
    one, other = tables(rng, 0.1, groups)
    sums = np.bincount(groups, weights=one - other)
    reached = [
        abs(np.dot(signs, sums)) >= abs(sums.sum()) - 1e-12
        for signs in itertools.product((-1, 1), repeat=9)
    ]
    exact = np.mean(reached)
    p = comparison.difference(one, other, groups).p
    assert p == pytest.approx(exact, abs=4 * np.sqrt(exact / comparison.SWAPS))
    assert comparison.difference(one, other, groups).smallest_p == 2.0**-8


def test_the_interval_is_as_wide_as_its_configurations_ask() -> None:
    one, other = tables(np.random.default_rng(5), 0.0)
    difference = comparison.difference(one, other, GROUPS)
    means = np.bincount(GROUPS, weights=one - other) / 2
    error = means.std(ddof=1) / np.sqrt(len(means))
    assert difference.high - difference.low == pytest.approx(2 * 1.96 * error, rel=0.06)
    assert difference.detectable == pytest.approx(2.8016 * error, rel=0.06)
    # as if all networks were independent it would be narrower: seeds of a recipe are not
    naive = (one - other).std(ddof=1) / np.sqrt(len(one))
    assert error > 1.15 * naive


def test_what_is_not_there_is_seldom_found_and_ten_points_nearly_always() -> None:
    assert found(20, 0.0) <= 4  # 0.3 % of the time more
    assert found(20, 0.1) >= 17


@pytest.mark.exhaustive
def test_of_100_tables() -> None:
    assert 1 <= found(100, 0.0) <= 11
    assert found(100, 0.1) >= 90


def test_holm_is_what_holm_wrote() -> None:
    assert comparison.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert comparison.holm([0.5, 0.9]) == [1.0, 1.0]
    assert comparison.holm([]) == []
    p_values = np.random.default_rng(0).random(30) ** 3
    adjusted = comparison.holm(p_values)
    assert all(a >= p for a, p in zip(adjusted, p_values, strict=True))
