"""Exactly what is shown, as a table: the points of every surface that is drawn, and every snapshot
at its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from landscape_app.dashboard.surface import figures
from landscape_app.dashboard.surface.view import RunSurface, SurfaceView, grounds
from landscape_app.records import csv_text

HEAD = ("run", "what", "seed", "step_size", "epoch", "alpha", "beta", "off_plane")


def text(view: SurfaceView) -> str:
    """CSV with a line a point and a line a snapshot; values as computed, never their logarithms;
    off_plane in ‖θo‖.
    """
    names = grounds(view.choice)
    rows: list[list[Any]] = [[*HEAD, *names]]
    drawn = figures.figures(
        view, [name for name in figures.names(view) if not name.startswith("contours")]
    )
    for run in view.drawn:
        figure = drawn[f"{'line' if view.choice.kind == 'line' else 'relief'}-{run.slot}"]
        for alpha, beta, values in _points(figure, len(names)):
            rows.append([run.id, "point", "", "", "", alpha, beta, 0, *values])
        rows.extend(_snapshots(run, view))
    return csv_text.lines(rows)


def name(view: SurfaceView) -> str:
    """surface-random-train_loss-ID-ID.csv."""
    return (
        "-".join(["surface", view.choice.kind, view.choice.value, *(run.id for run in view.drawn)])[
            :120
        ]
        + ".csv"
    )


def _points(figure: Any, count: int) -> Iterator[tuple[float, float, list[float]]]:
    """(α, β, values) of the drawn ground: of a line `count` curves, of a plane one sheet."""
    if count > 1:
        for at, alpha in enumerate(np.asarray(figure.data[0].x).tolist()):
            yield alpha, 0.0, [float(figure.data[curve].customdata[at]) for curve in range(count)]
        return
    ground = figure.data[0]
    values = np.asarray(ground.customdata)
    for row, beta in enumerate(np.asarray(ground.y).tolist()):
        for column, alpha in enumerate(np.asarray(ground.x).tolist()):
            yield alpha, beta, [float(values[row, column])]


def _snapshots(run: RunSurface, view: SurfaceView) -> Iterator[list[Any]]:
    subject = run.subject
    assert subject is not None
    arrays = run.surface.arrays
    rows = np.asarray(arrays["rows"])
    value, off = subject.values(view.choice.value, rows), figures.off_plane(run.surface)
    facts = {column: subject.values(column, rows) for column in ("seed", "step_size", "epoch")}
    for at, row in enumerate(rows.tolist()):
        what = (
            "anchor"
            if row == 0
            else "jump"
            if facts["epoch"][at] == 0 and facts["step_size"][at] > 0
            else "snapshot"
        )
        own = [
            float(value[at]) if ground == view.choice.value else ""
            for ground in grounds(view.choice)
        ]
        named = ["", "", ""] if row == 0 else [column[at].item() for column in facts.values()]
        yield [run.id, what, *named, *arrays["coordinates"][at].tolist(), float(off[at]), *own]
