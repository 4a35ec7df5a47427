"""Processes that tests started and did not end: each child carries a mark in its environment, so
it is known even after it was handed on to another parent.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass

import psutil

MARK = "LANDSCAPE_TESTS_MARK"
# Helpers of multiprocessing end with the process that they serve.
HELPERS = ("resource_tracker", "forkserver", "popen_loky")


@dataclass(frozen=True)
class Leftover:
    """A process, its command line, and the test during which it was started ("" if unknown)."""

    pid: int
    command: str
    test: str

    def __str__(self) -> str:
        return f"{self.pid} ({self.command}), started by {self.test or 'an unknown test'}"


def mark() -> str:
    """A word that the environment of this process, and of every child from now on, carries."""
    word = f"{os.getpid()}-{uuid.uuid4().hex}"
    os.environ[MARK] = word
    return word


def leftovers(word: str) -> list[Leftover]:
    """Living processes that carry `word` or descend from this one, without this one's helpers."""
    mine = psutil.Process()
    children = {child.pid for child in mine.children(recursive=True)}
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ() if process.pid != mine.pid else {}
            if process.pid not in children and environment.get(MARK) != word:
                continue
            if process.status() == psutil.STATUS_ZOMBIE or _helps(process, mine):
                continue
            command = " ".join(process.cmdline())[:200]
        except psutil.Error:  # it ended while it was looked at, or is another person's
            continue
        test = environment.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
        found.append(Leftover(process.pid, command, test))
    return found


def _helps(process: psutil.Process, mine: psutil.Process) -> bool:
    return process.ppid() == mine.pid and any(
        name in word for word in process.cmdline() for name in HELPERS
    )
