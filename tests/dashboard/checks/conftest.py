"""Two small sampled runs, one of them verified: made once, by the real pipeline."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from landscape_app.pipeline import verify
from landscape_app.store.run import RunFolder
from tests.dashboard.conftest import sample_pair
from tests.once import once


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs: those of `sample_pair`, full verified, bare never verified."""
    return once(tmp_path_factory, "verified", make)


def make(runs: Path) -> None:
    """Fill `runs` as `made` says."""
    sample_pair(runs)
    full = RunFolder.open(runs, "full")
    verify.store(full, inputs=full.digest(), parameters=verify.parameters(full))


@pytest.fixture
def runs(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "runs"))
