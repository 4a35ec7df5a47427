"""How many steps a second a job has done lately."""

from __future__ import annotations

import time
from collections import deque

WINDOW = 10.0  # s over which the rate is measured
LEAST = 0.25  # s from which a rate says something


class Rate:
    """The rate of steps during the last seconds, from looks at how many are done."""

    def __init__(self) -> None:
        self._window: deque[tuple[float, int]] = deque()

    def clear(self) -> None:
        """Forget the looks so far: steps were counted that were not done now."""
        self._window.clear()

    def of(self, done: int) -> float | None:
        """Steps a second, where `done` are done now; None: it is not known yet."""
        now = time.monotonic()
        self._window.append((now, done))
        while now - self._window[0][0] > WINDOW:
            self._window.popleft()
        begun, before = self._window[0]
        if now - begun < LEAST or done <= before:
            return None
        return (done - before) / (now - begun)
