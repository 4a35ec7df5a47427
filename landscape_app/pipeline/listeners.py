"""Listeners of the progress of a run inside a study: several at once, epochs as steps of the study,
seconds by phase.
"""

from __future__ import annotations

import time

from landscape_app.records.progress import Progress, skip

COUNTED = ("training", "sampling")  # phases of a run whose steps are epochs


class Both:
    """Progress that goes to two listeners: the study's and the run's own. A cancel asked of either
    stops the work.
    """

    def __init__(self, *listeners: Progress) -> None:
        self._listeners = listeners

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        for listener in self._listeners:
            listener.phase(name, total, unit)

    def advance(self, steps: int = 1) -> None:
        for listener in self._listeners:
            listener.advance(steps)

    def skip(self, steps: int) -> None:
        for listener in self._listeners:
            skip(listener, steps)

    def check(self) -> None:
        for listener in self._listeners:
            listener.check()


class Stopwatch:
    """Progress that also adds up the seconds of every phase by name into `seconds`."""

    def __init__(self, inner: Progress, seconds: dict[str, float]) -> None:
        self._inner, self._seconds = inner, seconds
        self._name, self._since = "", time.monotonic()

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        self.stop()
        self._name = name
        self._inner.phase(name, total, unit)

    def advance(self, steps: int = 1) -> None:
        self._inner.advance(steps)

    def skip(self, steps: int) -> None:
        skip(self._inner, steps)

    def check(self) -> None:
        self._inner.check()

    def stop(self) -> None:
        """Add the seconds of the present phase."""
        now = time.monotonic()
        if self._name:
            self._seconds[self._name] = self._seconds.get(self._name, 0.0) + now - self._since
        self._name, self._since = "", now


class Steps:
    """A run's progress as steps of the study: epochs count, everything else is a heartbeat."""

    def __init__(self, inner: Progress) -> None:
        self._inner, self._counts, self.done = inner, False, 0

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        self._counts = name in COUNTED
        self._inner.check()

    def advance(self, steps: int = 1) -> None:
        if self._counts:
            self.done += steps
            self._inner.advance(steps)
        else:
            self._inner.check()

    def skip(self, steps: int) -> None:
        if self._counts:
            self.done += steps
            skip(self._inner, steps)

    def check(self) -> None:
        self._inner.check()
