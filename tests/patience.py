"""Deadlines that hold on any machine: seconds of an idle machine become those of this one, as slow
and as loaded as it is now. A test that fails at such a deadline fails for a reason.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

T = TypeVar("T")
REFERENCE = 0.004  # s that the work of `slowness` takes on the machine that deadlines are meant for
MOST = 20.0
STEP = 0.02  # s between two looks


@cache
def slowness() -> float:
    """How many times longer this machine computes than the reference; at least 1."""
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        sum(range(300_000))
        seconds.append(time.perf_counter() - begun)
    return max(1.0, min(seconds) / REFERENCE)


def load() -> float:
    """How many processes want each core now, at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def patience(seconds: float) -> float:
    """`seconds` of an idle machine as seconds of this one."""
    return seconds * min(MOST, slowness() * load())


def until(true: Callable[[], T], seconds: float = 20.0, step: float = STEP) -> T:
    """The first value of `true` that is true; AssertionError where that takes too long."""
    end = time.monotonic() + patience(seconds)
    while not (value := true()):
        assert time.monotonic() < end, f"not true within {patience(seconds):.0f} s"
        time.sleep(step)
    return value
