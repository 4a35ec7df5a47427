"""The table of measures: a row a measure, a column a run, each row with its definition and, where it has some, its snapshots."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from landscape_app.dashboard.explore.reading import Compared, Shown
from landscape_app.dashboard.explore.words import DASH, number, percent
from landscape_app.figures.palette import MARKS
from landscape_app.figures.view import Subject
from landscape_app.registries import FILTRATIONS


class Row(NamedTuple):
    """A measure of every run: values and their details by run id. unit "fraction" is shown in percent."""

    name: str
    label: str  # short enough for a narrow column
    whole: str  # … and in full
    help: str
    about: str  # unit · direction · source
    values: Mapping[str, float | None]
    details: Mapping[str, str] = {}
    unit: str = ""


def table(compared: Compared) -> dict[str, Any]:
    """The table as plain values for assets/measures.js, which draws it: hundreds of cells as components cost half a second.

    runs: slot and label of each column. rows: name, label, tip (definition, unit, direction, source), cells (text, share of the
    row's largest value, detail) in the order of the runs, and what the row picks, None where that is no set of snapshots.
    """
    rows = [*_measured(compared), *_topological(compared)]
    return {
        "runs": [{"slot": one.slot + 1, "label": one.label, "mark": MARKS[one.slot]} for one in compared.shown],
        "rows": [_row(row, compared) for row in rows],
    }


def _measured(compared: Compared) -> list[Row]:
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for one in compared.shown:
        for measure in one.measures:
            found.setdefault(str(measure["name"]), {})[one.id] = measure
    return [
        Row(
            name,
            _short(str(first["label"])),
            str(first["label"]),
            str(first["help"]),
            " · ".join(str(first[part]) for part in ("unit", "direction", "source") if first.get(part)),
            {run: measure["value"] for run, measure in by_run.items()},
            {run: str(measure.get("detail") or "") for run, measure in by_run.items()},
            str(first.get("unit") or ""),
        )
        for name, by_run in found.items()
        for first in [next(iter(by_run.values()))]
    ]


def _short(label: str) -> str:
    """Labels for a narrow column; the tooltip has the whole."""
    return label.replace("expected sharpness, a =", "sharpness at").replace("epochs to recover, never", "never recovered")


def _topological(compared: Compared) -> list[Row]:
    entry = FILTRATIONS[compared.view.filtration]
    sublevel = f"Sublevel H₀ of {entry.label}. {entry.help}"
    lines = (
        ("sublevel", "total_persistence", "total persistence", f"{sublevel} Sum of the finite bars' lengths."),
        ("sublevel", "longest", "longest bar", f"{sublevel} The deepest separate valley."),
        ("sublevel", "bars", "bars", f"{sublevel} Number of finite bars of length above 0."),
        ("sublevel", "entropy", "bar entropy", f"{sublevel} Entropy of the bars' lengths over its largest value: 1 if all are equal."),
        ("rips", "longest_h1", "longest loop", "Rips H₁ in units of ‖θo‖: longest finite bar. Not tested for significance."),
        ("rips", "bars_h1", "loops", "Rips H₁: number of bars, censored ones included. Not tested for significance."),
    )
    return [
        Row(name, label, label, help, "computed from all snapshots", values)
        for part, name, label, help in lines
        if (values := {one.id: _meta(one, part).get(name) for one in compared.shown})
        and any(value is not None for value in values.values())
    ]


def _meta(one: Shown, name: str) -> Mapping[str, Any]:
    return {} if one.subject is None or name not in one.subject.results else one.subject.results[name].meta


def _row(row: Row, compared: Compared) -> dict[str, Any]:
    show = percent if row.unit == "fraction" else _narrow
    values = {one.id: value for one in compared.shown if (value := row.values.get(one.id)) is not None and math.isfinite(value)}
    largest = max((abs(value) for value in values.values()), default=0.0) if len(compared.shown) > 1 else 0.0  # one alone compares nothing
    cells = [
        {
            "text": show(values[one.id]) if one.id in values else DASH,
            "share": round(max(values.get(one.id, 0.0), 0.0) / largest, 3) if largest else 0.0,
            "detail": row.details.get(one.id, ""),
        }
        for one in compared.shown
    ]
    sets = {one.id: rows for one in compared.shown if one.subject is not None and (rows := snapshots(row.name, one.subject))}
    pick = {"kind": "rows", "sets": sets, "run": next(iter(sets)), "name": row.name} if sets else None
    return {"name": row.name, "label": row.label, "tip": [row.whole, row.help, row.about], "cells": cells, "pick": pick}


def _narrow(value: float) -> str:
    return number(value, 3 if abs(value) >= 0.01 else 2)


def snapshots(name: str, subject: Subject) -> list[int]:
    """Canonical ids that a measure is taken at: what its row lights up; empty where that is no set of snapshots."""
    epoch, step = np.asarray(subject.columns["epoch"]), np.asarray(subject.columns["step_size"])
    jumped = (step > 0) & (subject.rows != 0)
    base, _, at = name.partition("[")
    if base == "expected_sharpness":
        chosen = jumped & (epoch == 0) & (np.isclose(step, float(at[:-1])) if at else True)
    elif base in ("return_ratio", "end_spread"):
        chosen = jumped & (epoch == subject.epochs)
    elif base in ("gap_accuracy", "gap_loss", "train_loss", "weight_norm", "distance_from_init"):
        chosen = subject.rows == 0
    else:
        return []
    return [int(row) for row in subject.rows[chosen]]
