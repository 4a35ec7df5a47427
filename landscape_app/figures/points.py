"""The points of a figure as columns: which run and snapshot each is, where it stands, and what its
colour means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app.figures import clouds
from landscape_app.figures.figure_meta import BarGroup, Base, Legend, PointGroup
from landscape_app.figures.paths import trajectory
from landscape_app.figures.view import DrawnRun
from landscape_app.records.rows import Ids

OF_SNAPSHOTS = ("seed", "step_size", "epoch")
NEVER = "inf"  # the death of a bar that never dies
Columns = dict[str, list[Any]]


def points(figure: go.Figure, runs: Sequence[DrawnRun]) -> dict[str, np.ndarray]:
    """{name: (n,) column}: a row for each point of each trace that shows snapshots or bars; of a
    surface also each point of its ground, of measures each bar. An absent value is empty text.

    trace: its number in the figure. run, snapshot, trajectory, seed, step_size, epoch: what it is.
    sampling, point: of a point of a static sampling, and its number there. bar: the position of a
    bar in its result, of the kind `kind`. x, y, z: where it stands. value: what colours it, in its
    own unit.
    """
    meta = figure.layout.meta
    by_id = {run.run: run for run in runs}
    legend: Legend | None = meta.get("legend")
    rows: list[dict[str, Any]] = []
    for base in meta.get("base", ()):
        if not (base.get("follows") or base.get("words")):
            rows += _snapshots(figure, base, by_id[base["run"]], legend)
    for group in meta.get("points", ()):
        rows += _sampled(figure, group, by_id[group["run"]], legend)
    for group in meta.get("bars", ()):
        rows += _bars(figure, group, meta["runs"][0])
    rows += [row for number in _grounds(figure) for row in _ground(figure, number, meta["runs"])]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: np.array([row.get(name, "") for row in rows], dtype=object) for name in names}


def _snapshots(
    figure: go.Figure, base: Base, run: DrawnRun, legend: Legend | None
) -> Iterator[dict[str, Any]]:
    trace, known = figure.data[base["trace"]], np.asarray(base["rows"])
    at = np.flatnonzero(known >= 0)
    rows = known[at]
    columns: Columns = {
        "trace": [base["trace"]] * len(at),
        "run": [run.run] * len(at),
        "snapshot": rows.tolist(),
        "trajectory": trajectory(run, rows).tolist(),
        **{name: _plain(run.values(name, rows)) for name in OF_SNAPSHOTS},
        **_place(trace, at),
        **_value(trace, at, legend),
    }
    for row in _by_row(columns):
        if any(row[axis] != "" for axis in "xyz" if axis in row):  # else a filter hides it
            yield row


def _sampled(
    figure: go.Figure, group: PointGroup, run: DrawnRun, legend: Legend | None
) -> Iterator[dict[str, Any]]:
    """The points of a static sampling, each with its number in it."""
    trace, rows = figure.data[group["trace"]], np.asarray(group["rows"])
    cloud, at = clouds.points(run, group["sampling"]), np.arange(len(rows))
    columns: Columns = {
        "trace": [group["trace"]] * len(rows),
        "run": [run.run] * len(rows),
        "sampling": [group["sampling"]] * len(rows),
        "point": rows.tolist(),
        **{name: _plain(cloud.values(name, rows)) for name in OF_SNAPSHOTS},
        **_place(trace, at),
        **_value(trace, at, legend),
    }
    yield from _by_row(columns)


def _value(trace: Any, at: Ids, legend: Legend | None) -> Columns:
    """What colours the points, back from the scale to its own unit."""
    if legend is None or legend["value"] is None or "jumps" in legend["value"]:
        return {}  # what fades is two values, and each has a column
    for part in (trace.line, trace.marker):
        if part.color is not None and not isinstance(part.color, str):
            drawn = np.asarray(part.color, dtype=np.float64)[at]
            return {"value": _plain(10.0**drawn if legend["value"]["log"] else drawn)}
    return {}


def _bars(figure: go.Figure, group: BarGroup, run: str) -> Iterator[dict[str, Any]]:
    """A row a bar, at its first point; birth and death where the point does not say them."""
    trace, stride = figure.data[group["trace"]], group["stride"]
    focus = group.get("focus") or [None] * len(group["bar"])
    columns: Columns = {
        "trace": [group["trace"]] * len(group["bar"]),
        "run": [run] * len(group["bar"]),
        "snapshot": ["" if row is None else row for row in focus],
        "kind": [group["kind"]] * len(group["bar"]),
        "bar": list(group["bar"]),
        **_place(trace, stride * np.arange(len(group["bar"]))),
        **{name: list(group[name]) for name in ("birth", "death") if name in group},
    }
    if "death" in columns:
        columns["death"] = [NEVER if death is None else death for death in columns["death"]]
    if group["kind"] == "rips0" and "death" not in group:  # ticks at their deaths
        columns |= {"birth": [0.0] * len(group["bar"]), "death": columns["y"]}
    elif "birth" not in group:
        columns["birth"] = columns["x"]
    if "death" not in columns:
        columns["death"] = [NEVER] * len(group["bar"]) if group.get("never") else columns["y"]
    yield from _by_row(columns)


def _grounds(figure: go.Figure) -> list[int]:
    """Numbers of the traces that are a surface, a line along it, or bars of measures."""
    shown = {base["trace"] for base in figure.layout.meta.get("base", ())}
    return [
        number
        for number, trace in enumerate(figure.data)
        if trace.type in ("surface", "contour", "bar")
        or (figure.layout.meta["view"] == "surface" and number not in shown)
    ]


def _ground(figure: go.Figure, number: int, runs: Sequence[str]) -> Iterator[dict[str, Any]]:
    trace = figure.data[number]
    if trace.type == "bar":
        names = [name.partition("<br>")[0] for name in figure.layout.yaxis.ticktext]
        labels = dict(zip(figure.layout.yaxis.tickvals, names, strict=True))
        for place, share, text in zip(trace.y, trace.x, trace.text, strict=True):
            measure = {"measure": labels[place], "shown": text, "share": float(share)}
            yield {"trace": number, "run": runs[number], **measure}
    elif trace.type in ("surface", "contour"):
        value = np.asarray(trace.customdata, dtype=np.float64)
        across, up = np.meshgrid(np.asarray(trace.x), np.asarray(trace.y))
        columns: Columns = {"x": _plain(across), "y": _plain(up), "value": _plain(value)}
        yield from ({"trace": number, "run": runs[0], **row} for row in _by_row(columns))
    else:
        columns = {"name": [trace.name] * len(trace.x), **_place(trace, np.arange(len(trace.x)))}
        yield from ({"trace": number, "run": runs[0], **row} for row in _by_row(columns))


def _place(trace: Any, at: Ids) -> Columns:
    return {
        axis: _plain(np.asarray(values, dtype=np.float64)[at])
        for axis in "xyz"
        if (values := getattr(trace, axis, None)) is not None
    }


def _plain(values: np.ndarray) -> list[Any]:
    """Numbers as Python has them; empty text where there is none."""
    return ["" if value != value else value for value in np.asarray(values).reshape(-1).tolist()]


def _by_row(columns: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))
