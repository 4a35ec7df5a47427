"""The two figures of the page, from what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from landscape_app.dashboard.study.definitions import Known, column, tip
from landscape_app.dashboard.study.reading import SEED, Seen
from landscape_app.dashboard.study.stored import Line
from landscape_app.dashboard.study.words import plain
from landscape_app.figures.study import Marked, Standing, against, ranking
from landscape_app.number_text import number, percent

LONGEST = 38  # letters of a measure beside its row; its definition on hover has all
# share of the networks in which a measure must have a value to be ranked with those that all have
# (as the report does)
KNOWN = 0.8
FRACTIONS = ("gap_accuracy", "train_accuracy", "test_accuracy")
CONFIG = {
    "displayModeBar": False,
    "showSendToCloud": False,
    "displaylogo": False,
    "responsive": True,
    "doubleClick": "reset",
}


def ranked(seen: Seen, known: Known) -> go.Figure:
    """The ranking of the chosen set of networks; empty where it has none."""
    lines: Sequence[Line] = () if seen.stratum is None else seen.stratum.lines
    best = None if seen.stratum is None else seen.stratum.line(seen.stratum.baseline)
    names, count = (
        [line.name for line in lines],
        0 if seen.stratum is None else seen.stratum.networks,
    )
    standing = Standing(
        np.array([line.baseline for line in lines], dtype=bool),
        np.array([line.linear for line in lines], dtype=bool),
        np.array([line.networks < KNOWN * count for line in lines], dtype=bool),
        names.index(seen.choice.measure) if seen.choice.measure in names else None,
        None if best is None else abs(best.tau),
    )
    ends = (
        np.array([_nan(getattr(line, end)) for line in lines], dtype=np.float64)
        for end in ("low", "high")
    )
    tips = [tip(line.name, line.label, known) for line in lines]
    labels, values = (
        [short(line.label) for line in lines],
        np.array([line.tau for line in lines], dtype=np.float64),
    )
    return ranking(
        labels, values, *ends, standing=standing, names=names, tips=tips, scheme=seen.choice.scheme
    )


def scattered(seen: Seen, known: Known) -> go.Figure:
    """The chosen measure against the gap; networks outside the chosen set grey, picked ones
    ringed.
    """
    table, choice = seen.table, seen.choice
    if table is None or not choice.measure or not choice.gap:
        return against(np.zeros(0), np.zeros(0), (), labels=("", ""), scheme=choice.scheme)
    picked = (
        np.isin(np.array(table.runs), choice.runs)
        if choice.runs
        else np.zeros(len(table.runs), bool)
    )
    figure = against(
        table.numbers[choice.measure],
        table.numbers[choice.gap],
        table.runs,
        labels=(
            _with_unit(choice.measure, table.label(choice.measure), known),
            table.label(choice.gap),
        ),
        colour=None if choice.colour == "none" else table.column(choice.colour),
        colour_label=column(choice.colour, table.label(choice.colour)),
        hover=[told(seen, i) for i in range(len(table.runs))],
        marked=Marked(outside=~seen.inside, picked=picked),
        scheme=choice.scheme,
    )
    for axis, name in (("xaxis", choice.measure), ("yaxis", choice.gap)):
        if name in FRACTIONS:
            figure.update_layout({axis: {"tickformat": ".0%"}})
    if choice.colour in FRACTIONS:
        figure.update_traces(marker_colorbar_tickformat=".1%", selector={"marker.showscale": True})
    return figure.update_layout(uirevision=f"{choice.id} {choice.measure} {choice.gap}")


def told(seen: Seen, row: int) -> str:
    """What is said of a network on hover: its id, its settings, measure and gap; text of a person's
    own stays text.
    """
    table, choice = seen.table, seen.choice
    assert table is not None
    settings = [
        (name, cells[row])
        for name in (*seen.settings, SEED)
        if (cells := table.column(name)) is not None
    ]
    parts = [f"<b>{escape(table.runs[row])}</b>"]
    parts.append(
        " · ".join(
            f"{escape(column(name, name)).lower()} {escape(plain(_item(value)))}"
            for name, value in settings
        )
    )
    parts += [
        f"{escape(table.label(name))}: {shown(name, table.numbers[name][row])}"
        for name in (choice.measure, choice.gap)
    ]
    return "<br>".join(part for part in parts if part)


def shown(name: str, value: float) -> str:
    """A number as its kind is read: a fraction of the rows in percent."""
    return percent(float(value)) if name in FRACTIONS else number(float(value))


def short(label: str) -> str:
    """A label that fits beside its row."""
    text = label.replace(" (not tested against noise)", "").replace(
        "expected sharpness", "exp. sharpness"
    )
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip(' ,')}…"


def _with_unit(name: str, label: str, known: Known) -> str:
    unit = str(known.get(name, {}).get("unit") or "")
    return f"{label} ({unit})" if unit and name not in FRACTIONS and unit != "fraction" else label


def _nan(value: float | None) -> float:
    return np.nan if value is None else value


def _item(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
