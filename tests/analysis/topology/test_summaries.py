"""Laws of summaries: of finite bars only, with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape_app.analysis.topology import summaries
from landscape_app.analysis.topology.summaries import (
    SUMMARIES,
    summarise,
)
from landscape_app.records.diagram import Diagram

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
