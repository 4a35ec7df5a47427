"""A persistence diagram with places: every bar knows the snapshot, or the pair, at which it is born
and dies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Diagram:
    """b bars of one homology dimension. Positions index the snapshots (or vertices) that were
    given; −1 = there is none.

    birth, death: (b,) float64, death = inf for an essential bar or one that outlives the threshold
    (then `censored`). birth_pair, death_pair: (b, 2) int64, the edge at which the bar is born and
    dies; a vertex v is written (v, v).
    """

    dimension: int
    birth: np.ndarray
    death: np.ndarray
    birth_pair: np.ndarray
    death_pair: np.ndarray
    censored: np.ndarray  # (b,) bool: alive at the threshold, so its death is unknown

    def __post_init__(self) -> None:
        b = len(self.birth)
        for name in ("death", "birth_pair", "death_pair", "censored"):
            if len(getattr(self, name)) != b:
                raise ValueError(f"{name} has {len(getattr(self, name))} entries for {b} bars")

    def __len__(self) -> int:
        return len(self.birth)

    @property
    def length(self) -> np.ndarray:
        """Death minus birth (b,); inf for essential and censored bars."""
        length: np.ndarray = self.death - self.birth
        return length

    @property
    def finite(self) -> np.ndarray:
        """Mask (b,) of the bars that die at a finite value and have a length above 0."""
        finite: np.ndarray = np.isfinite(self.death) & (self.death > self.birth)
        return finite
