"""Retraining curves: a score of every trajectory against its epoch, with the anchor's own value on
the left; of each run the median and the quartiles stand out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures.colours import COLOURS, Colour, logarithmic
from landscape_app.figures.drawing import Drawing, scatter
from landscape_app.figures.palette import SYMBOLS, template
from landscape_app.figures.paths import ANCHOR, paths, trajectory
from landscape_app.figures.shared_range import SharedRange, sentence, shared
from landscape_app.figures.view import DrawnRun, Need, View
from landscape_app.number_text import number
from landscape_app.records.rows import look_up

BEFORE = 5.0  # how far left of the jump the anchor stands, in fortieths of the epochs
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)  # between two ticks of the epochs
CURVES: dict[str, Colour] = {
    "function_distance": Colour("function distance", "function_distance"),
    **{
        name: COLOURS[name]
        for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "distance")
    },
}
OTHERWISE = "train_loss"  # what is drawn where no run has its function space
QUARTILES = (25, 50, 75)
Coordinates = dict[str, np.ndarray]


def needs(view: View) -> tuple[Need, ...]:
    """The distances in function space, which are no columns of the snapshots."""
    return (Need("function_space", {"distance": view.function}),)


def score(subjects: Sequence[DrawnRun], view: View) -> str:
    """What is drawn, a key of CURVES."""
    known = view.curve != "function_distance" or any(map(in_function_space, subjects))
    return view.curve if known else OTHERWISE


def in_function_space(subject: DrawnRun) -> bool:
    """Whether the distances of the run's snapshots to the anchor in function space are stored."""
    stored = subject.results.get("function_space")
    return stored is not None and "distance" in stored.arrays


def values(subject: DrawnRun, name: str) -> np.ndarray:
    """CURVES[name] of every snapshot (n,) float64; NaN where it is not known."""
    if name != "function_distance":
        return np.asarray(subject.columns[CURVES[name].column], dtype=np.float64)
    if not in_function_space(subject):
        return np.full(len(subject.rows), np.nan)
    arrays = subject.results["function_space"].arrays
    return look_up(arrays["rows"], subject.rows).of(np.asarray(arrays["distance"], np.float64))


def draw(subjects: Sequence[DrawnRun], view: View) -> go.Figure:
    """All trajectories of all runs, and of each run the median and the quartiles of those that
    jumped. Losses and distances between weights are on a logarithmic axis, unless some are below 0.
    """
    name = score(subjects, view)
    colour = CURVES[name]
    shown, log = shown_values(subjects, name)
    epochs = max((subject.epochs for subject in subjects), default=1)
    before = -BEFORE * epochs / 40
    runs = [subject.run for subject in subjects]
    overlay: dict[str, list[int]] = {"path": [], "focus": []}
    drawing = Drawing("curves", runs, base=[], overlay=overlay)
    single: list[int] = []
    for subject, part in zip(subjects, shown, strict=True):
        _single(drawing, subject, part, view)
        single.append(drawing.last)
    for subject, part, of in zip(subjects, shown, single, strict=True):
        _middle(drawing, subject, part, of, view)
        _anchor(drawing, subject, part, before, view)
    axis = span(shown, log)
    for i in axis.off:
        _beyond(drawing, subjects[i], shown[i], colour.label, axis, log, view)
    layout = {
        "template": template(view.scheme),
        "margin": {"l": 46, "r": 10, "t": 6, "b": 32},
        "showlegend": False,
        "hovermode": "closest",
        "hoverdistance": 14,
        "dragmode": False,
        "xaxis": _epochs_axis(before, epochs),
        "yaxis": {
            "range": _with_air(axis),
            "type": "log" if log else "linear",
            "title": {"text": colour.label},
            "fixedrange": True,
            **_ticks(colour.percent, log),
        },
    }
    return drawing.figure(layout)


def shown_values(subjects: Sequence[DrawnRun], name: str) -> tuple[list[np.ndarray], bool]:
    """CURVES[name] of every snapshot of each run, and whether the axis is logarithmic: a 0 has no
    place there.
    """
    drawn = [values(subject, name) for subject in subjects]
    log = (CURVES[name].log or name == "distance") and logarithmic(drawn)
    return [np.where(part > 0, part, np.nan) if log else part for part in drawn], log


def _epochs_axis(before: float, epochs: int) -> dict[str, Any]:
    """Epochs of retraining, and left of them, at `before`, the anchor."""
    step = next((size for size in STEPS if epochs / size <= 8), 5000)
    ticks = [before, *range(0, epochs + 1, step)]
    return {
        "range": [before * 1.5, epochs * 1.01],
        "tickvals": ticks,
        "ticktext": ["anchor", "0", *(str(tick) for tick in ticks[2:])],
        "title": {"text": "retraining epoch"},
        "fixedrange": True,
        "tickangle": 0,
    }


def _single(drawing: Drawing, subject: DrawnRun, shown: np.ndarray, view: View) -> None:
    """The trajectories of one run, faint."""
    at = np.column_stack([subject.columns["epoch"], shown]).astype(np.float32)
    path = paths(subject, subject.rows, at)
    line = {"width": 1, "color": view.palette.runs[subject.look]}
    trace = scatter(x=path.at[:, 0], y=path.at[:, 1], mode="lines", line=line, opacity=0.22)
    drawing.add(trace, {"line.color": f"run-{subject.look + 1}"})
    drawing.pickable(subject.run, path.rows)


