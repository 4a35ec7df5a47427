"""The table of measures: the key measures, and a row for every measure with a column a run, its
texts and, where it has some, its snapshots.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from landscape_app import number_text
from landscape_app.dashboard.explore import key_measures, topology_measures
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.dashboard.explore.key_measures import OFF
from landscape_app.dashboard.explore.measure_rows import MeasureRow, family, pick, short, texts
from landscape_app.figures.palette import MARKS
from landscape_app.figures.shared_range import BAR, shared
from landscape_app.measure_table import FAMILIES, entry_of
from landscape_app.number_text import DASH, percent

ORDER = list(FAMILIES.values())


def table(comparison: Comparison) -> dict[str, Any]:
    """The table as plain values for assets/measures.js, which draws it: hundreds of cells as
    components cost half a second.

    runs: look (from 1) and label of each column. key: see key_measures.table. rows: of every
    measure, by family: name, label, group (its heading), tip (full label, what it means, when it
    misleads, unit and source), cells (text, share of the row's largest value, off: OFF where it is
    beyond the row's scale, detail) in the order of the runs, and what the row picks, None where
    that is no set of snapshots.
    """
    measured = _measured(
        {run.id: (*run.measures, *(run.curvature or ())) for run in comparison.runs}
    )
    topological = topology_measures.rows(comparison)
    return {
        "runs": [
            {"look": run.look + 1, "label": run.label, "mark": MARKS[run.look]}
            for run in comparison.runs
        ],
        "key": key_measures.table(comparison) if measured else [],
        "rows": [_row(row, comparison) for row in [*measured, *topological]],
    }


def _measured(measures: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[MeasureRow]:
    """A row for each measure that any run has, `measures` by run id, in the order of families."""
    by_name: dict[str, dict[str, Mapping[str, Any]]] = {}
    for run, several in measures.items():
        for measure in several:
            by_name.setdefault(str(measure["name"]), {})[run] = measure
    rows = [
        MeasureRow(
            name,
            short(str(first["label"])),
            str(first["label"]),
            texts(entry_of(name), first),
            {run: measure["value"] for run, measure in by_run.items()},
            {run: str(measure.get("detail") or "") for run, measure in by_run.items()},
            str(first.get("unit") or ""),
            family(name),
        )
        for name, by_run in by_name.items()
        for first in [next(iter(by_run.values()))]
    ]
    return sorted(rows, key=_place)


def _place(row: MeasureRow) -> int:
    return ORDER.index(row.group) if row.group in ORDER else len(ORDER)


def _row(row: MeasureRow, comparison: Comparison) -> dict[str, Any]:
    show = percent if row.unit == "fraction" else number_text.narrow
    values = {
        run: value
        for run, value in row.values.items()
        if value is not None and math.isfinite(value)
    }
    far = math.inf if row.unit == "fraction" else BAR
    common = shared([np.array([0.0, abs(value)]) for value in values.values()], far=far)
    # alone there is nothing to compare
    largest = common.high if values and len(comparison.runs) > 1 else 0.0
    off = [list(values)[i] for i in common.off]
    cells = [
        {
            "text": show(values[run.id]) if run.id in values else DASH,
            "share": _share(values.get(run.id, 0.0), largest),
            "off": OFF[values[run.id] > 0] if run.id in off else "",
            "detail": row.details.get(run.id, ""),
        }
        for run in comparison.runs
    ]
    return {
        "name": row.name,
        "label": row.label,
        "group": row.group,
        "tip": [row.whole, *row.tip],
        "cells": cells,
        "pick": pick(row.name, comparison),
    }


def _share(value: float, largest: float) -> float:
    """How much of the row's width a bar takes."""
    return round(min(max(value / largest, 0.0), 1.0), 3) if largest else 0.0
