"""The data behind the pictures: the points of a figure, and all that Explore shows, as CSV and NPZ.

Each file says where it comes from: the version of Landscape, the runs, the keys of their stored
results and the settings; in CSV as a first line that begins with #.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscape_app import versions
from landscape_app.dashboard.explore.choice import SHOWN
from landscape_app.dashboard.explore.comparison import ComparedRun, Comparison
from landscape_app.dashboard.export.shown_snapshots import ALL, ShownSnapshots
from landscape_app.dashboard.surface.view import SurfaceView
from landscape_app.errors import FigureError
from landscape_app.figures.points import points
from landscape_app.figures.publication import FORMATS as PICTURES
from landscape_app.figures.publication import publication
from landscape_app.figures.view import DrawnRun, Stored
from landscape_app.records import csv_text
from landscape_app.records.rows import look_up
from landscape_app.store.derived import Result

Facts = dict[str, Any]
# what a file says of its filters: stored results and measures are always of all snapshots
FILTERED = "snapshots and their places; not stored results and measures"


def provenance(comparison: Comparison, shown: ShownSnapshots = ALL) -> Facts:
    """Where what Explore shows comes from, as plain values."""
    return {
        "landscape": versions.installed("landscape-app"),
        "runs": {run.id: _origin(run) for run in comparison.runs},
        "study": comparison.study,
        "study_results": {name: key(stored) for name, stored in comparison.results.items()},
        "analysis": dict(comparison.analysis),
        "settings": {name: getattr(comparison.view, name) for name in SHOWN},
        "filters": _plain(shown),
        **({} if shown == ALL else {"filters_act_on": FILTERED}),
    }


def surface_provenance(view: SurfaceView) -> Facts:
    """Where what the page Surface shows comes from, as plain values."""
    choice = asdict(view.choice)
    return {
        "landscape": versions.installed("landscape-app"),
        "runs": {
            run.id: {"results": {"surface": None if run.stored is None else key(run.stored)}}
            for run in view.runs
        },
        "settings": {name: choice[name] for name in ("kind", "value", "heights")},
    }


def key(stored: Stored) -> str:
    """What a stored result is found by: its name and a hash of all that it was made of. What is
    not stored, a picture made for the page, is named so.
    """
    return stored.path.name if isinstance(stored, Result) else "provisional"


def line(facts: Facts) -> str:
    """The first line of a CSV file."""
    return f"# {json.dumps(facts, ensure_ascii=False)}\n"


def picture_or_csv(
    figure: go.Figure,
    format: str,
    table: Callable[[], str],
    facts: Facts,
    *,
    width_mm: float,
    height_mm: float | None,
) -> bytes:
    """The content of a file: png, svg, pdf (figures.publication); or csv: `table` below the line of
    `facts`. Raises FigureError.
    """
    if format in PICTURES:
        return publication(figure, format, width_mm=width_mm, height_mm=height_mm)
    if format != "csv":
        names = ", ".join((*PICTURES, "csv"))
        raise FigureError(f"There is no format '{format}'. Choose from: {names}.")
    named = {"landscape": versions.installed("landscape-app"), **facts}
    return (line(named) + table()).encode()


def figure_csv(figure: go.Figure, runs: list[DrawnRun], facts: Facts) -> bytes:
    """The points of a figure: a line each (figures.points)."""
    return (line(facts) + csv_text.of_columns(points(figure, runs))).encode()


def shown_csv(comparison: Comparison, shown: ShownSnapshots = ALL) -> bytes:
    """A line a snapshot that is shown: its run, its columns, its places in the scene and in the
    joint scene.
    """
    tables = [_table(comparison, subject, shown) for subject in comparison.subjects]
    names = list(dict.fromkeys(name for table in tables for name in table))
    rows = [
        ["" if cell != cell else cell for cell in cells]
        for table in tables
        for cells in zip(*(_cells(table, name) for name in names), strict=True)
    ]
    facts = provenance(comparison, shown)
    return (line(facts) + csv_text.lines([names, *rows])).encode()


def shown_npz(comparison: Comparison, shown: ShownSnapshots = ALL) -> bytes:
    """RUN/COLUMN of the snapshots that are shown; RUN/RESULT/ARRAY of the stored results that are
    drawn; RUN/measures/name and /value; provenance, as JSON.
    """
    facts = provenance(comparison, shown)
    arrays: dict[str, Any] = {"provenance": np.array(json.dumps(facts, ensure_ascii=False))}
    for run in comparison.runs:
        if run.subject is None:
            continue
        table = _table(comparison, run.subject, shown)
        arrays |= {f"{run.id}/{name}": values for name, values in table.items() if name != "run"}
        arrays |= {f"{run.id}/{name}": array for name, array in _drawn(run)}
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()


def _origin(run: ComparedRun) -> Facts:
    results = {} if run.subject is None else run.subject.results
    return {
        "snapshots": run.digest,
        "results": {name: key(stored) for name, stored in results.items()},
        "settings": {} if run.spec is None else run.spec.model_dump(mode="json"),
    }


def _plain(shown: ShownSnapshots) -> Facts:
    return {name: None if value is None else sorted(value) for name, value in asdict(shown).items()}


def _table(
    comparison: Comparison, subject: DrawnRun, shown: ShownSnapshots
) -> dict[str, np.ndarray]:
    """{name: (n,) column} of the snapshots of one run that are shown."""
    passing = shown.passing(subject)
    columns = {name: np.asarray(values)[passing] for name, values in subject.columns.items()}
    rows = columns["row"]
    places: dict[str, np.ndarray] = {}
    if "embedding" in subject.results:
        arrays = subject.results["embedding"].arrays
        at = look_up(arrays["rows"], rows).of(arrays["coordinates"])
        places |= {f"scene_{axis}": at[:, i] for i, axis in enumerate("xyz"[: at.shape[1]])}
    joint = comparison.joint
    if joint is not None and subject.run in joint.meta.get("runs", ()):
        own = joint.arrays["run"] == list(joint.meta["runs"]).index(subject.run)
        at = look_up(joint.arrays["rows"][own], rows).of(joint.arrays["coordinates"][own])
        places |= {f"joint_{axis}": at[:, i] for i, axis in enumerate("xyz"[: at.shape[1]])}
    return {"run": np.full(len(rows), subject.run, dtype=object), **columns, **places}


def _cells(table: Mapping[str, np.ndarray], name: str) -> list[Any]:
    return table[name].tolist() if name in table else [""] * len(table["run"])


def _drawn(run: ComparedRun) -> Iterator[tuple[str, np.ndarray]]:
    """Arrays of the stored results of a run, and its measures."""
    assert run.subject is not None
    for name, stored in run.subject.results.items():
        for array, values in stored.arrays.items():
            yield f"{name}/{array}", np.asarray(values)
    measures = (*run.measures, *(run.curvature or ()))
    if measures:
        numbers = [np.nan if m["value"] is None else float(m["value"]) for m in measures]
        yield "measures/name", np.array([str(measure["name"]) for measure in measures])
        yield "measures/value", np.array(numbers)
