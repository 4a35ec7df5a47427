"""Laws of the search for processes that tests leave behind."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from tests import leftovers
from tests.patience import patience, until

SLEEP = "import time; time.sleep(600)"
# Starts a child in a session of its own, says its pid, and ends: the child gets another parent.
HAND_ON = (
    "import subprocess, sys; nowhere = subprocess.DEVNULL;"
    f"print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}], stdout=nowhere, stderr=nowhere,"
    " start_new_session=True).pid)"
)


@pytest.fixture
def word(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(leftovers.MARK, "")  # put back what the session's own mark is
    return leftovers.mark()


def pids(word: str) -> set[int]:
    return {found.pid for found in leftovers.leftovers(word)}


def test_a_child_is_found_by_its_mark_with_the_name_of_its_test(word: str) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP]) as child:
        (found,) = [found for found in leftovers.leftovers(word) if found.pid == child.pid]
        assert found.test.endswith("test_a_child_is_found_by_its_mark_with_the_name_of_its_test")
        assert "time.sleep(600)" in found.command
        child.kill()
        child.wait(patience(10))
    assert child.pid not in pids(word)


def test_a_process_that_was_handed_on_is_found(word: str) -> None:
    command = [sys.executable, "-c", HAND_ON]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=patience(20))
    process = psutil.Process(int(said.stdout))
    try:
        until(lambda: process.ppid() != os.getpid())
        assert process.pid in pids(word)
    finally:
        process.kill()
    until(lambda: process.pid not in pids(word))


def test_processes_of_others_are_none_of_ours(word: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != leftovers.MARK}
    command = [sys.executable, "-c", HAND_ON]
    said = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, timeout=patience(20)
    )
    process = psutil.Process(int(said.stdout))
    try:
        until(lambda: process.ppid() != os.getpid())
        assert process.pid not in pids(word)
    finally:
        process.kill()
