"""Two small sampled runs of two blobs, one of them with a line and a plane computed: made once, by
the real pipeline.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from landscape_app.jobs.session import session
from landscape_app.pipeline.surface import surface
from landscape_app.settings import SurfaceSpec, parse
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import sample_pair
from tests.once import once

SURFACES = (
    {"kind": "random", "points": 5},
    {"kind": "random", "points": 7, "extent": 2.0},
    {"kind": "line", "points": 9},
)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs: those of `sample_pair`, full with two planes and a line, bare without a surface."""
    return once(tmp_path_factory, "surfaces", make)


def make(runs: Path) -> None:
    """Fill `runs` as `made` says."""
    sample_pair(runs)
    for values in SURFACES:
        run = RunFolder.open(runs, "full")
        with session(run.path) as progress:
            surface(run, parse(SurfaceSpec, values), progress)


@pytest.fixture
def runs(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "runs"))
