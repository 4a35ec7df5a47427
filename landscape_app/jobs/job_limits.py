"""Limits of a job: hours of work and GiB of memory, for a machine that several people share.

They stand in the environment, which a job has from the server, worker or shell that starts it. A
job that passes one stops as if it was cancelled; its state is "failed", and its message says why.
What is committed stays, so under a larger limit it goes on.
"""

from __future__ import annotations

import logging
import math
import os
import time
from dataclasses import dataclass

import psutil

from landscape_app.errors import SpecError

HOURS, MEMORY = "LANDSCAPE_JOB_HOURS", "LANDSCAPE_JOB_MEMORY"
GIB = 2**30
log = logging.getLogger("landscape")
EVERY = 1.0  # s between two looks at the memory


@dataclass
class JobLimits:
    """hours of work and GiB of memory of the job with its processes; None: no limit."""

    hours: float | None = None
    memory: float | None = None
    stopped: str = ""  # the limit that was passed, in a sentence
    _looked: float = 0.0

    def stop(self, begun: float | None) -> bool:
        """Whether the job of this process, which `begun` to work at that unix time (None: not yet),
        passes a limit now for the first time.
        """
        if begun is None or self.stopped:
            return False
        self.stopped = self._passed(time.time() - begun)
        if self.stopped:
            log.error("%s", self.stopped)
        return bool(self.stopped)

    def _passed(self, seconds: float) -> str:
        """Which limit a job has passed that has worked so many `seconds`; "" for none. The memory
        is looked at once a second.
        """
        if self.hours is not None and seconds > 3600 * self.hours:
            return _words(f"It worked for longer than {self.hours:g} h", HOURS)
        now = time.monotonic()
        if self.memory is None or now - self._looked < EVERY:
            return ""
        self._looked = now
        if memory_in_use() > self.memory * GIB:
            return _words(f"It needed more than {self.memory:g} GiB of memory", MEMORY)
        return ""


def _words(what: str, name: str) -> str:
    return (
        f"{what}, the limit of this machine for a job ({name}). What is committed stays. Under a"
        " larger limit, Resume goes on from there."
    )


def of_environment() -> JobLimits:
    """The limits that the environment names. Raises SpecError where one is no number above 0."""
    hours, memory = (checked(name, os.environ.get(name, "")) for name in (HOURS, MEMORY))
    return JobLimits(hours, memory)


def environment(hours: float | None, memory: float | None) -> dict[str, str]:
    """These limits as an environment; one that is None stays as it is. Raises SpecError where one,
    or one of this environment, is no number above 0.
    """
    given = {HOURS: hours, MEMORY: memory}
    wanted = {name: str(number) for name, number in given.items() if number is not None}
    for name in given:
        checked(name, wanted.get(name, os.environ.get(name, "")))
    return wanted


def checked(name: str, text: str) -> float | None:
    """The limit `text`, None for "". Raises SpecError where it is no number above 0."""
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise SpecError(f"{name} must be a number above 0, not {text!r}.")
    return number


def memory_in_use() -> int:
    """Bytes of this process and of those that it started, without files that they share."""
    own = psutil.Process()
    used = 0
    for process in (own, *own.children(recursive=True)):
        try:
            memory = process.memory_info()
        except psutil.Error:  # it has ended
            continue
        used += memory.rss - getattr(memory, "shared", 0)
    return used
