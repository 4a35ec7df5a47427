"""Two small sampled runs of two blobs, one of them with a line and a plane computed: made once, by
the real pipeline.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from dash import Dash
from flask_caching import Cache

from landscape_app.dashboard import factory
from landscape_app.dashboard.common.board import Board
from landscape_app.dashboard.common.context import Context
from landscape_app.jobs.session import session
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.surface import surface
from landscape_app.settings import RunSpec, SurfaceSpec, parse
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import TINY, Page
from tests.once import once

SURFACES = (
    {"kind": "random", "points": 5},
    {"kind": "random", "points": 7, "extent": 2.0},
    {"kind": "line", "points": 9},
)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs: full (two planes and a line), bare (sampled, no surface), begun (not sampled), broken
    (cannot be read).
    """
    return once(tmp_path_factory, "surfaces", make)


def make(runs: Path) -> None:
    """Fill `runs` as `made` says."""
    for id, regime in (("full", "plain"), ("bare", "poor")):
        run = RunFolder.create(runs, id, parse(RunSpec, {**TINY, "regime": regime}))
        with session(run.path) as progress:
            execute(run, progress)
    for values in SURFACES:
        run = RunFolder.open(runs, "full")
        with session(run.path) as progress:
            surface(run, parse(SurfaceSpec, values), progress)
    RunFolder.create(runs, "begun", parse(RunSpec, {**TINY, "regime": "plain"}))
    (runs / "broken").mkdir()
    (runs / "broken" / "spec.json").write_text("{")


@pytest.fixture
def runs(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "runs"))


@pytest.fixture
def app(runs: Path) -> Dash:
    """The dashboard of `runs`."""
    return factory.create(runs)


@pytest.fixture
def page(app: Dash) -> Page:
    """The page of `app`."""
    return Page(app)


@pytest.fixture
def context(app: Dash, runs: Path) -> Context:
    """What the functions of the page are given."""
    settings = {"CACHE_TYPE": "SimpleCache", "CACHE_NO_NULL_WARNING": True}
    return Context(runs, Cache(app.server, config=settings), Board(runs))
