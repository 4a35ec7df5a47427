"""One thing that people bring, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Outcome = Literal["works", "works, and says so", "refused"]


@dataclass(frozen=True)
class Case:
    """`what` is brought, in words of Markdown; `tried(tmp_path)` brings it.

    works: `tried` returns, after its own assertions on the values. works, and says so: besides,
    `said` is in the log of "landscape". refused: `tried` raises a LandscapeError whose message
    holds `said`. `said` is shown in the table.
    """

    what: str
    outcome: Outcome
    tried: Callable[[Path], object]
    said: str = ""

    def __post_init__(self) -> None:
        if (self.outcome == "works") != (not self.said):
            raise ValueError(
                f"{self.what}: `said` belongs to what is said or refused, and only to that"
            )
