"""What was read of the runs for a page, once: also where several requests ask at the same time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

MOST = 8  # readings that are remembered: each holds the arrays that are drawn of at most four runs
Measure = Callable[[Any], int]


@dataclass(eq=False)
class PageReading:
    """One reading: whoever holds `turn` makes it, the others wait for it."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    made: bool = False
    value: Any = None


class Readings:
    """The last readings, by what they are of: at most `most`, and where they have a `size`, not
    larger together than `largest`.
    """

    def __init__(self, most: int = MOST, size: Measure | None = None, largest: int = 0) -> None:
        self._most, self._size, self._largest = most, size, largest
        self._mutex = threading.Lock()
        self._readings: OrderedDict[Hashable, PageReading] = OrderedDict()

    def get(
        self, key: Hashable, read: Callable[[], Any], keep: Callable[[Any], bool] = lambda _: True
    ) -> Any:
        """The reading of this key, by `read()` where there is none. Raises what `read` raises.
        Then, and where it is not to be kept, the next one who asks tries again.
        """
        reading = self._reading(key)
        with reading.turn:
            if reading.made:
                return reading.value
            value = read()
            if keep(value):
                reading.value, reading.made = value, True
                self._trim()
            return value

    def _reading(self, key: Hashable) -> PageReading:
        with self._mutex:
            reading = self._readings.setdefault(key, PageReading())
            self._readings.move_to_end(key)
            while len(self._readings) > self._most:
                self._readings.popitem(last=False)
            return reading

    def _trim(self) -> None:
        """Forget the oldest while all together are too large."""
        if self._size is None:
            return
        with self._mutex:
            sizes = {
                key: self._size(reading.value)
                for key, reading in self._readings.items()
                if reading.made
            }
            over = sum(sizes.values()) - self._largest
            for key, size in sizes.items():
                if over <= 0:
                    break
                del self._readings[key]
                over -= size
