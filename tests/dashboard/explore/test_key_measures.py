"""Laws of the six key measures: a bar is as long as its number, an error bar as its error, and a
mark stands where two runs differ beyond two standard errors, nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscape_app.dashboard.explore import cards, key_measures, measures
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.key_measures import AGAIN, ALIKE, APART, UNKNOWN
from landscape_app.figures import measure_bars
from landscape_app.finding.figures import Number
from landscape_app.finding.key_measures import KEY_MEASURES
from landscape_app.measure_table import FAMILIES, entry_of

NAMES = [key.name for key in KEY_MEASURES]


def told(comparison: Comparison, **numbers: list[tuple[float | None, float | None]]) -> Comparison:
    """The comparison with these values and errors in place of the stored ones; a measure without
    any is not stored.
    """
    runs = []
    for slot, run in enumerate(comparison.runs):
        lines = {line["name"]: line for line in run.measures}
        for name, given in numbers.items():
            lines.pop(name, None)
            if given:
                value, error = given[slot]
                lines[name] = {"name": name, "label": name, "value": value, "error": error}
        runs.append(replace(run, measures=tuple(lines.values())))
    return replace(comparison, runs=tuple(runs))


def row(comparison: Comparison, name: str) -> Mapping[str, Any]:
    """The row of the key measure."""
    return next(line for line in key_measures.table(comparison) if line["name"] == name)


def test_there_are_six_in_their_order_and_each_says_which_way_is_worse(look, sampled: Path) -> None:
    comparison = look(sampled, "good", "poor")
    rows = measures.table(comparison)["key"]
    json.dumps(rows, allow_nan=False)
    assert [line["name"].partition("[")[0] for line in rows] == NAMES
    assert [line["worse"] for line in rows] == [key.worse for key in KEY_MEASURES]
    steps = comparison.subjects[0].columns["step_size"]
    smallest = min(steps[steps > 0])
    assert rows[4]["name"] == f"expected_sharpness[{smallest:g}]"
    for line in rows:
        text = " ".join(line["tip"])
        assert "When it misleads: " in text, line["name"]
        assert "tandard error" in text, line["name"]


@pytest.mark.parametrize(
    ("first", "second", "mark"),
    [
        ((0.1, 0.01), (0.2, 0.01), APART),
        ((0.1, 0.04), (0.2, 0.04), ALIKE),
        ((0.1, 0.01), (0.1, 0.01), ALIKE),
        ((0.1, None), (0.2, 0.01), UNKNOWN),
    ],
)
@pytest.mark.parametrize("name", ["gap_loss", "function_return"])
def test_a_mark_stands_where_two_runs_differ_beyond_two_errors(
    look, sampled: Path, name: str, first: Any, second: Any, mark: str
) -> None:
    comparison = look(sampled, "good", "poor")
    there, back = (told(comparison, **{name: pair}) for pair in ([first, second], [second, first]))
    assert row(there, name)["mark"] == row(back, name)["mark"] == mark
    assert row(there, name)["words"].startswith("Good and Poor ")
    summary = cards.captions(there)["measures-summary"]
    label = row(there, name)["label"]
    differ, *rest = summary.partition(" do not differ ")
    assert (label in differ.partition("by family")[2]) == (mark == APART)
    assert (label in "".join(rest)) == (mark == ALIKE)


def test_a_number_without_error_is_not_judged(look, sampled: Path) -> None:
    comparison = told(look(sampled, "good", "poor"), weight_norm=[(3.0, None), (9.0, None)])
    assert row(comparison, "weight_norm")["mark"] == ""
    assert "no standard error" in " ".join(row(comparison, "weight_norm")["tip"])


def test_of_three_runs_the_pairs_that_differ_are_counted_and_named(look, sampled: Path) -> None:
    two = look(sampled, "good", "poor")
    third = replace(two.runs[1], id="third", label="Third", slot=2)
    three = told(
        replace(two, runs=(*two.runs, third)), gap_loss=[(0.1, 0.01), (0.11, 0.01), (0.9, 0.01)]
    )
    line = row(three, "gap_loss")
    assert (line["mark"], line["pairs"]) == (APART, "2/3")
    apart, alike = line["words"].split(". ")
    assert apart == "Good and Third; Poor and Third differ beyond two standard errors"
    assert alike == "Good and Poor do not differ beyond two standard errors."


@pytest.mark.parametrize(
    "pairs",
    [
        [(1.0, 0.1), (4.0, 0.5)],
        [(-2.0, 0.1), (2.0, 0.3)],
        [(-1.0, 0.5), (-3.0, 0.5)],
        [(0.0, 0.0), (0.0, 0.0)],
    ],
)
def test_bars_and_error_bars_are_as_long_as_their_numbers(look, sampled: Path, pairs: Any) -> None:
    cells = row(told(look(sampled, "good", "poor"), gap_loss=pairs), "gap_loss")["cells"]
    ends = [value + sign * error for value, error in pairs for sign in (-1, 1)]
    width = max(0.0, *ends) - min(0.0, *ends)
    for cell, (value, error) in zip(cells, pairs, strict=True):
        if not width:
            assert cell["bar"] is None
            continue
        (start, end), (low, high) = cell["bar"], cell["whisker"]
        assert 0 <= min(start, low) <= max(end, high) <= 1
        assert end - start == pytest.approx(abs(value) / width, abs=2e-3)
        assert high - low == pytest.approx(2 * error / width, abs=2e-3)
        assert (low + high) / 2 == pytest.approx(end if value > 0 else start, abs=2e-3)


@pytest.mark.parametrize("huge", [9e6, -9e6, 1e300])
@pytest.mark.parametrize("name", ["gap_loss", "weight_norm"])
def test_one_diverged_run_ruins_no_bars(look, sampled: Path, name: str, huge: float) -> None:
    two = look(sampled, "good", "poor")
    third = replace(two.runs[1], id="third", label="Third", slot=2)
    three = replace(two, runs=(*two.runs, third))
    alike, among = (
        told(three, **{name: [(1.0, 0.1), (2.0, 0.1), last]}) for last in ((2.0, 0.1), (huge, None))
    )
    before, after = row(alike, name), row(among, name)
    for i in range(2):
        assert after["cells"][i]["bar"] == before["cells"][i]["bar"]
    assert [cell["off"] for cell in before["cells"]] == ["", "", ""]
    assert [cell["off"] for cell in after["cells"]] == ["", "", "▸" if huge > 0 else "◂"]
    assert before["off"] == ""
    assert "Third" in after["off"]
    assert key_measures.off_scale(among) == after["off"]
    words = cards.captions(among)
    assert after["off"] in words["measures-summary"]
    assert after["off"] in str(words["measures-head"])
    # the row of all measures, and the picture that is taken away
    cells = next(line for line in measures.table(among)["rows"] if line["name"] == name)["cells"]
    assert [cell["off"] for cell in cells] == ["", "", "▸" if huge > 0 else "◂"]
    assert cells[1]["share"] == 1.0
    figure = measure_bars.draw(measures.table(among)["runs"], [after], among.view)
    assert figure.data[2].text[0].endswith("▸" if huge > 0 else "◂")
    assert np.abs(figure.data[2].x[0]) <= 1


def test_accuracies_are_never_off() -> None:
    accuracies = [Number(0.99, 0.01), Number(0.0005, 0.0001)]
    key = next(key for key in KEY_MEASURES if key.name == "test_accuracy")
    assert key_measures._common(key, accuracies).off == ()


def test_what_was_not_measured_says_why(look, sampled: Path) -> None:
    line = row(told(look(sampled, "good", "poor"), function_return=[]), "function_return")
    assert line["none"] == AGAIN
    for cell, run in zip(line["cells"], ("good", "poor"), strict=True):
        assert "older than this measure" in cell["detail"]
        assert cell["detail"].endswith(f"landscape analyse {run}")
    comparison = told(look(sampled, "good", "poor"), function_return=[(None, None), (0.5, 0.1)])
    one = row(comparison, "function_return")
    assert one["none"] == ""
    assert [cell["text"] for cell in one["cells"]] == ["–", "0.500"]
    assert one["mark"] == ""


def test_a_run_that_cannot_be_read_has_its_reason_in_its_column(look, troubled: Path) -> None:
    comparison = look(troubled, "good", "broken")
    for line in key_measures.table(comparison):
        assert line["cells"][1]["text"] == "–"
        assert line["cells"][1]["detail"] == comparison.runs[1].problem
        assert line["mark"] == ""


def test_a_run_alone_has_numbers_and_nothing_to_compare(look, sampled: Path) -> None:
    for line in key_measures.table(look(sampled, "good")):
        assert line["mark"] == line["words"] == ""
        assert [cell["bar"] for cell in line["cells"]] == [None]


def test_rows_stand_in_their_families_and_pick_the_snapshots_they_are_taken_at(
    look, sampled: Path
) -> None:
    comparison = look(sampled, "good", "poor")
    table = measures.table(comparison)
    groups = list(dict.fromkeys(line["group"] for line in table["rows"]))
    families = [title for title in FAMILIES.values() if title in groups]
    assert len(families) > 3
    assert groups[: len(families)] == families
    for line in table["rows"]:
        entry = entry_of(line["name"])
        assert entry is None or line["group"] == FAMILIES[entry.family]
    for line in (*table["key"], *table["rows"]):
        if line["name"] in ("test_accuracy", "gap_loss", "weight_norm"):
            assert line["pick"]["sets"] == {"good": [0], "poor": [0]}
        if line["name"] == "function_return":
            (ends, *_) = line["pick"]["sets"].values()
            subject = comparison.subjects[0]
            assert set(subject.values("epoch", ends)) == {subject.epochs}


def test_runs_tested_on_different_data_are_not_compared(look, sampled: Path) -> None:
    comparison = look(sampled, "good", "poor")
    first, second = comparison.runs
    other = replace(second, facts={**second.facts, "probe_hash": "another"})
    apart = replace(comparison, runs=(first, other))
    for line in key_measures.table(apart):
        assert line["mark"] in ("", UNKNOWN), line["name"]
    assert "different data" in row(apart, "test_accuracy")["words"]
