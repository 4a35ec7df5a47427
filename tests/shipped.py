"""A study whose results ship: its spec and its archive in a place of their own, made in a moment;
and the law that every archive that ships has to pass.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from landscape_app.analysis.statistics.report import report
from landscape_app.dashboard.export import opened
from landscape_app.dashboard.paper import view as paper
from landscape_app.dashboard.study import choice, view
from landscape_app.errors import LandscapeError
from landscape_app.pipeline import study_table
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import StatisticsSpec
from landscape_app.store import derived, grids, packing, unpacking
from landscape_app.store.study import StudyFolder
from landscape_app.study_settings import StudySpec, parse_study

NAME, SMALL = "toy", 1_000_000  # bytes
SPEC = """# Does a trial ship?
# It asks nothing else.
name = "toy"
regimes = ["plain"]
networks = ["mlp-small"]
seeds = 2
[knobs]
weight_decay = [0.0, 0.01, 0.02]
[settings]
data = "blobs"
"""
GRID = {
    "name": NAME,
    "regimes": ["plain"],
    "networks": ["mlp-small"],
    "seeds": 2,
    "knobs": {"weight_decay": [0.0, 0.01, 0.02]},
    "settings": {"data": "blobs"},
}


def table_of(spec: StudySpec) -> StudyTable:
    """A table of the study's networks, of random numbers."""
    rng = np.random.default_rng(0)
    names = ("train_accuracy", "test_accuracy", "test_loss", "gap_accuracy", "gap_loss")
    columns = {name: rng.random(len(spec.ids)) for name in (*names, "weight_norm")}
    decay = np.array([float(point["weight_decay"]) for point in spec.points])
    return StudyTable(tuple(spec.ids), {"weight_decay": decay, **columns})


def study(runs: Path) -> StudyFolder:
    """The study toy in `runs`, with its table and statistics, and none of its runs."""
    spec = parse_study(GRID)
    folder = StudyFolder.create(runs, NAME, list(spec.ids), spec.analysis, made_by="study")
    grids.write(folder, spec)
    table, settings = table_of(spec), StatisticsSpec(resamples=100, gap="gap_loss")
    inputs = study_table.digest(table)
    derived.write(folder.path, "table", {}, *table.to_stored(), inputs)
    judged = report(table, settings).model_dump()
    derived.write(folder.path, "statistics", settings.model_dump(), {}, judged, inputs)
    return folder


def ship(place: Path, runs: Path, id: str = NAME, spec: str = SPEC) -> Path:
    """Put the results of the study `id` in `runs` into `place`, as studies/ has them; returns the
    archive.
    """
    (place / "results").mkdir(parents=True, exist_ok=True)
    (place / f"{id}.toml").write_text(spec)
    packing.write(runs, id, place / "results" / f"{id}.zip", results_only=True)
    return place / "results" / f"{id}.zip"


def fault(name: str, archive: Path, spec: StudySpec, runs: Path) -> str:
    """Why an archive cannot ship, "" if it can: it is small, it comes into the empty folder `runs`,
    its spec is `spec`, and Study and Paper open it with nothing left to compute.
    """
    if archive.stat().st_size >= SMALL:
        return "too large"
    try:
        imported = unpacking.unpack(archive, runs)
        if (imported.id, imported.runs, imported.needs) != (name, (), ()):
            return "no results alone"
        if grids.read(StudyFolder.open(runs, name)) != spec:
            return "another spec"
    except LandscapeError as error:
        return str(error)
    context = opened.context(runs)
    shown = view.read(context, choice.of_values({"id": name}))
    if shown.table is None or not shown.ranked or shown.stale or shown.problem:
        return "nothing to see in Study"
    if len(shown.table) + len(shown.table.missing) != len(spec.ids):
        return "networks without a word"
    stored = paper.read(context, name, "light").stored
    if stored.table is None or stored.problem or stored.stale:
        return "nothing to see in Paper"
    drawn = {run for run, _, _ in stored.pictures} | set(stored.diagrams)
    return "too many networks are drawn" if len(drawn) > 6 else ""
