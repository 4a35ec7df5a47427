"""One diverged run ruins no scale that it shares: the others are drawn as without it, what is off
the scale has a mark at the edge with its value, and a sentence says which run it is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landscape_app.figures import barcode, colours, curves, diagrams, profile, tree
from landscape_app.figures.figure_meta import faults
from landscape_app.figures.points import points
from landscape_app.figures.view import DrawnRun, InMemoryResult, View
from tests.figures import made

HUGE = [1e6, 1e30, np.inf]
LOSS = View(curve="train_loss", filtration="train_loss")


def diverged(huge: float, slot: int = 2) -> DrawnRun:
    """A run like the others, but that one of its trajectories has left."""
    plain = made.subject(slot)
    columns = {name: np.array(values, dtype=np.float64) for name, values in plain.columns.items()}
    left = np.flatnonzero(columns["trajectory"] == 2)[1:]
    for name in ("train_loss", "test_loss", "distance"):
        columns[name][left] = huge
    columns["row"] = np.asarray(plain.columns["row"])
    results = dict(plain.results)
    arrays = dict(results["sublevel"].arrays)
    arrays["birth"] = np.array([arrays["birth"][0], huge if np.isfinite(huge) else 1e8])
    arrays["death"] = np.array([np.inf, 2 * arrays["birth"][1]])
    results["sublevel"] = InMemoryResult(arrays, results["sublevel"].meta)
    return replace(plain, label="Gone", columns=columns, results=results)


def three(huge: float) -> tuple[list[DrawnRun], list[DrawnRun]]:
    """(two runs and a third like them, the same two and one that diverged)."""
    two = [made.subject(0), made.subject(1)]
    return [*two, made.subject(2)], [*two, diverged(huge)]


@pytest.mark.parametrize("huge", [*HUGE, np.nan])
@pytest.mark.parametrize("name", ["train_loss", "test_loss", "distance"])
def test_colours_are_those_of_the_others(name: str, huge: float) -> None:
    alike, among = three(huge)
    before, after = colours.scale(name, alike), colours.scale(name, among)
    assert (after.low, after.high) == pytest.approx((before.low, before.high))
    assert before.beyond() == ""
    assert ("Gone" in after.beyond()) == (not np.isnan(huge))
    np.testing.assert_allclose(
        after.of(among[0], among[0].rows), before.of(alike[0], alike[0].rows), rtol=1e-5
    )
    # what is beyond has the last colour
    assert np.nanmax(after.of(among[2], among[2].rows)) <= np.float32(after.high)


@pytest.mark.parametrize("huge", HUGE)
@pytest.mark.parametrize("curve", ["train_loss", "test_loss", "distance"])
def test_curves_keep_their_axis_and_mark_what_leaves_it(curve: str, huge: float) -> None:
    alike, among = three(huge)
    view = replace(LOSS, curve=curve)
    before, after = curves.draw(alike, view), curves.draw(among, view)
    assert after.layout.yaxis.range == pytest.approx(before.layout.yaxis.range)
    assert curves.off_scale(alike, view) == ""
    sentence = curves.off_scale(among, view)
    assert "Gone" in sentence
    assert ("∞" in sentence) == np.isinf(huge)
    assert faults(after) == []
    assert len(after.data) == len(before.data) + 1  # the triangles
    mark = after.data[-1]
    base = after.layout.meta["base"][-1]
    assert mark.marker.symbol == "triangle-up"
    assert len(mark.x) == len(base["words"]) == 1  # one trajectory, where it leaves
    low, high = after.layout.yaxis.range
    at = np.log10(mark.y[0]) if after.layout.yaxis.type == "log" else mark.y[0]
    assert low < at <= high
    assert "off the axis" in base["words"][0]
    # each snapshot is once in the file of points
    listed = points(after, among)
    assert len(listed["x"]) == len(points(before, alike)["x"])


@pytest.mark.parametrize("filtration", ["train_loss", "log_train_loss"])
def test_bars_keep_their_axes_and_end_at_the_edge(filtration: str) -> None:
    alike, among = three(1e6)
    view = replace(LOSS, filtration=filtration)
    axes = diagrams.axes_of(view)
    before, after = axes(alike), axes(among)
    assert after.sublevel == pytest.approx(before.sublevel)
    assert after.rips == pytest.approx(before.rips)
    assert before.off == ()
    assert any("Gone" in sentence for sentence in after.off)
    for figure in (diagrams.draw(among[2], view, after), barcode.draw(among[2], view, after)):
        assert faults(figure) == []
        groups = [group for group in figure.layout.meta["bars"] if group["kind"] == "sublevel"]
        births = [birth for group in groups for birth in group.get("birth", [])]
        assert max(births) == 1e6  # said under the pointer
        for group in groups:
            at = np.asarray(figure.data[group["trace"]].x)
            assert np.nanmax(at, initial=-np.inf) <= np.float32(after.sublevel[1])
    symbols = [trace.marker.symbol for trace in diagrams.draw(among[2], view, after).data]
    assert any("triangle-ne" in symbol for symbol in symbols if isinstance(symbol, tuple))


def test_a_gap_of_many_decades_below_is_a_result_and_no_divergence() -> None:
    fitted = made.subject(1)
    loss = np.array(fitted.columns["train_loss"])
    loss[::2] *= 1e-9
    fitted = replace(fitted, columns={**fitted.columns, "train_loss": loss})
    scale = colours.scale("train_loss", [made.subject(0), fitted])
    assert scale.off == ()
    assert scale.low < -9


def test_profiles_and_trees_keep_their_range() -> None:
    assert profile.span([]) == profile.logarithmic_span([])
    heights = InMemoryResult(
        {
            "order_rows": np.arange(3),
            "heights": np.array([0.0, 0.5, 1.0]),
            "wall_places": np.empty(0),
            "wall_heights": np.empty(0),
        }
    )
    lofty = InMemoryResult({**heights.arrays, "heights": np.array([0.0, 0.5, 1e6])})
    one = [replace(made.subject(slot), results={"profile": heights}) for slot in range(3)]
    other = [*one[:2], replace(one[2], label="Gone", results={"profile": lofty})]
    before, after = profile.span(one), profile.span(other)
    assert after[:2] == pytest.approx(before[:2])
    assert before.off == ""
    assert "Gone" in after.off


@pytest.mark.parametrize("filtration", ["train_loss", "log_train_loss"])
def test_a_profile_marks_minima_above_its_range(filtration: str) -> None:
    _, among = three(1e6)
    view = replace(LOSS, filtration=filtration, part="profile")
    span = profile.span_of(view)([*among[:2]])
    figure = profile.draw(among[2], view, span)
    assert faults(figure) == []
    minima = figure.data[figure.layout.meta["bars"][0]["trace"]]
    assert "triangle-ne" in minima.marker.symbol
    assert max(minima.y) <= np.float32(span.high)
    assert max(figure.layout.meta["bars"][0]["birth"]) == 1e6


@pytest.mark.parametrize("huge", [1e6, 1e30])
def test_a_tree_keeps_its_range_and_marks_leaves_above_it(huge: float) -> None:
    def grown(slot: int, last: float) -> DrawnRun:
        rows, losses = np.array([0, 4, 8]), np.array([0.1, 0.2, last])
        heights = np.maximum.outer(losses, losses) * 1.5
        result = {"curvature": made.curvature(rows, losses, heights)}
        return replace(made.subject(slot), label=f"Run {slot}", results=result)

    alike = [grown(slot, 0.3) for slot in range(3)]
    among = [*alike[:2], replace(grown(2, huge), label="Gone")]
    before, after = tree.span(alike), tree.span(among)
    assert (after.low, after.high) == pytest.approx((before.low, before.high))
    assert before.beyond() == ""
    assert "Gone" in after.beyond()
    figure = tree.draw(among[2], View(part="tree"), after)
    assert faults(figure) == []
    (mark,) = [base for base in figure.layout.meta["base"] if "words" in base]
    assert mark["rows"] == [8]
    assert "off the axis" in mark["words"][0]
    assert figure.data[mark["trace"]].marker.symbol == "triangle-up"
    assert after.at(0) < figure.data[mark["trace"]].y[0] <= after.at(1)
    assert not any(
        "words" in base for base in tree.draw(alike[2], View(), before).layout.meta["base"]
    )
