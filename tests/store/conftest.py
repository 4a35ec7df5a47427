"""Folders for tests that sync files by the hundred: in memory where the machine offers that, or
they would wait for the disk. Runs that go into archives.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived
from landscape_app.store.study import StudyFolder
from tests.store.archived import begun_with_data

MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def fresh() -> Iterator[Callable[[], Path]]:
    """Makes a new empty folder at each call; all are removed at the end."""
    with tempfile.TemporaryDirectory(
        prefix="landscape-", dir=MEMORY if MEMORY.is_dir() else None
    ) as base:
        names = (Path(base) / f"test-{number}" for number in itertools.count())

        def make() -> Path:
            folder = next(names)
            folder.mkdir()
            return folder

        yield make


@pytest.fixture
def tmp_path(fresh: Callable[[], Path]) -> Path:
    """A new empty folder."""
    return fresh()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Two runs with a result each, and a study of them with one."""
    runs = tmp_path / "here"
    for id in ("one", "two"):
        run = begun_with_data(runs, id)
        arrays, meta = {"values": np.arange(4.0)}, {"told": id}
        derived.write(run.path, "thing", {"k": 2}, arrays, meta, run.digest())
    study = StudyFolder.create(runs, "both", ["one", "two"], AnalysisSpec())
    derived.write(study.path, "thing", {}, {"values": np.ones(3)}, {}, "x")
    for name in ("status.json", "log.txt", "run.lock", "cancel", ".one.tmp"):
        (runs / "one" / name).write_text("of this machine")
    return runs
