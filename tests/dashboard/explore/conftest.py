"""A small study that was really sampled and analysed, copies of it in every state of trouble, and
Explore on top.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_caching import Cache

from landscape_app.dashboard import factory
from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.context import Context
from landscape_app.dashboard.explore import choice, reading
from landscape_app.dashboard.explore.comparison import Comparison
from landscape_app.figures.view import View
from landscape_app.jobs.session import session
from landscape_app.pipeline import compare
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.surface import surface
from landscape_app.records.progress import Silent
from landscape_app.settings import AnalysisSpec, RunSpec, SurfaceSpec, parse
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import Page
from tests.once import once

SMALL = {
    "data": "blobs",
    "network": "mlp-small",
    "augmentation": False,
    "train_epochs": 6,
    "train_batch": 64,
    "seeds": 3,
    "step_sizes": (0.5, 1.0),
    "epochs": 6,
}
RUNS = ("good", "poor")
WEIGHT_SPACE = {"distance": "euclidean", "part": "diagrams"}


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs `good` and `poor`, compared in the study `both`; nobody writes here."""
    return once(tmp_path_factory, "sampled", sample)


def sample(runs: Path) -> None:
    """Fill `runs` as `sampled` says."""
    for regime in RUNS:
        run = RunFolder.create(runs, regime, parse(RunSpec, {**SMALL, "regime": regime}))
        with run.lock():
            execute(run, Silent())
    study = compare.open_study(runs, RUNS, AnalysisSpec(), "both")
    with study.lock():
        compare.run(study, runs, AnalysisSpec(), Silent())


@pytest.fixture(scope="session")
def surfaced(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study's runs, and a surface of `good`; nobody writes here."""

    def make(runs: Path) -> None:
        shutil.copytree(sampled, runs, dirs_exist_ok=True)
        run = RunFolder.open(runs, "good")
        with session(run.path) as progress:
            surface(run, parse(SurfaceSpec, {"kind": "random", "points": 5}), progress)

    return once(tmp_path_factory, "surfaced", make)


@pytest.fixture
def troubled(sampled: Path, tmp_path: Path) -> Path:
    """A copy to damage: the study's runs, and `half` (sampled to epoch 5), `unanalysed`, `unborn`
    (no snapshot), `broken` (its spec).
    """
    runs = tmp_path / "troubled"
    shutil.copytree(sampled, runs)
    for name in ("half", "unanalysed", "unborn", "broken"):
        shutil.copytree(runs / "poor", runs / name)
        shutil.rmtree(runs / name / "derived")
    keep(
        runs / "half",
        lambda line: line["kind"] != "finished" and (line["kind"] != "chunk" or line["last"] <= 5),
    )
    keep(runs / "unborn", lambda line: line["kind"] in ("prepared", "init"))
    (runs / "broken" / "spec.json").write_text("{")
    return runs


def keep(run: Path, wanted: Callable[[dict], bool]) -> None:
    """Leave only the wanted lines in a run's journal, as if the others had not come about."""
    journal = run / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(
        b"".join(line for line in lines if wanted(json.loads(line.split(b" ", 1)[1])))
    )


@pytest.fixture
def open_at() -> Iterator[Callable[[Path], Context]]:
    """Makes the context of a runs folder."""
    server = Flask("explore")
    with server.app_context():
        yield lambda runs: Context(
            runs,
            Cache(server, config={"CACHE_TYPE": "SimpleCache", "CACHE_NO_NULL_WARNING": True}),
            Board(runs),
        )


@pytest.fixture
def look(open_at) -> Callable[..., Comparison]:
    """Reads runs of a folder as the page would: look(runs, "good", "poor", method="pca"); in weight
    space with diagrams, unless the view says otherwise.
    """

    def read(runs: Path, *ids: str, **view: object) -> reading.Comparison:
        shown = View(**{**WEIGHT_SPACE, **view})  # type: ignore[arg-type]
        return reading.read(open_at(runs), choice.ExploreChoice(ids, shown))

    return read


@pytest.fixture
def page(sampled: Path) -> Page:
    """The callbacks of the application on the sampled runs."""
    return Page(factory.create(sampled))
