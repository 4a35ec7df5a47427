"""What attacks are tried on: new folders and a whole runs folder, in memory where the machine
offers that, or the disk is waited for.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from landscape_app import limits
from landscape_app.networks import checkpoint_process
from tests.attacks import folders
from tests.store.conftest import fresh as fresh
from tests.store.conftest import tmp_path as tmp_path

MOST_MEMORY = 200 * 2**20


@pytest.fixture(scope="module")
def whole(fresh: Callable[[], Path]) -> Path:
    """A runs folder with every file that the program keeps in one; a test copies it before it
    spoils it.
    """
    return folders.everything(fresh() / "runs")


@pytest.fixture
def small():
    """The limits of a file are 0.1 GiB."""
    with limits.raised(0.1):
        yield


@pytest.fixture
def watched():
    """A block, in which this process and the one that reads checkpoints must not take much
    memory.
    """
    from contextlib import contextmanager

    import psutil

    @contextmanager
    def block():
        checkpoint_process.peak = 0
        Path("/proc/self/clear_refs").write_text("5")
        before = psutil.Process().memory_info().rss
        yield
        lines = dict(
            line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines()
        )
        assert int(lines["VmHWM"].split()[0]) * 1024 - before < MOST_MEMORY
        if checkpoint_process.peak:
            idle = psutil.Process(checkpoint_process._running.child.pid).memory_info().rss
            assert checkpoint_process.peak - idle < MOST_MEMORY

    return block
