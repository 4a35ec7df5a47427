"""The measures of all runs: a row a measure, in it a bar a run, as long as its share of the row's
width, and a bar for its standard error where it has one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.drawing import Drawing, plain
from landscape_app.figures.palette import template
from landscape_app.figures.view import View

ROW = 12  # px of a bar, and of the gap between rows
NAME = 32  # px that two lines of a name need
WIDEST = 1.75  # of the axis: room for the numbers beside a bar
BESIDE = 0.02  # from the end of a bar to its number
Cell = Mapping[str, Any]


def draw(
    runs: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], view: View
) -> go.Figure:
    """runs: look (from 1) and label of each; rows: label, worse and mark (of key measures), and
    cells in the order of the runs: text; share, or bar and whisker; error; off. The first row is at
    the top.
    """
    drawing = Drawing("curves", [])
    columns = [[row["cells"][number] for row in rows] for number in range(len(runs))]
    for run, cells in zip(runs, columns, strict=True):
        trace = _bars(cells, view.palette.runs[run["look"] - 1])
        drawing.add({**trace, "name": plain(run["label"])}, {"marker.color": f"run-{run['look']}"})
    for number, cells in enumerate(columns):
        drawing.add(_numbers(cells, number, len(runs)))
    height = max(ROW * (len(runs) + 1), NAME if any("worse" in row for row in rows) else 0)
    layout: dict[str, Any] = {
        "template": template(view.scheme),
        "height": 40 + height * len(rows),
        "margin": {"l": 8, "r": 8, "t": 6, "b": 8},
        "showlegend": False,
        "bargap": 1 / (len(runs) + 1),
        "xaxis": {"range": [0, WIDEST], "visible": False, "fixedrange": True},
        "yaxis": {
            "tickvals": np.arange(len(rows), dtype=float),
            "ticktext": [_named(row) for row in rows],
            "range": [len(rows) - 0.4, -0.6],
            "automargin": True,
            "showgrid": False,
            "fixedrange": True,
        },
    }
    return drawing.figure(layout)


def _named(row: Mapping[str, Any]) -> str:
    """The measure; of a key measure also which way is worse, and whether runs differ."""
    name = plain(row["label"])
    return f"{name}<br>{row['worse']} is worse {row['mark']}".rstrip() if "worse" in row else name


def _bars(cells: Sequence[Cell], colour: str) -> dict[str, Any]:
    """The bars of one run; each ends at the value, which is in the middle of its error."""
    spans, errors = [], []
    for cell in cells:
        start, end = cell.get("bar") or (0.0, cell.get("share", 0.0))
        low, high = cell.get("whisker") or (end, end)
        if abs(start - (low + high) / 2) < abs(end - (low + high) / 2):
            start, end = end, start
        spans.append((start, end - start))
        errors.append((high - low) / 2)
    return {
        "type": "bar",
        "orientation": "h",
        "y": np.arange(len(cells), dtype=float),
        "base": [start for start, _ in spans],
        "x": [length for _, length in spans],
        "text": [plain(_text(cell)) for cell in cells],
        "textposition": "none",
        "marker": {"color": colour},
        "hoverinfo": "text",
        **({"error_x": {"array": errors, "thickness": 1, "width": 2}} if any(errors) else {}),
    }


def _numbers(cells: Sequence[Cell], number: int, count: int) -> dict[str, Any]:
    """The numbers of run `number` of `count`, each behind its bar and its error."""
    ends = [
        [*(cell.get("bar") or (cell.get("share", 0.0),)), *(cell.get("whisker") or ())]
        for cell in cells
    ]
    lower = (number - (count - 1) / 2) / (count + 1)
    return {
        "type": "scatter",
        "mode": "text",
        "x": [max(several) + BESIDE for several in ends],
        "y": np.arange(len(cells), dtype=float) + lower,
        "text": [plain(_text(cell)) for cell in cells],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _text(cell: Cell) -> str:
    """The number and its error; behind it a mark where its bar goes beyond the scale."""
    return " ".join(filter(None, (cell["text"], cell.get("error"), cell.get("off"))))