def _middle(drawing: Drawing, subject: DrawnRun, shown: np.ndarray, of: int, view: View) -> None:
    """The median of the trajectories that jumped, and the band between their quartiles. of: the
    trace of their curves.
    """
    around, along = band_and_median(*middle(subject, shown))
    if not len(along["x"]):
        return
    colour, named = view.palette.runs[subject.look], f"run-{subject.look + 1}"
    look = {"mode": "lines", "hoverinfo": "skip", "line": {"width": 0, "color": colour}}
    band = scatter(**around, **look, fill="toself", fillcolor=colour, opacity=0.2)
    drawing.add(band, {"line.color": named, "fillcolor": named})
    line = {"width": 2.6, "color": colour}
    bold = scatter(**along, mode="lines", line=line, hoverinfo="skip")
    drawing.add(bold, {"line.color": named})
    drawing.middle({"run": subject.run, "of": of, "band": drawing.last - 1, "median": drawing.last})


def band_and_median(epochs: np.ndarray, quartiles: np.ndarray) -> tuple[Coordinates, Coordinates]:
    """(outline of the band, median), each {"x", "y"}, of what `middle` returns."""
    low, median, high = quartiles.astype(np.float32)
    around = {"x": np.concatenate([epochs, epochs[::-1]]), "y": np.concatenate([low, high[::-1]])}
    return around, {"x": epochs, "y": median}


def middle(subject: DrawnRun, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(epochs (e,) ascending, quartiles (3, e)) of `shown` (n,) over the trajectories of `subject`
    with a step size above 0; an epoch without a finite value is left out.
    """
    jumped = (np.asarray(subject.columns["step_size"]) > 0) & np.isfinite(shown)
    epoch = np.asarray(subject.columns["epoch"])
    epochs = np.unique(epoch[jumped])
    columns = [np.percentile(shown[jumped & (epoch == value)], QUARTILES) for value in epochs]
    return epochs, np.array(columns).reshape(-1, 3).T


def _anchor(
    drawing: Drawing, subject: DrawnRun, shown: np.ndarray, before: float, view: View
) -> None:
    at = subject.position(ANCHOR)
    y = [float("nan") if at is None else float(shown[at])]
    marker = {"symbol": SYMBOLS[subject.look], "size": 8, "color": view.palette.runs[subject.look]}
    trace = scatter(x=[before], y=y, mode="markers", marker=marker)
    drawing.add(trace, {"marker.color": f"run-{subject.look + 1}"})
    drawing.pickable(subject.run, np.array([ANCHOR]))


def span(parts: Sequence[np.ndarray], log: bool) -> SharedRange:
    """The axis' range over everything there is, so that filters do not move it; a run that is far
    off the others does not either (shared_range). Of a logarithmic axis in decimal logarithms.
    """
    return shared([np.log10(part) if log else part for part in parts], log=log)


def off_scale(subjects: Sequence[DrawnRun], view: View) -> str:
    """Which runs have values beyond the axis, in a sentence; empty where none has."""
    name = score(subjects, view)
    parts, log = shown_values(subjects, name)
    axis = span(parts, log)
    peak = 10.0**axis.peak if log else axis.peak
    return sentence("the axis", [subjects[i].label for i in axis.off], peak)


def _with_air(axis: SharedRange) -> list[float]:
    edge = 0.05 * (axis.high - axis.low) or 0.5
    return [axis.low - edge, axis.high + edge]


def _beyond(
    drawing: Drawing,
    subject: DrawnRun,
    shown: np.ndarray,
    label: str,
    axis: SharedRange,
    log: bool,
    view: View,
) -> None:
    """A triangle at the upper edge where a trajectory leaves the axis; its value is said under the
    pointer.
    """
    limit = 10.0**axis.high if log else axis.high
    beyond = np.flatnonzero(shown > limit)
    of = trajectory(subject, subject.rows[beyond])
    first = beyond[np.unique(of, return_index=True)[1]]
    edge = np.mean([axis.high, _with_air(axis)[1]])
    marker = {"symbol": "triangle-up", "size": 8, "color": view.palette.runs[subject.look]}
    trace = scatter(
        x=np.asarray(subject.columns["epoch"])[first].astype(np.float32),
        y=np.full(len(first), 10.0**edge if log else edge, dtype=np.float32),
        mode="markers",
        marker=marker,
    )
    drawing.add(trace, {"marker.color": f"run-{subject.look + 1}"})
    values = [number(value) if np.isfinite(value) else "∞" for value in shown[first]]
    words = [f"{label} {value}, off the axis" for value in values]
    drawing.pickable(subject.run, subject.rows[first], words=words)


def _ticks(percent: bool, log: bool) -> dict[str, Any]:
    if percent:
        return {"tickformat": ".0%", "nticks": 6}
    return {"dtick": 1, "exponentformat": "power"} if log else {"nticks": 6}


def count(subjects: Sequence[DrawnRun]) -> int:
    """Trajectories of all runs that have a snapshot."""
    return sum(len(set(trajectory(subject, subject.rows).tolist()) - {-1}) for subject in subjects)
