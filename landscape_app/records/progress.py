"""How long work reports its progress, and learns that it should stop. Pipeline and jobs share only
this.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from contextlib import suppress
from typing import Protocol, TextIO

log = logging.getLogger("landscape")


class Progress(Protocol):
    """It is told about phases and steps. `check` raises errors.Cancelled if a cancel was
    asked for.
    """

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        """Begin a phase of `total` steps (0: unknown)."""

    def advance(self, steps: int = 1) -> None:
        """Count `steps` more. This is also a heartbeat, and checks for a cancel."""

    def check(self) -> None:
        """A heartbeat without a step. Raises Cancelled if a cancel was asked for."""


def skip(progress: Progress, steps: int) -> None:
    """Count `steps` of the present phase as done before it began, so that the progress of a resumed
    job goes on where it stopped. They are no work of now: a progress that measures a rate has a
    `skip` of its own, which leaves them out of it.
    """
    if steps > 0:
        getattr(progress, "skip", progress.advance)(steps)


class Silent:
    """Progress of a library call: phases go to the log, and no cancel is possible."""

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        log.info("%s%s", name, f" ({total} {unit})" if total else "")

    def advance(self, steps: int = 1) -> None:
        pass

    def check(self) -> None:
        pass


class Printed:
    """Progress as plain text on standard error: one line that changes on a terminal, otherwise a
    line per phase and another every `every` seconds.
    """

    def __init__(self, stream: TextIO | None = None, *, every: float = 10.0) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._line = bool(getattr(self._stream, "isatty", lambda: False)())
        self._every = 0.2 if self._line else every
        self._mutex = threading.Lock()
        self._name, self._unit, self._done, self._total, self._told = "", "", 0, 0, 0.0

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        with self._mutex:
            self._end()
            self._name, self._unit, self._done, self._total = name, unit, 0, total
            self._tell()

    def advance(self, steps: int = 1) -> None:
        with self._mutex:
            self._done += steps
            if time.monotonic() - self._told >= self._every:
                self._tell()

    def check(self) -> None:
        pass

    def close(self) -> None:
        """End the last phase, so that later output begins on a new line."""
        with self._mutex:
            self._end()
            self._name = ""

    def _end(self) -> None:
        if self._name and self._total and (self._line or self._done):
            self._tell()
        if self._name and self._line:
            self._write("\n")

    def _tell(self) -> None:
        self._told = time.monotonic()
        of = f" of {self._total}" if self._total else ""
        counted = f" {self._done}{of} {self._unit}".rstrip() if self._total or self._done else ""
        self._write(
            f"\r{self._name}:{counted}\x1b[K"
            if self._line
            else f"landscape: {self._name}{counted}\n"
        )

    def _write(self, text: str) -> None:
        # progress that cannot be written is no reason to stop
        with suppress(OSError, ValueError, UnicodeError):
            self._stream.write(text)
            self._stream.flush()
