"""Laws of pairs that differ in one knob: brute force, a measure that follows one knob only, and an
environment made by hand.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from landscape_app.analysis.statistics.coupled import (
    configurations,
    coupled,
    granulated,
    sign_errors,
)
from tests.analysis.statistics.networks import grid


def settings(**sizes):
    found = grid(**sizes)
    return {name: found[name] for name in ("width", "train_rate")}


def test_pairs_are_those_that_differ_in_exactly_one_setting():
    hyper = settings()
    n = len(hyper["width"])
    pairs = coupled(hyper, n)
    rows = list(zip(*hyper.values(), strict=True))
    expected = {
        (i, j)
        for i, j in itertools.combinations(range(n), 2)
        if sum(a != b for a, b in zip(rows[i], rows[j], strict=True)) == 1
    }
    assert set(zip(pairs.i.tolist(), pairs.j.tolist(), strict=True)) == expected
    assert len(pairs.i) == len(expected)
    # pairs of widths at each rate, the pair of rates at each width
    assert len(np.unique(pairs.environment)) == 2 * 3 + 3 * 1


def test_a_measure_that_only_follows_one_knob_has_one_share_of_it():
    hyper = settings(seeds=1)
    gap = np.log(hyper["width"]) + 3 * hyper["train_rate"]
    pairs = coupled(hyper, len(gap))
    assert granulated(pairs, hyper["width"], gap) == (0.5, {"width": 1.0, "train_rate": 0.0})
    assert granulated(pairs, gap, gap)[0] == 1.0
    assert granulated(pairs, -gap, gap)[0] == -1.0
    assert stats.kendalltau(hyper["width"], gap).statistic > 0.5  # the plain one cannot tell


def test_with_one_seed_it_is_the_mean_over_the_settings_of_the_others():
    hyper = settings(widths=(1, 2, 3, 4, 5), rates=(1, 2, 3), seeds=1)
    x, y = np.random.default_rng(0).normal(size=(2, 15))
    psi = {}
    for name, other in (("width", "train_rate"), ("train_rate", "width")):
        inside = [hyper[other] == value for value in np.unique(hyper[other])]
        psi[name] = np.mean([stats.kendalltau(x[here], y[here]).statistic for here in inside])
    whole, by = granulated(coupled(hyper, 15), x, y)
    assert by == pytest.approx(psi)
    assert whole == pytest.approx(np.mean(list(psi.values())))


def test_sign_errors_of_an_environment_made_by_hand():
    # Two configurations of two seeds: of the four pairs of gaps (1, 2) → (3, 1.5) the measure
    # misjudges one, and ties in one.
    hyper = {"width": np.array([1.0, 1.0, 2.0, 2.0])}
    gap, measure = np.array([1.0, 2.0, 3.0, 1.5]), np.array([10.0, 20.0, 30.0, 20.0])
    pairs = coupled(hyper, 4)
    assert sign_errors(pairs, measure, gap).tolist() == [(0 + 0 + 0 + 0.5) / 4]
    assert sign_errors(pairs, -measure, gap).tolist() == [(1 + 1 + 1 + 0.5) / 4]
    # only 1 → 3 and 2 → 3 differ by more
    assert sign_errors(pairs, measure, gap, noise=0.6).tolist() == [0.0]
    assert sign_errors(pairs, np.ones(4), gap).tolist() == [0.5]


def test_the_worst_environment_shows_what_the_mean_hides():
    hyper = settings(widths=(16, 32, 64, 128), rates=(0.01, 0.1), seeds=2)
    gap = hyper["width"] + 1000 * hyper["train_rate"]
    errors = sign_errors(coupled(hyper, len(gap)), hyper["width"], gap)
    assert sorted(np.unique(errors).tolist()) == [0.0, 0.5]
    assert errors.max() == 0.5
    assert (
        sign_errors(
            coupled(hyper, len(gap)), gap * np.where(hyper["train_rate"] > 0.05, 1, -1), gap
        ).max()
        == 1.0
    )


def test_a_network_without_a_value_is_in_no_pair():
    hyper = settings()
    x, y = np.random.default_rng(1).normal(size=(2, 12))
    x[3] = np.nan
    inside = np.arange(12) != 3
    without = coupled({name: column[inside] for name, column in hyper.items()}, 11)
    assert granulated(coupled(hyper, 12), x, y)[0] == pytest.approx(
        granulated(without, x[inside], y[inside])[0]
    )
    assert sorted(sign_errors(coupled(hyper, 12), x, y)) == pytest.approx(
        sorted(sign_errors(without, x[inside], y[inside]))
    )


def test_without_hyper_parameters_every_network_is_alone():
    assert configurations({}, 4).tolist() == [0, 1, 2, 3]
    pairs = coupled({}, 4)
    assert granulated(pairs, np.arange(4.0), np.arange(4.0)) == (None, {})
    assert len(sign_errors(pairs, np.arange(4.0), np.arange(4.0))) == 0


def test_words_are_settings_like_numbers():
    words, numbers = np.array(["good", "poor", "good", "poor"]), np.array([0.0, 1.0, 0.0, 1.0])
    assert (
        configurations({"regime": words}, 4).tolist()
        == configurations({"regime": numbers}, 4).tolist()
    )
