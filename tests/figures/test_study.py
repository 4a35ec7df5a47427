"""Laws of a study's figures: a point per network that has values, absent ones counted, categories
told apart without colour.
"""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.figures.gap_scatter import FEW, OUTSIDE, Marked, against
from landscape_app.figures.ranking import RankingMarks, ranking

MEASURE = np.array([1.0, 2.0, np.nan, 4.0, 5.0])
GAP = np.array([0.1, 0.2, 0.3, 0.4, np.inf])
IDS = ["a", "b", "c", "d", "e"]
LABELS = ("‖θ‖", "gap")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "colour",
    [None, np.array([1.0, 1.0, 2.0, 2.0, 3.0]), np.array(["good", "poor", "good", "poor", "good"])],
)
def test_each_network_with_both_values_is_one_point_with_its_name(scheme, colour):
    figure = against(MEASURE, GAP, IDS, labels=LABELS, colour=colour, scheme=scheme)
    points = {
        name: (x, y)
        for trace in figure.data
        for name, x, y in zip(trace.text, trace.x, trace.y, strict=True)
    }
    assert points == {
        "a": (1.0, np.float32(0.1)),
        "b": (2.0, np.float32(0.2)),
        "d": (4.0, np.float32(0.4)),
    }
    assert all(trace.x.dtype == np.float32 for trace in figure.data)
    assert figure.layout.annotations[0].text == "2 of 5 without a value"


def test_words_are_told_apart_by_shape_as_well_as_by_colour():
    figure = against(
        MEASURE,
        GAP,
        IDS,
        labels=LABELS,
        colour=np.array(["good", "poor", "good", "poor", "plain"]),
        colour_label="regime",
    )
    assert [trace.name for trace in figure.data] == ["good", "plain", "poor"]
    assert (
        len({trace.marker.symbol for trace in figure.data})
        == len({trace.marker.color for trace in figure.data})
        == 3
    )
    assert figure.layout.legend.title.text == "regime"


def test_a_network_without_a_colour_is_drawn_all_the_same():
    few = against(np.ones(2), np.ones(2), ["a", "b"], labels=LABELS, colour=np.array([np.nan, 1.0]))
    assert {name for trace in few.data for name in trace.text} == {"a", "b"}
    many = np.array([np.nan, *range(FEW + 1)], dtype=float)
    whole = against(
        np.ones(len(many)), np.ones(len(many)), [*"abcdefgh"], labels=LABELS, colour=many
    )
    assert len(whole.data[0].x) == len(many)
    assert whole.layout.annotations == ()


def test_few_numbers_are_categories_in_their_order_and_many_take_a_scale():
    x = np.arange(12.0)
    few = against(x, x, list("abcdefghijkl"), labels=LABELS, colour=np.tile([100.0, 9.0, 30.0], 4))
    assert [trace.name for trace in few.data] == ["9", "30", "100"]
    assert len({trace.marker.symbol for trace in few.data}) == 3
    many = against(x, x, list("abcdefghijkl"), labels=LABELS, colour=x)
    assert len(many.data) == 1
    assert many.data[0].marker.showscale


def test_every_point_carries_its_id_as_a_list_and_a_picked_one_a_ring():
    marked = Marked(
        outside=np.array([True, False, False, False, False]),
        picked=np.array([False, True, True, False, False]),
    )
    figure = against(
        MEASURE, GAP, IDS, labels=LABELS, hover=["A", "B", "C", "D", "E"], marked=marked
    )
    told = {trace.name: trace for trace in figure.data}
    assert list(told[OUTSIDE].customdata) == ["a"]
    assert told[OUTSIDE].marker.symbol != figure.data[1].marker.symbol, "not by colour alone"
    assert list(figure.data[1].customdata) == ["b", "d"]
    assert list(told["picked"].x) == [2.0], "c has no value, so it has no ring"


def test_values_over_many_decades_are_drawn_on_a_logarithmic_axis_and_others_are_not():
    def axis(values: list[float]) -> str | None:
        return against(
            np.array(values), np.arange(3.0), list("abc"), labels=LABELS
        ).layout.xaxis.type

    assert axis([1e-4, 1e-2, 1.0]) == "log"
    assert axis([1.0, 2.0, 3.0]) is None
    assert axis([-1e-4, 1e-2, 1.0]) is None
    assert axis([0.0, 1e-2, 1.0]) is None


