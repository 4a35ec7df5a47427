"""Laws of the distances between diagrams: those of gudhi, and those of a distance."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from gudhi.hera import wasserstein_distance
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.analysis.topology.matching import bottleneck, wasserstein
from landscape_app.records.diagram import Diagram
from tests.analysis.topology import references
from tests.analysis.topology.references import bars
from tests.analysis.topology.test_summaries import diagram

FEW = settings(max_examples=60, deadline=None)
number = st.integers(0, 8).map(float) | st.floats(0, 8)


@st.composite
def diagrams(draw, most=7) -> Diagram:
    """Up to `most` finite bars, some of them of length 0, and two essential ones, the same in
    all.
    """
    pairs = draw(st.lists(st.tuples(number, number), max_size=most))
    births = [birth for birth, _ in pairs] + [0.5, 2.0]
    return diagram(births, [birth + length for birth, length in pairs] + [np.inf, np.inf])


@FEW
@given(a=diagrams(), b=diagrams())
def test_the_bottleneck_distance_is_that_of_hera(a, b):
    assert bottleneck(a, b) == pytest.approx(references.bottleneck(bars(a), bars(b)), abs=1e-9)


@FEW
@given(a=diagrams(most=4), b=diagrams(most=3), power=st.sampled_from([1.0, 2.0]))
def test_the_wasserstein_distance_is_that_of_the_best_of_all_matchings(a, b, power):
    left, right = (np.column_stack([d.birth, d.death])[d.finite] for d in (a, b))
    assert wasserstein(a, b, power=power) == pytest.approx(best(left, right, power), abs=1e-9)


def best(left: np.ndarray, right: np.ndarray, power: float) -> float:
    """By trying every way of matching some bars on the left with as many on the right."""
    alone = [((bars[:, 1] - bars[:, 0]) / 2) ** power for bars in (left, right)]
    found = []
    for count in range(min(len(left), len(right)) + 1):
        for i in combinations(range(len(left)), count):
            for j in permutations(range(len(right)), count):
                moves = np.abs(left[list(i)] - right[list(j)]).max(axis=1, initial=0) ** power
                found.append(
                    moves.sum() + np.delete(alone[0], i).sum() + np.delete(alone[1], j).sum()
                )
    return min(found) ** (1 / power)


def test_the_wasserstein_distance_of_many_bars_is_that_of_hera():
    rng = np.random.default_rng(1)
    births, lengths = rng.uniform(size=(2, 60)), rng.exponential(size=(2, 60))
    a, b = (diagram(births[i], births[i] + lengths[i]) for i in range(2))
    for power in (1.0, 2.0):
        expected = wasserstein_distance(
            bars(a), bars(b), order=power, internal_p=np.inf, delta=1e-3
        )
        assert wasserstein(a, b, power=power) == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("distance", [bottleneck, wasserstein])
def test_the_order_of_bars_does_not_matter_and_the_way_round_is_as_long(distance):
    rng = np.random.default_rng(0)
    births, lengths = rng.uniform(size=(2, 20)), rng.uniform(size=(2, 20))
    a, b = (diagram(births[i], births[i] + lengths[i]) for i in range(2))
    mixed = rng.permutation(20)
    assert distance(a, diagram(births[0][mixed], (births[0] + lengths[0])[mixed])) == pytest.approx(
        0, abs=1e-12
    )
    assert distance(a, b) > 0
    assert distance(a, b) == pytest.approx(distance(b, a))


@pytest.mark.parametrize("distance", [bottleneck, wasserstein])
def test_infinite_bars_are_never_dropped_silently(distance):
    none, one, other = diagram([], []), diagram([0.0], [np.inf]), diagram([3.0], [np.inf])
    assert distance(none, one) == np.inf
    assert distance(one, other) == pytest.approx(3)
    assert distance(none, diagram([0.0], [2.0])) == pytest.approx(1)  # to the diagonal
    assert distance(none, diagram([0.0], [np.inf], censored=[True])) == 0
