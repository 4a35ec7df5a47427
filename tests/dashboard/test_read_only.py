"""A runs folder that cannot be written is served: every page opens, and what changes something is
refused with the reason. In a process of its own, as the superuser of a machine may write anywhere.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
# leave to write, and to change what is another's, whatever a folder says
WITHOUT = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"]


@pytest.fixture
def sealed(runs: Path) -> Iterator[Path]:
    """`runs`, of which nothing can be written."""
    parts = [runs, *runs.rglob("*")]
    modes = {path: path.stat().st_mode for path in parts}
    for path, mode in modes.items():
        path.chmod(stat.S_IMODE(mode) & 0o555)
    yield runs
    for path, mode in modes.items():
        path.chmod(stat.S_IMODE(mode))


def test_every_page_opens_and_every_change_is_refused_with_the_reason(sealed: Path) -> None:
    command = [sys.executable, "-m", "tests.dashboard.read_only", str(sealed)]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("the superuser can write everywhere, and there is no setpriv")
        command = [*WITHOUT, *command]
    before = {path: path.lstat().st_mtime_ns for path in sealed.rglob("*")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert not told["writable"]
    assert set(told["pages"].values()) == {200}, told["pages"]
    assert told["ready"] == told["archive"] == 200
    for name, (status, words) in told["changes"].items():
        assert status < 500, (name, words)
        assert "ermission denied" in words or "read-only" in words, (name, words)
        assert "Traceback" not in words
    assert {path: path.lstat().st_mtime_ns for path in sealed.rglob("*")} == before
