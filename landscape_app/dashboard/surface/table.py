"""Exactly what is shown, as a table: the points of every surface that is drawn, and every snapshot
at its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from landscape_app.dashboard.surface import drawing, reading
from landscape_app.dashboard.surface.reading import Seen, Shown
from landscape_app.records import csv_text

HEAD = ("run", "what", "seed", "step_size", "epoch", "alpha", "beta", "off_plane")


def text(seen: Seen) -> str:
    """CSV with a line a point and a line a snapshot; values as computed, never their logarithms;
    off_plane in ‖θo‖.
    """
    grounds = reading.grounds(seen.choice)
    rows: list[list[Any]] = [[*HEAD, *grounds]]
    drawn = drawing.figures(
        seen, [name for name in drawing.names(seen) if not name.startswith("contours")]
    )
    for run in seen.drawn:
        figure = drawn[f"{'line' if seen.choice.kind == 'line' else 'relief'}-{run.slot}"]
        for alpha, beta, values in _points(figure, len(grounds)):
            rows.append([run.id, "point", "", "", "", alpha, beta, 0, *values])
        rows.extend(_snapshots(run, seen))
    return csv_text.lines(rows)


def name(seen: Seen) -> str:
    """surface-random-train_loss-ID-ID.csv."""
    return (
        "-".join(["surface", seen.choice.kind, seen.choice.value, *(one.id for one in seen.drawn)])[
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


def _snapshots(one: Shown, seen: Seen) -> Iterator[list[Any]]:
    subject = one.subject
    assert subject is not None
    arrays = one.surface.arrays
    rows = np.asarray(arrays["rows"])
    value, off = subject.values(seen.choice.value, rows), drawing.off_plane(one.surface)
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
            float(value[at]) if ground == seen.choice.value else ""
            for ground in reading.grounds(seen.choice)
        ]
        named = ["", "", ""] if row == 0 else [column[at].item() for column in facts.values()]
        yield [one.id, what, *named, *arrays["coordinates"][at].tolist(), float(off[at]), *own]
