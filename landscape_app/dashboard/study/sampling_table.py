"""Jump and retrain against linear sampling: the same summary of both; then every other measure
against the best linear one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landscape_app.dashboard.study import words
from landscape_app.dashboard.study.definitions import Known, tip
from landscape_app.dashboard.study.measure_table import COLUMNS
from landscape_app.dashboard.study.ranking import why_none
from landscape_app.dashboard.study.view import StudyView
from landscape_app.dashboard.study.words import between, short, signed
from landscape_app.number_text import DASH
from landscape_app.records.study_report import SamplingComparison
from landscape_app.registries import FILTRATIONS, MEASURES

FIELDS = ("name", "linear", "networks", "tau", "linear_tau", "value", "low", "high")
SAME = "same summary, plane"
HEADS = (
    (
        "measure",
        "●: follows the gap more closely than linear sampling (interval above 0). □: less"
        " closely. ·: undecided.",
    ),
    (
        "against",
        "The same summary for a filter-normalised random plane (Li et al. 2018), or the best mean"
        " rise.",
    ),
    (
        "τ",
        "τ with the gap: of the measure, or of the summary of the jump-and-retrain snapshots.",
        COLUMNS["tau"][2],
    ),
    (
        "τ, linear",
        "τ with the gap of the measure from linear samples around the same anchors.",
        "With few points a plane is coarse.",
    ),
    ("Δ|τ|", "|τ| of the first minus |τ| of the second, on the same networks."),
    ("interval", *COLUMNS["interval"][1:]),
    ("n", *COLUMNS["networks"][1:]),
)


def _comparisons(study: StudyView) -> list[SamplingComparison]:
    """Every measure that is no baseline beside the best linear one, as far as both are known."""
    best = None if study.stratum is None else study.stratum.measure(study.stratum.linear)
    if best is None:
        return []
    return [
        SamplingComparison(
            name=measure.name,
            linear=best.name,
            networks=measure.networks,
            tau=measure.tau,
            linear_tau=best.tau,
            value=measure.over_linear,
            low=measure.over_linear_low,
            high=measure.over_linear_high,
        )
        for measure in study.ranked
        if not measure.baseline and not measure.linear
    ]


def table(study: StudyView, known: Known) -> dict[str, Any]:
    """The same summary of both samplings, then the measures beside the best linear one."""
    same = [] if study.stratum is None else study.stratum.samplings
    rows = [
        _row(comparison, _of_both(comparison.name, study), SAME, study, known)
        for comparison in same
    ]
    best = None if study.stratum is None else study.stratum.measure(study.stratum.linear)
    rows += [
        _row(comparison, short(_label(comparison.name, study)), best.label, study, known)
        for comparison in _comparisons(study)
        if best is not None
    ]
    return words.table(
        "measure",
        "Jump and retrain beside linear samples",
        [words.head(*head) for head in HEADS],
        rows,
        _why_none(study),
        summary=summary(rows, study),
    )


def cells(study: StudyView) -> Iterator[list[Any]]:
    """A row a comparison with all its numbers, for CSV."""
    yield list(FIELDS)
    same = [] if study.stratum is None else study.stratum.samplings
    for comparison in [*same, *_comparisons(study)]:
        yield [getattr(comparison, field) for field in FIELDS]


def _row(
    comparison: SamplingComparison, label: str, against: str, study: StudyView, known: Known
) -> dict[str, Any]:
    low, high = comparison.low, comparison.high
    mark = "●" if low is not None and low > 0 else "□" if high is not None and high < 0 else "·"
    numbers = (comparison.tau, comparison.linear_tau, comparison.value)
    interval = between(low, high) or DASH
    texts = [against, *map(signed, numbers), interval, str(comparison.networks)]
    return {
        "key": comparison.name,
        "label": label,
        "mark": mark,
        "tip": tip(comparison.name, label, known),
        "on": comparison.name == study.choice.measure,
        "cells": [{"text": text, "title": ""} for text in texts],
    }


def summary(rows: list[dict[str, Any]], study: StudyView) -> str:
    """What the comparison comes to, in a sentence or two."""
    if not rows or study.stratum is None:
        return ""
    marks = [row["mark"] for row in rows]
    ahead, behind = marks.count("●"), marks.count("□")
    sentence = (
        f"Of {len(rows)} measures {ahead or 'none'} {'follow' if ahead > 1 else 'follows'} the gap"
        f" more closely than linear sampling, {behind or 'none'} less closely"
    )
    flat = not study.stratum.samplings and any(
        name.startswith("random[") for name in study.stratum.left_out
    )
    valleys = (
        " The planes have no components, or all equally many. Their persistence does not tell"
        " these networks apart."
        if flat
        else ""
    )
    return f"{sentence}; {len(rows) - ahead - behind} cannot be told apart from it.{valleys}"


def _why_none(study: StudyView) -> str:
    if study.ranked:
        return "These networks have no linear sample, or its rise is the same in all."
    return why_none(study)


def _label(name: str, study: StudyView) -> str:
    """A measure of the ranking in words."""
    return next((measure.label for measure in study.ranked if measure.name == name), name)


def _of_both(name: str, study: StudyView) -> str:
    """Total persistence, log₁₀ train loss."""
    filtration, _, summary = name.partition("[")[2].partition("].")
    measure = MEASURES.get(f"sublevel.{summary}")
    if filtration in FILTRATIONS and measure is not None:
        return f"{measure.label}, {FILTRATIONS[filtration].label}"
    return study.label(name)
