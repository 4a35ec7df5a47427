"""The measures of all runs: a row a measure, in it a bar a run, as long as its share of the row's
largest value.
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
WIDEST = 1.75  # of the axis: room for the numbers beside a bar


def draw(
    runs: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], view: View
) -> go.Figure:
    """runs: look (from 1) and label of each; rows: label, and cells (text, share) in the order of
    the runs. The first row is at the top.
    """
    drawing = Drawing("curves", [])
    place = np.arange(len(rows), dtype=float)
    for number, run in enumerate(runs):
        cells = [row["cells"][number] for row in rows]
        drawing.add(
            {
                "type": "bar",
                "orientation": "h",
                "y": place,
                "x": [cell["share"] for cell in cells],
                "text": [plain(cell["text"]) for cell in cells],
                "textposition": "outside",
                "cliponaxis": False,
                "name": plain(run["label"]),
                "marker": {"color": view.palette.runs[run["look"] - 1]},
                "hoverinfo": "text",
            },
            {"marker.color": f"run-{run['look']}"},
        )
    return drawing.figure(
        {
            "template": template(view.scheme),
            "height": 40 + ROW * (len(runs) + 1) * len(rows),
            "margin": {"l": 8, "r": 8, "t": 6, "b": 8},
            "showlegend": False,
            "bargap": 1 / (len(runs) + 1),
            "xaxis": {"range": [0, WIDEST], "visible": False, "fixedrange": True},
            "yaxis": {
                "tickvals": place,
                "ticktext": [plain(row["label"]) for row in rows],
                "range": [len(rows) - 0.4, -0.6],
                "automargin": True,
                "showgrid": False,
                "fixedrange": True,
            },
        }
    )
