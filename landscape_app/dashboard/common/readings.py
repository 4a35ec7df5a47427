"""What was read of the runs for a page, once: also where several requests ask at the same time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

MOST = 8  # readings that are remembered: each holds the arrays that are drawn of at most four runs


@dataclass(eq=False)
class PageReading:
    """One reading: whoever holds `turn` makes it, the others wait for it."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    made: bool = False
    value: Any = None


class Readings:
    """The last readings, by what they are of."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._readings: OrderedDict[Hashable, PageReading] = OrderedDict()

    def get(self, key: Hashable, read: Callable[[], Any]) -> Any:
        """The reading of this key, by `read()` where there is none. Raises what `read` raises, and
        the next one who asks tries again.
        """
        reading = self._reading(key)
        with reading.turn:
            if not reading.made:
                reading.value = read()
                reading.made = True
            return reading.value

    def put(self, key: Hashable, value: Any) -> None:
        """Remember what was just read, in the place of an earlier reading of this key."""
        with self._mutex:
            self._keep(key, PageReading(made=True, value=value))

    def _reading(self, key: Hashable) -> PageReading:
        with self._mutex:
            return self._keep(key, self._readings.get(key) or PageReading())

    def _keep(self, key: Hashable, reading: PageReading) -> PageReading:
        self._readings[key] = reading
        self._readings.move_to_end(key)
        while len(self._readings) > MOST:
            self._readings.popitem(last=False)
        return reading
