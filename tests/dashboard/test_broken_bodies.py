"""Every public function of the page layer is held by a test: broken, it fails one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.exhaustive
def test_a_broken_function_of_the_page_fails_a_test() -> None:
    command = ["-m", "pytest", "-q", "-p", "tests.dashboard.broken_bodies"]
    command += ["tests/dashboard", "tests/attacks/test_queue.py", "tests/attacks/test_archives.py"]
    ended = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = [line for line in ended.stdout.splitlines() if line.startswith("not ")]
    assert ended.returncode == 0, "\n".join(lines) or ended.stdout[-2000:]
