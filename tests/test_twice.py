"""Laws of the second try: what passes then is named and excused, what fails twice fails, and
nothing excuses a process that was left behind.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import twice

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:dash", "-p", "no:xdist"]
FIRST_ONLY = """
from pathlib import Path
def test_passes(): pass
def test_shaky():
    seen = Path("seen")
    if not seen.exists():
        seen.touch()
        raise AssertionError("the machine was busy")
"""
ALWAYS = "\ndef test_wrong(): assert False\n"
LEFT = """
import os
from pathlib import Path
def test_leaves():
    Path(os.environ["LANDSCAPE_LEFTOVERS"]).write_text("123 (sleep 600), started by test_leaves\\n")
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """The exit code and the last part of the output for a file of tests."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    monkeypatch.chdir(tmp_path)

    def go(text: str) -> tuple[int, str]:
        (tmp_path / "test_file.py").write_text(text)
        return twice.main(["test_file.py"], command=PYTEST), capfd.readouterr().out

    return go


def test_what_passes_alone_is_named_and_excused(run) -> None:
    code, output = run(FIRST_ONLY)
    assert code == 0
    assert "FAILED FIRST, PASSED ALONE test_file.py::test_shaky" in output


def test_what_fails_twice_fails(run) -> None:
    code, output = run(FIRST_ONLY + ALWAYS)
    assert code == 1
    assert "PASSED ALONE test_file.py::test_shaky" in output
    assert "PASSED ALONE test_file.py::test_wrong" not in output


def test_what_passes_is_run_once_and_a_usage_error_is_no_failure(run) -> None:
    assert run("def test_passes(): pass\n")[0] == 0
    assert twice.main(["nowhere.py"], command=PYTEST) == 4


def test_nothing_excuses_a_process_that_was_left_behind(run) -> None:
    code, output = run(LEFT)
    assert code == 1
    assert "LEFT BEHIND 123 (sleep 600), started by test_leaves" in output
