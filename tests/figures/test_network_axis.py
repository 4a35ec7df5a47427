"""Laws of the axes of networks: one that diverged moves nothing and stands at the edge, a study of
many decades loses none.
"""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.figures.gap_scatter import Marked, against
from landscape_app.figures.network_axis import axes, off_scale

LABELS = ("‖θ‖", "gap")
USUAL = np.array([3.0, 3.5, 4.0, 4.5, 5.0, 6.0])
GAP = np.array([0.1, 1.2, 0.3, 0.4, 2.0, 0.6])


@pytest.mark.parametrize("huge", [1e6, 1e30])
@pytest.mark.parametrize("at", range(7))
def test_one_diverged_network_moves_neither_axis(huge: float, at: int) -> None:
    measure, gap = np.insert(USUAL, at, huge), np.insert(GAP, at, -huge)
    x, y = axes(measure, gap)
    assert (x.low, x.high, x.log) == (3.0, 6.0, False)
    assert (y.low, y.high) == (0.1, 2.0)
    assert x.side.tolist() == [int(i == at) for i in range(7)]
    assert y.side.tolist() == [-int(i == at) for i in range(7)]
    ids = [f"n{i}" for i in range(7)]
    sentence = off_scale(measure, gap, ids, LABELS)
    assert sentence.count(f"n{at}") == 2
    figure = against(measure, gap, ids, labels=LABELS)
    (trace,) = figure.data
    left, right = figure.layout.xaxis.range
    below, above = figure.layout.yaxis.range
    assert (right - left, above - below) == pytest.approx((3 * 1.12, 1.9 * 1.12))
    assert 6.0 < trace.x[at] < right
    assert below < trace.y[at] < 0.1
    assert [shape == "triangle-up" for shape in trace.marker.symbol] == [i == at for i in range(7)]
    assert trace.marker.angle[at] == 135.0  # to the right and down


def test_a_network_without_a_finite_value_is_off_nothing() -> None:
    x, y = axes(np.append(USUAL, np.inf), np.append(GAP, np.nan))
    assert not x.side.any()
    assert not y.side.any()
    assert off_scale(USUAL, GAP, list("abcdef"), LABELS) == ""


def test_a_measure_of_many_decades_loses_no_network() -> None:
    losses = np.array([1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1.0])
    x, _ = axes(losses, GAP)
    assert x.log
    assert not x.side.any()
    x, _ = axes(np.append(losses[:5] * 1e4, 1e9), GAP)
    assert x.side.tolist() == [0, 0, 0, 0, 0, 1]


def test_scores_are_never_off() -> None:
    x, _ = axes(np.array([0.99, 0.99, 0.991, 0.992, 0.99, 0.1]), GAP)
    assert not x.side.any()


def test_what_does_not_interpolate_stays_hollow_at_the_edge() -> None:
    ids = [f"n{i}" for i in range(7)]
    hollow = np.array([i == 6 for i in range(7)])
    figure = against(
        np.append(USUAL, 1e6), np.append(GAP, 0.5), ids, labels=LABELS, marked=Marked(hollow=hollow)
    )
    assert figure.data[0].marker.symbol[6] == "triangle-up-open"
