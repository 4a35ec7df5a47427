"""Folders for tests that sync files by the hundred: in memory where the machine offers that, or
they would wait for the disk.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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
