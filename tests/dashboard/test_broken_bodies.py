"""Every public function of the page layer is held by a test: broken, it fails one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.exhaustive
def test_a_broken_function_of_the_page_fails_a_test() -> None:
    command = ["-m", "pytest", "-q", "-p", "tests.dashboard.broken_bodies", "tests/dashboard"]
    ended = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    _, _, survivors = ended.stdout.partition("functions broken, ")
    assert ended.returncode == 0, survivors or ended.stdout[-2000:]
