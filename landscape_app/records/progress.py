"""How long work says how far it is, and learns that it should stop: the one thing that pipeline and jobs share."""

from __future__ import annotations

import logging
from typing import Protocol

log = logging.getLogger("landscape")


class Progress(Protocol):
    """Told of phases and steps; `check` raises errors.Cancelled where a cancel was asked for."""

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        """A new phase of `total` steps begins (0: unknown)."""

    def advance(self, steps: int = 1) -> None:
        """`steps` more are done; also a heartbeat, and checks for cancel."""

    def check(self) -> None:
        """A heartbeat without a step; raises Cancelled if asked to."""


class Silent:
    """Progress of a library call: phases go to the log, nothing cancels."""

    def phase(self, name: str, total: int = 0, unit: str = "") -> None:
        log.info("%s%s", name, f" ({total} {unit})" if total else "")

    def advance(self, steps: int = 1) -> None:
        pass

    def check(self) -> None:
        pass
