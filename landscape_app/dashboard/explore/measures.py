"""The table of measures: a row a measure, a column a run, each row with its definition and, where
it has some, its snapshots.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from landscape_app import number_text
from landscape_app.dashboard.explore import embedding_text, verdicts
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.figures.palette import MARKS
from landscape_app.figures.view import DrawnRun, View
from landscape_app.number_text import DASH, percent
from landscape_app.registries import FILTRATIONS, MEASURES

CURVATURE = "With the network: curvature, margins, barriers"
AT_ANCHOR = (
    "gap_accuracy",
    "gap_loss",
    "train_loss",
    "weight_norm",
    "distance_from_init",
    "hessian_top",
    "hessian_trace",
    "gradient_norm",
)


class MeasureRow(NamedTuple):
    """A measure of every run: values and their details by run id. unit "fraction" is shown in
    percent. group: its heading, if any.
    """

    name: str
    label: str  # short enough for a narrow column
    whole: str  # … and in full
    help: str
    about: str  # unit · direction · source
    values: Mapping[str, float | None]
    details: Mapping[str, str] = {}
    unit: str = ""
    group: str = ""


def table(comparison: Comparison) -> dict[str, Any]:
    """The table as plain values for assets/measures.js, which draws it: hundreds of cells as
    components cost half a second.

    runs: look (from 1) and label of each column. rows: name, label, group (its heading), tip
    (definition, unit, direction, source, cost), cells (text, share of the row's largest value,
    detail) in the order of the runs, and what the row picks, None where that is no set of
    snapshots.
    """
    curved = {run.id: run.curvature or () for run in comparison.runs}
    rows = [
        *_measured({run.id: run.measures for run in comparison.runs}),
        *_topological(comparison),
        *_measured(curved, CURVATURE),
    ]
    return {
        "runs": [
            {"look": run.look + 1, "label": run.label, "mark": MARKS[run.look]}
            for run in comparison.runs
        ],
        "rows": [_row(row, comparison) for row in rows],
    }


def _measured(
    measures: Mapping[str, Sequence[Mapping[str, Any]]], group: str = ""
) -> list[MeasureRow]:
    """A row for each measure that any run has, `measures` by run id."""
    by_name: dict[str, dict[str, Mapping[str, Any]]] = {}
    for run, several in measures.items():
        for measure in several:
            by_name.setdefault(str(measure["name"]), {})[run] = measure
    return [
        MeasureRow(
            name,
            short(str(first["label"])),
            str(first["label"]),
            str(first["help"]),
            _about(first),
            {run: measure["value"] for run, measure in by_run.items()},
            {run: str(measure.get("detail") or "") for run, measure in by_run.items()},
            str(first.get("unit") or ""),
            group,
        )
        for name, by_run in by_name.items()
        for first in [next(iter(by_run.values()))]
    ]


def _about(measure: Mapping[str, Any]) -> str:
    """unit · direction · source · cost"""
    parts = [str(measure[part]) for part in ("unit", "direction", "source") if measure.get(part)]
    return " · ".join([*parts, *([f"cost: {measure['cost']}"] if measure.get("cost") else [])])


SHORTER = (
    ("expected sharpness, a =", "sharpness at"),
    ("epochs to recover, never", "never recovered"),
    ("largest Hessian eigenvalue, number ", "Hessian λ"),
    ("largest Hessian eigenvalue", "Hessian λ1"),
    ("Hessian trace, layer ", "trace, layer "),
    ("worst-direction sharpness", "sharpness, worst"),
    ("adaptive sharpness", "sharpness, adaptive"),
    ("PAC-Bayes σ, magnitude-aware", "PAC-Bayes σ'"),
    ("merge-tree persistence", "merge tree"),
)


def short(label: str) -> str:
    """A label for a narrow column, in lower case like its neighbours."""
    if label[1:2].islower() and not label.startswith("Hessian"):
        label = label[:1].lower() + label[1:]
    for long, brief in SHORTER:
        label = label.replace(long, brief)
    return label


# (stored result, what of its meta, label in the narrow column, its line in the table of measures)
TOPOLOGICAL = (
    ("sublevel", "total_persistence", "total persistence", "sublevel.total_persistence"),
    ("sublevel", "longest", "longest bar", "sublevel.longest"),
    ("sublevel", "bars", "bars", "sublevel.bars"),
    ("sublevel", "entropy", "bar entropy", "sublevel.entropy"),
    ("sublevel", "smad", "SMAD", "sublevel.smad"),
    ("climbs", "total_over_barriers", "total over barriers", "sublevel.total_over_barriers"),
    ("rips", "longest_h1", "longest loop, all", "rips[h1].longest"),
    ("rips", "bars_h1", "loops, all", ""),
    ("significance", "p_high", "tested loop, p", "rips[h1].p"),
)


def _topological(comparison: Comparison) -> list[MeasureRow]:
    rows = []
    for part, key, label, name in TOPOLOGICAL:
        values = {
            run.id: verdicts.tested(run, "")[1].get(key)
            if part == "significance"
            else run.meta(part).get(key)
            for run in comparison.runs
        }
        if any(value is not None for value in values.values()):
            row = _defined(part, key, label, name, comparison.view)
            filtration = comparison.view.filtration
            details = {run.id: _detail(part, key, run, filtration) for run in comparison.runs}
            rows.append(row._replace(values=values, details=details))
    return rows


def _defined(part: str, key: str, label: str, name: str, view: View) -> MeasureRow:
    """A row of topology without values: defined in the table of measures, of this filtration and
    distance.
    """
    entry, filtration = MEASURES.get(name), FILTRATIONS[view.filtration]
    of = "Rips H₁."
    if part in ("sublevel", "climbs"):
        of = f"Sublevel H₀ of {filtration.label}. {filtration.help}"
    what = "Number of bars, censored ones included." if entry is None else entry.help
    defined = {} if entry is None else vars(entry.load())
    about = (_about(defined), f"distance = {embedding_text.space(view.distance)}")
    return MeasureRow(
        key,
        label,
        label if entry is None else entry.label,
        f"{of} {what}",
        " · ".join(filter(None, about)),
        {},
        group=f"Topology: {filtration.label}, Rips",
    )


def _detail(part: str, key: str, run: ComparedRun, filtration: str) -> str:
    """What the null models say of a run's value; loops of all snapshots have no verdict."""
    losses, loops = verdicts.tested(run, filtration)
    if part == "rips":
        return "Of all snapshots, not tested."
    if part == "climbs":
        return verdicts.climbs(run)
    if part == "significance" and not loops.get("thinning"):
        return verdicts.loops(run)
    if part == "significance":
        return f"Tested: {loops['thinning']}. {verdicts.loops(run)}. {verdicts.against(loops)}"
    verdict = verdicts.bars(run, filtration)
    if key != "total_persistence" or not verdict:
        return ""
    lines = f"{verdict}.", verdicts.scales(run, filtration), verdicts.against(losses)
    return " ".join(filter(None, lines))


