"""Laws of the intervals: they cover, they repeat, they do not take seeds for evidence; and few
networks are called few.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from landscape_app.analysis.statistics import bootstrap, kendall


def interval(x, y, configuration, *, count=400, seed=0):
    weights = bootstrap.resamples(configuration, count=count, seed=seed)
    return bootstrap.interval(kendall.tau(kendall.signs(x), kendall.signs(y), weights), level=0.95)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    # Kendall's τ of a normal pair
    rng, truth = np.random.default_rng(0), 2 / np.pi * np.arcsin(0.7)
    covered = 0
    for _ in range(100):
        x, noise = rng.normal(size=(2, 40))
        low, high = interval(x, 0.7 * x + np.sqrt(1 - 0.49) * noise, np.arange(40))
        covered += low <= truth <= high
    assert 85 <= covered <= 100


def test_the_same_seed_gives_the_same_resamples_and_another_gives_others():
    one, same, other = (
        bootstrap.resamples(np.arange(9) // 3, count=50, seed=seed) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_configuration_is_drawn_with_all_its_seeds_or_not_at_all():
    configuration = np.array([0, 0, 0, 1, 1, 2])
    drawn = bootstrap.resamples(configuration, count=200, seed=0)
    for number in range(3):
        mine = drawn[:, configuration == number]
        assert (mine == mine[:, :1]).all()
    assert (drawn[:, [0, 3, 5]].sum(axis=1) == 3).all()


def test_seeds_that_agree_with_each_other_are_no_evidence():
    rng = np.random.default_rng(3)
    configuration = np.repeat(np.arange(10), 6)
    x = np.repeat(rng.normal(size=10), 6) + 0.01 * rng.normal(size=60)
    y = x + np.repeat(rng.normal(size=10), 6) + 0.01 * rng.normal(size=60)
    nested, naive = interval(x, y, configuration), interval(x, y, np.arange(60))
    assert nested[1] - nested[0] > 1.5 * (naive[1] - naive[0])


def test_where_most_resamples_say_nothing_there_is_no_interval():
    assert bootstrap.interval(np.array([0.5, np.nan, np.nan, np.nan]), level=0.95) == (None, None)
    assert bootstrap.interval(np.linspace(0, 1, 101), level=0.8) == pytest.approx((0.1, 0.9))


@pytest.mark.parametrize(("networks", "width"), [(10, 0.84), (20, 0.53), (40, 0.34), (100, 0.20)])
def test_the_expected_width_is_the_one_that_was_measured(networks, width):
    assert bootstrap.expected_width(networks) == pytest.approx(width)


def nested(configurations, seeds, rng, *, between=0.97):
    """A measure and a gap of τ 0.5, their configurations: most of the variance is between these."""
    rho, configuration = np.sin(np.pi / 4), np.repeat(np.arange(configurations), seeds)

    def pair(n):
        x, noise = rng.normal(size=(2, n))
        return np.stack([x, rho * x + np.sqrt(1 - rho**2) * noise])

    x, y = np.sqrt(between) * pair(configurations)[:, configuration] + np.sqrt(1 - between) * pair(
        configurations * seeds
    )
    return x, y, configuration


@pytest.mark.parametrize(("configurations", "seeds"), [(6, 3), (8, 5), (10, 2), (20, 1)])
def test_a_simulation_of_a_grid_has_intervals_of_about_that_width(configurations, seeds):
    rng = np.random.default_rng(1)
    drawn = [
        interval(*nested(configurations, seeds, rng), count=200, seed=trial) for trial in range(150)
    ]
    median = np.median([high - low for low, high in drawn if low is not None])
    assert bootstrap.expected_width(configurations, seeds) == pytest.approx(median, rel=0.12)


def test_more_configurations_or_seeds_are_never_less_sure():
    for seeds in (1, 1.5, 2, 3, 4, 9):
        widths = [bootstrap.expected_width(n, seeds) for n in range(1, 400)]
        assert all(a >= b - 1e-9 for a, b in itertools.pairwise(widths))
        assert max(widths) <= 2.0
    assert bootstrap.expected_width(1) == 2.0
    for configurations in (5, 9, 30, 100):
        widths = [
            bootstrap.expected_width(configurations, seeds) for seeds in (1, 1.5, 2, 2.5, 3, 5, 9)
        ]
        assert all(a >= b - 1e-9 for a, b in itertools.pairwise(widths))


def test_too_few_is_said_of_networks_and_of_configurations():
    assert "Too few networks: with 10" in bootstrap.too_few(10, 10)
    assert "0.34 at 40" in bootstrap.too_few(10, 10)
    assert bootstrap.too_few(60, 60) == ""
    assert "18 are 6 configurations of 3 seeds each" in bootstrap.too_few(18, 6)
    assert "about 0.88 wide" in bootstrap.too_few(18, 6)
    assert "about 0.72 wide" in bootstrap.too_few(40, 8)
    assert "only 7 configurations" in bootstrap.too_few(60, 7)
    assert "no intervals" in bootstrap.too_few(60, 4)
