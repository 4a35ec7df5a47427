"""Laws of a study's figures: a point per network that has values, absent ones counted, categories told apart without colour."""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.figures.study import against, ranking

MEASURE = np.array([1.0, 2.0, np.nan, 4.0, 5.0])
GAP = np.array([0.1, 0.2, 0.3, 0.4, np.inf])
IDS = ["a", "b", "c", "d", "e"]
LABELS = ("‖θ‖", "gap")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("colour", [None, np.array([1.0, 1.0, 2.0, 2.0, 3.0]), np.array(["good", "poor", "good", "poor", "good"])])
def test_each_network_with_both_values_is_one_point_with_its_name(scheme, colour):
    figure = against(MEASURE, GAP, IDS, labels=LABELS, colour=colour, scheme=scheme)
    points = {name: (x, y) for trace in figure.data for name, x, y in zip(trace.text, trace.x, trace.y, strict=True)}
    assert points == {"a": (1.0, np.float32(0.1)), "b": (2.0, np.float32(0.2)), "d": (4.0, np.float32(0.4))}
    assert all(trace.x.dtype == np.float32 for trace in figure.data)
    assert figure.layout.annotations[0].text == "2 of 5 without a value"


def test_words_are_told_apart_by_shape_as_well_as_by_colour():
    figure = against(MEASURE, GAP, IDS, labels=LABELS, colour=np.array(["good", "poor", "good", "poor", "plain"]), colour_label="regime")
    assert [trace.name for trace in figure.data] == ["good", "plain", "poor"]
    assert len({trace.marker.symbol for trace in figure.data}) == len({trace.marker.color for trace in figure.data}) == 3
    assert figure.layout.legend.title.text == "regime"


def test_a_network_without_a_colour_is_drawn_all_the_same():
    figure = against(np.ones(2), np.ones(2), ["a", "b"], labels=LABELS, colour=np.array([np.nan, 1.0]))
    assert len(figure.data[0].x) == 2
    assert figure.layout.annotations == ()


def test_the_ranking_has_a_row_per_measure_and_its_interval():
    values, low, high = np.array([0.8, -0.7, 0.1]), np.array([0.5, -0.9, np.nan]), np.array([0.9, -0.2, np.nan])
    baseline = np.array([False, True, False])
    figure = ranking(["one", "‖θ‖", "two"], values, low, high, baseline=baseline)
    assert list(figure.layout.yaxis.ticktext) == ["one", "‖θ‖", "two"]
    assert figure.layout.yaxis.autorange == "reversed"  # the best on top
    rows = {}
    for trace in figure.data:
        ends = zip(trace.y, trace.x, trace.x - trace.error_x.arrayminus, trace.x + trace.error_x.array, strict=True)
        rows |= {int(y): (x, a, b) for y, x, a, b in ends}
    for i in range(3):
        assert rows[i] == pytest.approx((values[i], low[i], high[i]), abs=1e-6, nan_ok=True)
    assert [trace.name for trace in figure.data if 1 in trace.y] == ["baseline"]
    assert len({trace.marker.symbol for trace in figure.data}) == 2