def test_markup_in_a_name_is_shown_as_text():
    figure = against(
        np.ones(2),
        np.ones(2),
        ["a", "b"],
        labels=("<b>x</b>", "y"),
        colour=np.array(["<a href='x'>one</a>", "two"]),
    )
    assert figure.layout.xaxis.title.text == "&lt;b&gt;x&lt;/b&gt;"
    assert figure.data[0].name.startswith("&lt;a")


def rows(figure):
    """{row: (τ, low, high)} of every trace."""
    found = {}
    for trace in figure.data:
        ends = zip(
            trace.y,
            trace.x,
            trace.x - trace.error_x.arrayminus,
            trace.x + trace.error_x.array,
            strict=True,
        )
        found |= {int(y): (x, a, b) for y, x, a, b in ends}
    return found


def test_the_ranking_has_a_row_per_measure_and_its_interval():
    values = np.array([0.8, -0.7, 0.1, 0.3])
    low, high = np.array([0.5, -0.9, np.nan, -0.2]), np.array([0.9, -0.2, np.nan, 0.6])
    marks = RankingMarks(
        np.array([False, True, False, False]),
        np.array([False, False, False, True]),
        chosen=2,
        reference=0.7,
    )
    figure = ranking(
        ["one", "‖θ‖", "two", "rise"],
        values,
        low,
        high,
        marks=marks,
        names=["a", "b", "c", "d"],
    )
    assert list(figure.layout.yaxis.ticktext) == ["one", "‖θ‖", "two", "rise"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # the best on top
    assert figure.layout.meta["names"] == ["a", "b", "c", "d"]
    for i in range(4):
        assert rows(figure)[i] == pytest.approx((values[i], low[i], high[i]), abs=1e-6, nan_ok=True)
    assert [(trace.name, list(trace.y)) for trace in figure.data] == [
        ("measure", [0]),
        ("measure", [2]),
        ("baseline", [1]),
        ("linear samples", [3]),
    ]
    assert len({trace.marker.symbol for trace in figure.data}) == 3
    assert [trace.opacity < 1 for trace in figure.data] == [False, True, False, True], (
        "pale where 0 is not excluded"
    )
    band = next(shape for shape in figure.layout.shapes if shape.name == "chosen")
    assert (band.y0, band.y1) == (1.5, 2.5)
    assert sorted(shape.x0 for shape in figure.layout.shapes if shape.type == "line") == [-0.7, 0.7]


def test_a_ranking_of_nothing_is_empty_and_no_fault():
    assert not ranking(
        [], np.zeros(0), np.zeros(0), np.zeros(0), marks=RankingMarks(np.zeros(0, bool))
    ).data


def test_a_colour_bar_and_the_legend_of_other_networks_do_not_stand_in_one_place():
    x = np.arange(12.0)
    figure = against(
        x, x, list("abcdefghijkl"), labels=LABELS, colour=x, marked=Marked(outside=x < 2)
    )
    assert figure.layout.legend.orientation == "h"
    assert figure.layout.legend.yanchor == "bottom"
    assert figure.layout.legend.title.text is None


def test_networks_that_do_not_interpolate_keep_shape_and_colour_and_are_hollow() -> None:
    x, ids = np.arange(4.0), list("abcd")
    hollow, regimes = (
        np.array([True, False, True, True]),
        np.array(["good", "good", "poor", "poor"]),
    )
    figure = against(
        x, x, ids, labels=LABELS, colour=regimes, marked=Marked(hollow=hollow, outside=x == 3)
    )
    whole = against(x, x, ids, labels=LABELS, colour=regimes)
    filled = {trace.name: trace.marker for trace in whole.data}
    drawn = {trace.name: trace.marker for trace in figure.data}
    assert list(drawn["good"].symbol) == [f"{filled['good'].symbol}-open", filled["good"].symbol]
    assert drawn["poor"].symbol == f"{filled['poor'].symbol}-open"
    assert drawn["poor"].color == filled["poor"].color
    assert "does not interpolate" in drawn
    assert "does not interpolate" not in filled
