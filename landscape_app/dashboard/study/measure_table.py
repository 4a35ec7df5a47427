"""The table twin of the ranking: a row a measure, with every statistic of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landscape_app.dashboard.study import words
from landscape_app.dashboard.study.definitions import Known, tip
from landscape_app.dashboard.study.ranking import why_none
from landscape_app.dashboard.study.view import StudyView
from landscape_app.dashboard.study.words import between, short, signed
from landscape_app.number_text import DASH
from landscape_app.records.study_report import JudgedMeasure

MARKS = {"baseline": "◇", "linear": "□", "measure": "●"}
INTERVALS = ("over_baseline", "over_linear", "partial", "outside", "twin_partial")
# of each column: its head, what it means, when it misleads
COLUMNS: dict[str, tuple[str, str, str]] = {
    "tau": (
        "τ",
        "Kendall's τ_b between measure and gap: (pairs in the same order − pairs in opposite"
        " order) / all pairs.",
        "A τ over all regimes may come from one knob alone, or from the weight norm. Read"
        " granulated and partial τ too.",
    ),
    "interval": (
        "interval",
        "Range of τ when the configurations are resampled (bootstrap), each with all its seeds.",
        "With fewer than 8 configurations it is too narrow. With fewer than 5 there is none.",
    ),
    "outside": (
        "τ outside",
        "Kendall's τ_b with the gap on the test rows outside the probe. Measures of function space"
        " read the probe, so only here they share no row with the gap. Where every network has"
        " one, it decides: the measures are ranked by it.",
        "It has fewer test rows, so the gap is noisier.",
    ),
    "partial": (
        "partial",
        "τ between measure and gap after the ranks of the controls (weight norm, learning rate,"
        " batch size) are regressed out.",
        "With as many controls as configurations, nothing is left to correlate.",
    ),
    "twin": (
        "twin",
        "The trivial quantity that the measure follows most closely: norm, distance from"
        " initialisation, train loss, range of the loss, loss at the jump, number of weights, or a"
        " hyper-parameter. Hover over it to see how closely (τ).",
        "A measure may follow several of them.",
    ),
    "twin_partial": (
        "given twin",
        "τ between measure and gap after the ranks of the twin are regressed out. If its interval"
        " contains 0, the measure may be its twin under another name.",
        "It is about the twin alone. Hover over the number to see the interval.",
    ),
    "granulated": (
        "granul.",
        "Mean over the hyper-parameters of the τ between networks that differ only in that one"
        " (Jiang et al. 2020).",
        "A knob with two values counts as much as a knob with ten.",
    ),
    "sign_error": (
        "sign err.",
        "Take two networks that differ in one knob. How often does the measure choose the wrong"
        " one as worse? ½: chance.",
        "A measure that falls when the gap grows is always wrong here, even if it follows the gap"
        " closely.",
    ),
    "q": (
        "q",
        "Expected share of false discoveries if you accept this measure and all before it"
        " (Benjamini & Hochberg).",
        "It counts configurations, not networks: seeds of one configuration are not independent.",
    ),
    "over_baseline": (
        "vs base",
        "|τ| minus |τ| of the best baseline, ‖θ‖ or ‖θ − θ_init‖, on the same networks.",
        "If its interval contains 0, there is no gain. Hover over the number to see the interval.",
    ),
    "over_linear": (
        "vs linear",
        "|τ| minus |τ| of the best mean rise on a random line or plane: what jump and retrain"
        " adds.",
        "If its interval contains 0, there is no gain. Hover over the number to see the interval.",
    ),
    "networks": ("n", "Networks with a finite gap and a finite value of the measure.", ""),
}


def table(study: StudyView, known: Known) -> dict[str, Any]:
    """The measures of the chosen set of networks, as the report ranks them."""
    rows = [
        {
            "key": measure.name,
            "label": short(measure.label),
            "mark": MARKS[_kind(measure)],
            "tip": tip(measure.name, measure.label, known),
            "on": measure.name == study.choice.measure,
            "cells": [_cell(study, measure, name) for name in COLUMNS],
        }
        for measure in study.ranked
    ]
    name = words.head(
        "measure", "Hover over a name for its definition. ◇ baseline, □ linear samples."
    )
    return words.table(
        "measure",
        "Every measure against the gap, as the report ranks them",
        [name, *(words.head(*column) for column in COLUMNS.values())],
        rows,
        why_none(study),
    )


def _cell(study: StudyView, measure: JudgedMeasure, name: str) -> dict[str, str]:
    """The cell of a column: its text, and what it says on hover."""
    if name == "twin":
        if measure.twin is None:
            return {"text": DASH, "title": ""}
        label = words.column(measure.twin, study.label(measure.twin))
        return {"text": short(label), "title": f"τ with it {signed(measure.twin_tau)}"}
    if name == "interval":
        return {"text": between(measure.tau_low, measure.tau_high) or DASH, "title": ""}
    if name == "networks":
        absent = ", ".join(measure.left_out[:8])
        title = f"without a value: {absent}" if absent else ""
        return {"text": str(measure.networks), "title": title}
    title = ""
    if name == "sign_error":
        ends = signed(measure.sign_error_90), signed(measure.sign_error_worst)
        title = f"90th percentile {ends[0]}, worst {ends[1]}"
    if name in INTERVALS:
        title = between(measure.number(f"{name}_low"), measure.number(f"{name}_high"))
    if name == "partial" and measure.partial_given:
        title = f"{title} given {', '.join(measure.partial_given)}".strip()
    if name == "q":
        title = f"p {signed(measure.p, 3)}"
    return {"text": signed(measure.number(name)), "title": title}


def cells(study: StudyView) -> Iterator[list[Any]]:
    """A row a measure with every number of it that is known of any, for CSV."""
    numbers = [measure.numbers() for measure in study.ranked]
    names = list(dict.fromkeys(name for known in numbers for name in known if name != "networks"))
    yield ["measure", "label", "baseline", "networks", *names, "twin"]
    for measure, known in zip(study.ranked, numbers, strict=True):
        baseline = "yes" if measure.baseline else "no"
        numbers_of = [known.get(name) for name in names]
        about = [measure.name, measure.label, baseline, measure.networks]
        yield [*about, *numbers_of, measure.twin or ""]


def _kind(measure: JudgedMeasure) -> str:
    return "baseline" if measure.baseline else "linear" if measure.linear else "measure"
