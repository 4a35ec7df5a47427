"""Laws of the persistence diagrams: a mark a bar, the same axes for all, every mark knows its
snapshots.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from landscape_app.figures import diagrams, rips_bars, view
from landscape_app.figures.looks import of_regime
from landscape_app.figures.palette import SYMBOLS, SYMBOLS_OF_SPACE
from landscape_app.figures.view import DrawnRun, InMemoryResult, View
from landscape_app.registries import FILTRATIONS, REGIMES
from tests.figures import made

SUBJECTS = [made.subject(slot, factor=10.0**slot) for slot in range(3)]
AXES = diagrams.axes(SUBJECTS)


def groups(subject: DrawnRun, kind: str, filtration: str = "train_loss"):
    figure = diagrams.draw(subject, View(filtration=filtration), AXES)
    for group in figure.layout.meta["bars"]:
        if group["kind"] == kind:
            yield group, figure.data[group["trace"]]


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("kind", ["sublevel", "rips0", "rips1"])
def test_every_bar_has_one_mark_at_its_birth_and_death(subject: DrawnRun, kind: str) -> None:
    arrays = (
        rips_bars.loops(subject)[0]
        if kind == "rips1"
        else subject.results["sublevel" if kind == "sublevel" else "rips"].arrays
    )
    birth, death = {
        "sublevel": lambda: (arrays["birth"], arrays["death"]),
        "rips0": lambda: (np.zeros(len(arrays["h0_death"])), arrays["h0_death"]),
        "rips1": lambda: (arrays["h1_birth"], arrays["h1_death"]),
    }[kind]()
    found = []
    for group, trace in groups(subject, kind):
        for i, bar in enumerate(group["bar"]):
            at = i * group["stride"]
            assert trace.x[at] == pytest.approx(birth[bar], rel=1e-6)
            if np.isfinite(death[bar]):
                assert trace.y[at] == pytest.approx(death[bar], rel=1e-6)
            else:
                assert group["never"]
            found.append(bar)
    assert sorted(found) == list(range(len(birth)))


def test_axes_are_common_hold_everything_and_are_equal_both_ways() -> None:
    layouts = [diagrams.draw(subject, View(), AXES).layout for subject in SUBJECTS]
    for pair in (("xaxis", "yaxis"), ("xaxis2", "yaxis2")):
        assert len({tuple(layout[axis].range) for layout in layouts for axis in pair}) == 1
    for subject in SUBJECTS:
        for name in ("birth", "death"):
            values = subject.results["sublevel"].arrays[name]
            finite = values[np.isfinite(values)]
            assert (finite >= AXES.sublevel[0]).all()
            assert (finite <= AXES.top).all()


def test_a_bar_names_its_birth_its_merging_edge_and_its_basin() -> None:
    subject = SUBJECTS[0]
    arrays = subject.results["sublevel"].arrays
    for group, _ in groups(subject, "sublevel"):
        for i, bar in enumerate(group["bar"]):
            assert group["focus"][i] == arrays["birth_row"][bar]
            assert group["edge"][i] == arrays["merge_rows"][bar].tolist()
            basin = arrays["basin_rows"][
                arrays["basin_offsets"][bar] : arrays["basin_offsets"][bar + 1]
            ]
            assert group["rows"][i] == (
                None if len(basin) == len(subject.rows) else sorted(basin.tolist())
            )


def test_a_loop_names_its_cycle_in_order() -> None:
    arrays = SUBJECTS[0].results["significance"].arrays
    for group, _ in groups(SUBJECTS[0], "rips1"):
        for i, bar in enumerate(group["bar"]):
            assert (
                group["cycle"][i]
                == arrays["h1_cycle_rows"][
                    arrays["h1_cycle_offsets"][bar] : arrays["h1_cycle_offsets"][bar + 1]
                ].tolist()
            )


def test_hundreds_of_bars_born_at_zero_are_one_path() -> None:
    small, large = (list(groups(made.subject(**sizes), "rips0")) for sizes in ({}, made.LONG))
    assert len(small) == len(large) == 1


@pytest.mark.parametrize("filtration", FILTRATIONS)
def test_the_axis_says_which_filtration(filtration: str) -> None:
    figure = diagrams.draw(SUBJECTS[0], View(filtration=filtration), AXES)
    assert FILTRATIONS[filtration].label in figure.layout.xaxis.title.text


def test_a_part_without_result_stays_empty() -> None:
    bare = DrawnRun("bare", "Bare", 0, made.EPOCHS, SUBJECTS[0].columns)
    figure = diagrams.draw(bare, View(), diagrams.axes([bare]))
    assert figure.layout.meta["bars"] == []


def test_the_nulls_strip_reaches_as_high_above_the_diagonal_as_loops_of_noise_do() -> None:
    figure = diagrams.draw(SUBJECTS[0], View(), AXES)
    (strip,) = figure.layout.shapes
    corners = np.array(
        [
            [float(part) for part in corner.split(",")]
            for corner in strip.path.strip("MZ").split("L")
        ]
    )
    above = corners[:, 1] - corners[:, 0]
    assert sorted(above) == pytest.approx([0, 0, 0.05, 0.05])
    assert corners[:, 0].tolist() == pytest.approx(
        [AXES.rips[0], AXES.rips[0], AXES.rips[1], AXES.rips[1]]
    )


def without_test(subject: DrawnRun, **results: InMemoryResult) -> DrawnRun:
    kept = {name: subject.results[name] for name in ("sublevel", "rips")}
    return DrawnRun("plain", "Plain", 0, made.EPOCHS, subject.columns, kept | results)


def untested(**meta: object) -> InMemoryResult:
    """What a significance is without a tested diagram: nothing was tested, or a version that stored
    none did it.
    """
    return InMemoryResult({}, {"rips_h1": {**made.significance().meta["rips_h1"], **meta}})


@pytest.mark.parametrize(
    "results", [{}, {"significance": untested(p_high=None)}, {"significance": untested()}]
)
def test_without_a_test_loops_of_all_snapshots_are_drawn_and_no_strip(
    results: dict[str, InMemoryResult],
) -> None:
    plain = without_test(SUBJECTS[0], **results)
    assert not diagrams.draw(plain, View(), AXES).layout.shapes
    drawn = [bar for group, _ in groups(plain, "rips1") for bar in group["bar"]]
    assert len(drawn) == len(plain.results["rips"].arrays["h1_birth"])
    assert not rips_bars.loops(plain)[1]


def test_where_a_p_stands_the_tested_bars_are_drawn_and_the_longest_alone_is_filled() -> None:
    arrays = SUBJECTS[0].results["significance"].arrays
    filled = {trace.marker.symbol: group["bar"] for group, trace in groups(SUBJECTS[0], "rips1")}
    assert filled["circle"] == [0] == [int((arrays["h1_death"] - arrays["h1_birth"]).argmax())]
    assert filled["circle-open"] == [1]
    height = SUBJECTS[0].results["significance"].meta["rips_h1"]["observed"]
    assert arrays["h1_death"][0] - arrays["h1_birth"][0] == pytest.approx(height)


@pytest.mark.parametrize("unit", ["‖θo‖", ""])
def test_the_axis_of_distances_has_their_unit(unit: str) -> None:
    subject = SUBJECTS[0]
    rips = InMemoryResult(
        subject.results["rips"].arrays, {**subject.results["rips"].meta, "unit": unit}
    )
    other = DrawnRun(
        "other", "Other", 0, made.EPOCHS, subject.columns, {**subject.results, "rips": rips}
    )
    assert diagrams.draw(other, View(), AXES).layout.xaxis2.title.text == (
        f"birth (distance/{unit})" if unit else "birth (distance)"
    )


def test_voids_are_marks_of_their_own_where_there_are_any() -> None:
    subject = SUBJECTS[0]
    voids = {
        "h2_birth": np.array([0.3, 0.31]), "h2_death": np.array([0.4, np.inf]),
        "h2_birth_rows": np.array([[1, 2], [3, 4]]), "h2_death_rows": np.array([[5, 6], [-1, -1]]),
    }  # fmt: skip
    rips = InMemoryResult(
        {**subject.results["rips"].arrays, **voids}, {**subject.results["rips"].meta, "bars_h2": 2}
    )
    other = DrawnRun(
        "other", "Other", 0, made.EPOCHS, subject.columns, {**subject.results, "rips": rips}
    )
    ((group, trace),) = groups(other, "rips2")
    assert trace.y.tolist() == pytest.approx([0.4, 0.45])  # the one alive stands at the threshold
    assert group["rows"] == [[1, 2, 5, 6], [3, 4]]
    assert group["death"] == [0.4, None]


def test_the_snapshots_of_all_bars_are_looked_up_together(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, real = list[int](), view.look_up
    monkeypatch.setattr(view, "look_up", lambda table, ids: calls.append(1) or real(table, ids))
    counted = []
    for bars in (4, 400):
        subject = made.subject(**made.LONG)
        arrays = {
            **subject.results["rips"].arrays,
            "h1_birth": np.linspace(0.1, 0.2, bars),
            "h1_death": np.linspace(0.3, 0.4, bars),
            "h1_birth_rows": np.tile([1, 2], (bars, 1)),
            "h1_death_rows": np.tile([3, 4], (bars, 1)),
            "h1_censored": np.zeros(bars, np.uint8),
            "h1_cycle_rows": np.tile([1, 2, 99_999], bars),
            "h1_cycle_offsets": 3 * np.arange(bars + 1),
        }
        results = {
            "sublevel": subject.results["sublevel"],
            "rips": InMemoryResult(arrays, subject.results["rips"].meta),
        }
        large = DrawnRun(
            subject.run, subject.label, subject.look, subject.epochs, subject.columns, results
        )
        calls.clear()
        cycles = [cycle for group, _ in groups(large, "rips1") for cycle in group["cycle"]]
        assert cycles == [[1, 2]] * bars
        counted.append(len(calls))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("look", range(len(SYMBOLS)))
def test_bars_that_die_have_their_deaths_whatever_the_shape_of_the_run(look: int) -> None:
    """A triangle is the shape of a run, and of a bar that never dies."""
    subject = replace(made.subject(0), look=look)
    for kind in ("sublevel", "rips1"):
        never = [
            bar for group, _ in groups(subject, kind) if group["never"] for bar in group["bar"]
        ]
        assert never == ([0] if kind == "sublevel" else []), kind


def test_the_anchor_has_a_shape_of_its_own() -> None:
    """Among the regimes: a diamond is no run of theirs."""
    assert "diamond" not in {SYMBOLS[of_regime(regime)] for regime in REGIMES}
    assert "diamond" not in {SYMBOLS_OF_SPACE[of_regime(regime)] for regime in REGIMES}