def _row(row: MeasureRow, comparison: Comparison) -> dict[str, Any]:
    show = percent if row.unit == "fraction" else number_text.narrow
    values = {
        run: value
        for run, value in row.values.items()
        if value is not None and math.isfinite(value)
    }
    largest = max(map(abs, values.values()), default=0.0)
    if len(comparison.runs) == 1:
        largest = 0.0  # there is nothing to compare
    cells = [
        {
            "text": show(values[run.id]) if run.id in values else DASH,
            "share": round(max(values.get(run.id, 0.0), 0.0) / largest, 3) if largest else 0.0,
            "detail": row.details.get(run.id, ""),
        }
        for run in comparison.runs
    ]
    return {
        "name": row.name,
        "label": row.label,
        "group": row.group,
        "tip": [row.whole, row.help, row.about],
        "cells": cells,
        "pick": _pick(row.name, comparison),
    }


def _pick(name: str, comparison: Comparison) -> dict[str, Any] | None:
    """What a click on the row picks: the snapshots that the measure is taken at."""
    sets = {subject.run: snapshots(name, subject) for subject in comparison.subjects}
    sets = {run: rows for run, rows in sets.items() if rows}
    return {"kind": "rows", "sets": sets, "run": next(iter(sets)), "name": name} if sets else None


def snapshots(name: str, subject: DrawnRun) -> list[int]:
    """Canonical ids that a measure is taken at: what its row lights up; empty where that is no set
    of snapshots.
    """
    epoch, step = np.asarray(subject.columns["epoch"]), np.asarray(subject.columns["step_size"])
    jumped = (step > 0) & (subject.rows != 0)
    base, _, at = name.partition("[")
    if base == "expected_sharpness":
        chosen = jumped & (epoch == 0) & (np.isclose(step, float(at[:-1])) if at else True)
    elif base in ("return_ratio", "end_spread"):
        chosen = jumped & (epoch == subject.epochs)
    elif base in AT_ANCHOR:
        chosen = subject.rows == 0
    else:
        return []
    return [int(row) for row in subject.rows[chosen]]
