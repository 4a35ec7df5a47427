"""The table of measures: a row a measure, a column a run, each row with its definition and, where it has some, its snapshots."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import dash_mantine_components as dmc
import numpy as np
from dash import html

from landscape_app.dashboard.explore.header import mark
from landscape_app.dashboard.explore.reading import Compared, Shown
from landscape_app.dashboard.explore.words import DASH, number, percent
from landscape_app.figures.view import Subject
from landscape_app.registries import FILTRATIONS

TIP = 300  # px


class Row(NamedTuple):
    """A measure of every run: values and their details by run id. unit "fraction" is shown in percent."""

    name: str
    label: str
    help: str
    about: str  # unit · direction · source
    values: Mapping[str, float | None]
    details: Mapping[str, str] = {}
    unit: str = ""


def table(compared: Compared) -> Any:
    """The whole table; words instead where no run has measures yet."""
    rows = [*_measured(compared), *_topological(compared)]
    if not rows:
        return html.P("Measures appear when the runs are sampled and analysed.", className="ls-muted ls-small ls-measures-none")
    head = html.Tr(
        [html.Th("measure", scope="col"), *(html.Th([mark(one.slot, one.label)], scope="col", title=one.id) for one in compared.shown)]
    )
    return html.Table([html.Thead(head), html.Tbody([_row(row, compared) for row in rows])], className="ls-measures")


def _measured(compared: Compared) -> list[Row]:
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for one in compared.shown:
        for measure in one.measures:
            found.setdefault(str(measure["name"]), {})[one.id] = measure
    return [
        Row(
            name,
            _short(str(first["label"])),
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
        Row(name, label, help, "computed from all snapshots", values)
        for part, name, label, help in lines
        if (values := {one.id: _meta(one, part).get(name) for one in compared.shown})
        and any(value is not None for value in values.values())
    ]


def _meta(one: Shown, name: str) -> Mapping[str, Any]:
    return {} if one.subject is None or name not in one.subject.results else one.subject.results[name].meta


def _row(row: Row, compared: Compared) -> Any:
    show = percent if row.unit == "fraction" else _narrow
    values = [row.values.get(one.id) for one in compared.shown]
    several = len(compared.shown) > 1  # a bar alone compares nothing
    largest = several and max((abs(value) for value in values if value is not None and math.isfinite(value)), default=0.0)
    cells = [
        html.Td(
            html.Span(DASH if value is None else show(value), className="ls-cell"),
            className=f"ls-num ls-cell-{one.slot + 1}",
            title=row.details.get(one.id) or None,
            style={"--share": f"{max(value, 0) / largest:.2f}" if value is not None and math.isfinite(value) and largest else "0"},
        )
        for one, value in zip(compared.shown, values, strict=True)
    ]
    tip = dmc.Tooltip(
        html.Span(row.label, className="ls-tip", tabIndex=0),
        label=[html.Strong(row.label), html.Br(), row.help, html.Br(), html.Span(row.about, className="ls-tip-about")],
        multiline=True,
        w=TIP,
        position="left",
        events={"hover": True, "focus": True, "touch": True},
    )
    sets = {one.id: rows for one in compared.shown if one.subject is not None and (rows := snapshots(row.name, one.subject))}
    pickable = (
        {"data-pick": json.dumps({"kind": "rows", "sets": sets, "run": next(iter(sets)), "name": row.name}), "className": "ls-pickable"}
        if sets
        else {}
    )
    return html.Tr([html.Th(tip, scope="row"), *cells], **pickable)


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
