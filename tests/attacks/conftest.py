"""What attacks are tried on: new folders and a whole runs folder, in memory where the machine
offers that, or the disk is waited for.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks import folders
from tests.store.conftest import fresh as fresh
from tests.store.conftest import tmp_path as tmp_path


@pytest.fixture(scope="module")
def whole(fresh: Callable[[], Path]) -> Path:
    """A runs folder with every file that the program keeps in one; a test copies it before it
    spoils it.
    """
    return folders.everything(fresh() / "runs")
