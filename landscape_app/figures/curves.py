"""Retraining curves: a score of every trajectory against its epoch, one trace a run, with the
anchor's own value on the left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.colours import COLOURS, logarithmic
from landscape_app.figures.drawing import Drawing, scatter
from landscape_app.figures.palette import SYMBOLS, template
from landscape_app.figures.paths import ANCHOR, paths, trajectory
from landscape_app.figures.view import DrawnRun, Need, View

BEFORE = 3.0  # how far left of the jump the anchor stands, in fortieths of the epochs
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)  # between two ticks of the epochs
SCORES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "distance")


def needs(view: View) -> tuple[Need, ...]:
    """Only the snapshots' columns, which every subject has."""
    return ()


def score(view: View) -> str:
    """What is drawn: the colour, where that is a score; else the train loss."""
    return view.colour if view.colour in SCORES else "train_loss"


def draw(subjects: Sequence[DrawnRun], view: View) -> go.Figure:
    """All trajectories of all runs; losses and distances on a logarithmic axis, unless some are
    below 0.
    """
    colour = COLOURS[score(view)]
    log = (colour.log or colour.column == "distance") and logarithmic(
        [subject.columns[colour.column] for subject in subjects]
    )
    epochs = max((subject.epochs for subject in subjects), default=1)
    before = -BEFORE * epochs / 40
    runs = [subject.run for subject in subjects]
    overlay: dict[str, list[int]] = {"path": [], "focus": []}
    drawing = Drawing("curves", runs, base=[], overlay=overlay)
    for subject in subjects:
        _run(drawing, subject, colour.column, before, log, view)
    layout = {
        "template": template(view.scheme),
        "margin": {"l": 46, "r": 10, "t": 6, "b": 32},
        "showlegend": False,
        "hovermode": "closest",
        "hoverdistance": 14,
        "dragmode": False,
        "xaxis": _epochs_axis(before, epochs),
        "yaxis": {
            "range": _span(subjects, colour.column, log),
            "type": "log" if log else "linear",
            "title": {"text": colour.label},
            "fixedrange": True,
            **_ticks(colour.percent, log),
        },
    }
    return drawing.figure(layout)


def _epochs_axis(before: float, epochs: int) -> dict[str, Any]:
    """Epochs of retraining, and left of them, at `before`, the anchor."""
    step = next((size for size in STEPS if epochs / size <= 8), 5000)
    ticks = [before, *range(0, epochs + 1, step)]
    return {
        "range": [before * 1.5, epochs * 1.01],
        "tickvals": ticks,
        "ticktext": ["anchor", "jump", *(str(tick) for tick in ticks[2:])],
        "title": {"text": "retraining epoch"},
        "fixedrange": True,
        "tickangle": 0,
    }


def _run(
    drawing: Drawing, subject: DrawnRun, column: str, before: float, log: bool, view: View
) -> None:
    """The trajectories of one run, and its anchor."""
    colour, named = view.palette.runs[subject.look], f"run-{subject.look + 1}"
    values = np.asarray(subject.columns[column], dtype=np.float64)
    # a logarithm of 0 has no place on the axis
    shown = np.where(values > 0, values, np.nan) if log else values
    at = np.column_stack([subject.columns["epoch"], shown]).astype(np.float32)
    path = paths(subject, subject.rows, at)
    x, y = path.at[:, 0], path.at[:, 1]
    line = {"width": 1, "color": colour}
    drawing.add(scatter(x=x, y=y, mode="lines", line=line, opacity=0.45), {"line.color": named})
    drawing.pickable(subject.run, path.rows)
    marker = {"symbol": SYMBOLS[subject.look], "size": 8, "color": colour}
    anchor = scatter(x=[before], y=[float(path.anchor[1])], mode="markers", marker=marker)
    drawing.add(anchor, {"marker.color": named})
    drawing.pickable(subject.run, np.array([ANCHOR]))


def _span(subjects: Sequence[DrawnRun], column: str, log: bool) -> list[float]:
    """The axis' range over everything there is, so that filters do not move it."""
    values = np.concatenate(
        [
            np.empty(0),
            *(np.asarray(subject.columns[column], dtype=np.float64) for subject in subjects),
        ]
    )
    values = values[np.isfinite(values) & (values > 0 if log else True)]
    if not len(values):
        return [0.0, 1.0]
    low, high = (
        float(end) for end in (np.log10 if log else np.array)((values.min(), values.max()))
    )
    edge = 0.05 * (high - low) or 0.5
    return [low - edge, high + edge]


def _ticks(percent: bool, log: bool) -> dict[str, Any]:
    if percent:
        return {"tickformat": ".0%", "nticks": 6}
    return {"dtick": 1, "exponentformat": "power"} if log else {"nticks": 6}


def count(subjects: Sequence[DrawnRun]) -> int:
    """Trajectories of all runs that have a snapshot."""
    return sum(len(set(trajectory(subject, subject.rows).tolist()) - {-1}) for subject in subjects)
