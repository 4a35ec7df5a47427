"""Laws of summaries: of finite bars only, with known answers, and curves that count what is
alive.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.analysis.topology import summaries
from landscape_app.analysis.topology.graph import grid
from landscape_app.analysis.topology.rips import persistence
from landscape_app.analysis.topology.summaries import (
    SUMMARIES,
    betti_curve,
    count_above,
    euler_curve,
    summarise,
    total_persistence,
)
from landscape_app.records.diagram import Diagram
from tests.analysis.topology.references import circle, distances

lengths = st.lists(st.floats(1e-3, 1e3), max_size=12)


def diagram(birth, death, *, dimension: int = 0, censored=None) -> Diagram:
    b = len(birth)
    none = np.full((b, 2), -1)
    cut = np.zeros(b, dtype=bool) if censored is None else np.array(censored)
    return Diagram(
        dimension, np.array(birth, dtype=float), np.array(death, dtype=float), none, none, cut
    )


def test_known_answers():
    found = summarise(diagram([0, 0, 1, 5], [np.inf, 3, 2, 5]))
    assert found == {
        "total_persistence": 4.0,
        "squared_persistence": 10.0,
        "bars": 2,
        "longest": 3.0,
        "entropy": pytest.approx(-(0.75 * np.log(0.75) + 0.25 * np.log(0.25)) / np.log(2)),
        "essential": 1,
        "censored": 0,
    }


def test_a_censored_bar_is_neither_essential_nor_long():
    found = summarise(diagram([0, 1], [np.inf, 2], dimension=1, censored=[True, False]))
    assert (
        found["censored"],
        found["essential"],
        found["total_persistence"],
        found["longest"],
    ) == (1, 0, 1.0, 1.0)


def test_no_bars_have_no_longest_and_no_disorder():
    found = summarise(diagram([], []))
    assert found == {name: None if name == "longest" else 0 for name in SUMMARIES}


@settings(max_examples=60, deadline=None)
@given(lengths=lengths, shift=st.floats(-100, 100), scale=st.floats(0.1, 10))
def test_summaries_ignore_where_bars_begin_and_scale_with_the_power_of_their_unit(
    lengths, shift, scale
):
    births = np.arange(len(lengths), dtype=float)
    one = summarise(diagram(births, births + lengths))
    other = summarise(diagram(scale * births + shift, scale * (births + lengths) + shift))
    for name, summary in SUMMARIES.items():
        if one[name] is None:
            assert other[name] is None
        else:
            assert other[name] == pytest.approx(
                one[name] * scale ** (summary.power or 0), rel=1e-6, abs=1e-6
            )


@settings(max_examples=60, deadline=None)
@given(lengths=lengths)
def test_entropy_lies_between_one_bar_that_holds_all_and_bars_that_are_alike(lengths):
    found = summaries.entropy(diagram(np.zeros(len(lengths)), lengths))
    assert 0 <= found <= 1 + 1e-12
    if len(lengths) > 1:
        assert summaries.entropy(
            diagram(np.zeros(len(lengths)), np.full(len(lengths), 2.5))
        ) == pytest.approx(1)


def test_bars_above_epsilon_are_counted_strictly():
    found = diagram([0, 0, 0, 0], [1, 2, 3, np.inf])
    assert [count_above(found, epsilon) for epsilon in (0, 1, 2.5, 3)] == [3, 2, 1, 0]


def test_a_betti_curve_counts_bars_from_birth_until_before_death_and_its_area_is_the_total():
    found = diagram([0, 1, 1], [2, 3, np.inf])
    assert betti_curve(found, np.array([-1, 0, 1, 2, 3, 9])).tolist() == [0, 1, 3, 2, 1, 1]
    rng = np.random.default_rng(0)
    births = rng.uniform(size=30)
    bars = diagram(births, births + rng.uniform(size=30))
    at = np.linspace(0, 2, 20_001)
    assert betti_curve(bars, at).mean() * 2 == pytest.approx(total_persistence(bars), rel=1e-3)


def test_the_euler_curve_of_a_circle_goes_from_its_points_to_a_loop_to_one_piece():
    n = 24
    found = persistence(distances(circle(n)), quantile=1.0)
    at = np.array([0.0, 0.5, 1.9])
    assert euler_curve([found.h0, found.h1], at).tolist() == [n, 0, 1]


def test_the_curve_of_a_grid_counts_its_components_by_definition():
    from landscape_app.analysis.topology.sublevel import persistence as sublevel
    from tests.analysis.topology.test_sublevel import component_below

    values, edges = np.random.default_rng(1).normal(size=48), grid(6, 8)
    at = np.array([-1.0, 0.0, 0.5])
    curve = betti_curve(sublevel(edges, values).diagram, at)
    for level, count in zip(at, curve, strict=True):
        inside = np.flatnonzero(values < level)
        assert count == len(
            {min(component_below(edges, values, vertex, level)) for vertex in inside}
        )
