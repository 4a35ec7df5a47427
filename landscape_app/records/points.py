"""Points around an anchor by their coordinates along random directions. A direction is its seed, so
that no weights are stored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Points:
    """n points: point i is θo + Σ_k coefficients[i, k] · v(seeds[i, k]), with v(seed) the
    filter-normalised direction of a seed.

    seeds (n, c) int64, coefficients (n, c) float64. line: how many points in a row lie on one line.
    """

    seeds: np.ndarray
    coefficients: np.ndarray
    line: int

    def __post_init__(self) -> None:
        if self.seeds.shape != self.coefficients.shape or self.seeds.ndim != 2:
            raise ValueError(
                f"seeds {self.seeds.shape} and coefficients {self.coefficients.shape} differ"
            )

    def __len__(self) -> int:
        return len(self.seeds)

    def part(self, rows: slice) -> Points:
        """The points at `rows`."""
        return Points(self.seeds[rows], self.coefficients[rows], self.line)
