"""The six key measures of the compared runs: a bar and an error bar a run, which way is worse, and
where runs differ beyond two standard errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.dashboard.explore.measure_rows import pick, short, texts
from landscape_app.figures.shared_range import BAR, SharedRange, sentence, shared
from landscape_app.finding.figures import Number, differs, same_data
from landscape_app.finding.key_measures import KEY_MEASURES, KeyMeasure, smallest_step
from landscape_app.measure_table import entry_of
from landscape_app.number_text import DASH, narrow, number, percent

APART, ALIKE, UNKNOWN = "≠", "≈", "?"
OFF = ("◂", "▸")  # at the end of a bar that goes on: below, and above 0
AGAIN = "not measured yet: analyse again"
# no measure, as the gap is made of it: what it means, when it misleads, unit and source
TEST_ACCURACY = (
    "Share of the test rows on which the network is right, at the anchor.",
    "When it misleads: With few test rows its standard error is large. A confident mistake counts"
    " as much as a mild one.",
    "fraction · higher = generalizes better · recorded at the anchor",
)


class Difference(NamedTuple):
    """Whether runs differ in a measure. mark: APART, ALIKE, UNKNOWN, or "" where there is nothing
    to say. words: the same in a sentence or two. pairs: "2/3" where only some pairs differ.
    """

    mark: str = ""
    words: str = ""
    pairs: str = ""


def table(comparison: Comparison) -> list[dict[str, Any]]:
    """A row for each of KEY_MEASURES: name, label, worse ("higher" or "lower"), tip, none (why no
    run has a number, else ""), mark, words and pairs of its Difference, what it picks, and cells in
    the order of the runs.

    off: which runs are off the row's scale, in a sentence; "" for none.

    Of a cell: text, error ("± 0.7" or ""), detail (or why there is no number), bar and whisker:
    [from, to] as shares of the row's width, None where there is none; off: the side where its bar
    goes beyond the scale (OFF), "" where it does not.
    """
    sharpness = smallest_step(run.numbers for run in comparison.runs if run.measures)
    return [
        _row(key, sharpness if key.name == "expected_sharpness" else key.name, comparison)
        for key in KEY_MEASURES
    ]


def differing(comparison: Comparison) -> dict[str, list[str]]:
    """{APART | ALIKE: labels of the key measures} with that difference."""
    marks: dict[str, list[str]] = {APART: [], ALIKE: []}
    for row in table(comparison):
        if row["mark"] in marks:
            marks[row["mark"]].append(row["label"])
    return marks


def off_scale(comparison: Comparison) -> str:
    """Which runs have bars that end at the edge, in a sentence; empty where none has."""
    if not any(run.measures for run in comparison.runs):
        return ""
    return " ".join(row["off"] for row in table(comparison) if row["off"])


def _row(key: KeyMeasure, name: str, comparison: Comparison) -> dict[str, Any]:
    runs = comparison.runs
    numbers = [run.numbers.number(name) for run in runs]
    lines = [_line(run, name) for run in runs]
    line = next(filter(None, lines), {})
    difference = _difference(key, runs, numbers)
    reasons = [_reason(run, name, value) for run, value in zip(runs, numbers, strict=True)]
    label = short(str(line.get("label", key.label))) if "[" in name else key.label
    common = _common(key, numbers)
    return {
        "name": name,
        "label": label,
        "off": sentence(f"the bars of {label}", [runs[i].label for i in common.off], common.peak),
        "worse": key.worse,
        "tip": _tip(key, name, line),
        "none": "" if any(value.known for value in numbers) else reasons[0],
        **difference._asdict(),
        "pick": pick(name, comparison),
        "cells": _cells(
            key,
            numbers,
            common,
            [
                _remedy(run) if reason == AGAIN else reason or str(line.get("detail") or "")
                for run, reason, line in zip(runs, reasons, lines, strict=True)
            ],
        ),
    }


def _line(run: ComparedRun, name: str) -> dict[str, Any]:
    """The stored line of a measure; empty where there is none."""
    return next((dict(line) for line in run.measures if line["name"] == name), {})


def _tip(key: KeyMeasure, name: str, line: dict[str, Any]) -> list[str]:
    """Full label, what it means, when it misleads, where its error is from, unit and source."""
    entry = entry_of(name)
    about = (
        TEST_ACCURACY
        if name == "test_accuracy"
        else texts(entry, line if line or entry is None else vars(entry.load()))
    )
    error = f"Standard error: {key.error}." if key.error else "It has no standard error."
    return [str(line.get("label", key.label)), *about[:-1], error, *about[-1:]]


def _reason(run: ComparedRun, name: str, value: Number) -> str:
    """Why the run has no number; "" where it has one."""
    if value.known:
        return ""
    if run.subject is None:
        return run.problem or "no snapshot yet"
    if name == "test_accuracy":
        return "this task has no accuracy"
    if not run.measures:
        return "not measured yet"
    return str(_line(run, name).get("detail") or AGAIN)


def _remedy(run: ComparedRun) -> str:
    """Why an analysed run lacks a measure, and what measures it."""
    return (
        "The stored analysis is older than this measure. This measures it:"
        f" landscape analyse {run.id}"
    )


def _difference(
    key: KeyMeasure, runs: Sequence[ComparedRun], numbers: Sequence[Number]
) -> Difference:
    """Which pairs of runs differ. A number without error is no estimate, so nothing is said."""
    pairs = list(combinations(zip(runs, numbers, strict=True), 2))
    if not key.error or not pairs:
        return Difference()
    if not same_data(run.numbers for run in runs):
        return Difference(UNKNOWN, "The runs were tested on different data.")
    answers = {
        f"{first.label} and {second.label}": differs(value, other)
        for (first, value), (second, other) in pairs
        if value.known and other.known
    }
    named = {
        answer: [pair for pair, other in answers.items() if other is answer]
        for answer in (True, False, None)
    }
    sentences = [
        f"{'; '.join(alike)} {words}."
        for alike, words in (
            (named[True], "differ beyond two standard errors"),
            (named[False], "do not differ beyond two standard errors"),
            (named[None], "cannot be compared: no standard error is stored"),
        )
        if alike
    ]
    mark = APART if named[True] else UNKNOWN if named[None] else ALIKE if named[False] else ""
    some = mark == APART and len(named[True]) < len(answers)
    pairs_of = f"{len(named[True])}/{len(answers)}" if some else ""
    return Difference(mark, " ".join(sentences), pairs_of)


def _common(key: KeyMeasure, numbers: Sequence[Number]) -> SharedRange:
    """How far from 0 the bars of a row go, without a run that is far off the others (shared_range);
    a share goes no farther than 1.
    """
    sizes = [np.abs([0.0, *(_span(value) if value.known else ())]) for value in numbers]
    return shared(sizes, far=np.inf if key.percent else BAR)


def _cells(
    key: KeyMeasure, numbers: Sequence[Number], common: SharedRange, details: Sequence[str]
) -> list[dict[str, Any]]:
    ends = [end for value in numbers if value.known for end in _span(value)]
    ends = [end for end in ends if abs(end) <= common.high]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    width = high - low if len(numbers) > 1 else 0.0  # alone there is nothing to compare

    def shares(start: float, end: float) -> list[float] | None:
        places = [(at - low) / width for at in sorted((start, end))] if width else []
        return [round(min(max(place, 0.0), 1.0), 3) for place in places] or None

    show = percent if key.percent else narrow
    return [
        {
            "text": DASH if value.value is None or not value.known else show(value.value),
            "error": _error(key, value),
            "bar": shares(0.0, value.value) if value.value is not None and value.known else None,
            "whisker": shares(*_span(value)) if value.known and value.error else None,
            "off": OFF[(value.value or 0.0) > 0] if i in common.off else "",
            "detail": detail,
        }
        for i, (value, detail) in enumerate(zip(numbers, details, strict=True))
    ]


def _span(value: Number) -> tuple[float, float]:
    """One standard error below and above a known number."""
    assert value.value is not None
    error = value.error or 0.0
    return value.value - error, value.value + error


def _error(key: KeyMeasure, value: Number) -> str:
    if not value.known or value.error is None:
        return ""
    return f"± {100 * value.error:.1f}" if key.percent else f"± {number(value.error, 2)}"
