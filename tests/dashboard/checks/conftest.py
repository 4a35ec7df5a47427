"""Two small sampled runs, one of them verified: made once, by the real pipeline."""

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
from landscape_app.pipeline import verify
from landscape_app.pipeline.run import execute
from landscape_app.settings import RunSpec, parse
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import TINY, Page
from tests.once import once


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs: full (verified), bare (sampled, never verified), begun (not sampled), broken (cannot be
    read).
    """
    return once(tmp_path_factory, "verified", make)


def make(runs: Path) -> None:
    """Fill `runs` as `made` says."""
    for id, regime in (("full", "plain"), ("bare", "poor")):
        run = RunFolder.create(runs, id, parse(RunSpec, {**TINY, "regime": regime}))
        with session(run.path) as progress:
            execute(run, progress)
    full = RunFolder.open(runs, "full")
    verify.store(full, inputs=full.digest(), parameters=verify.parameters(full))
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
    """What the page's parts are given."""
    return Context(
        runs,
        Cache(app.server, config={"CACHE_TYPE": "SimpleCache", "CACHE_NO_NULL_WARNING": True}),
        Board(runs),
    )
