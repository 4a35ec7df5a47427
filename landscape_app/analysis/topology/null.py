"""Whether persistence is more than chance: a statistic as observed, compared with the same
statistic in null draws without structure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from landscape_app.analysis.topology.rips import finite_loops

LEVEL = 0.05  # a p below or at it is called significant
ROUNDED = 1e-6  # of the greatest distance: what float32 makes of it


@dataclass(frozen=True)
class Null:
    """A statistic as `observed`, and as it came out in (r,) `samples` of a null draw without what
    is tested for.
    """

    observed: float
    samples: np.ndarray

    @property
    def p_low(self) -> float:
        """(1 + samples at or below the observed) / (1 + r): small if it is lower than chance.
        Phipson & Smyth 2010.
        """
        return (1 + int((self.samples <= self.observed).sum())) / (1 + len(self.samples))

    @property
    def p_high(self) -> float:
        """(1 + samples at or above the observed) / (1 + r): small if it is higher than chance."""
        return (1 + int((self.samples >= self.observed).sum())) / (1 + len(self.samples))

    @property
    def p(self) -> float:
        """Two-sided: twice the smaller of both, at most 1."""
        return min(1.0, 2 * min(self.p_low, self.p_high))

    @property
    def middle(self) -> tuple[float, float, float] | None:
        """(median, 5th and 95th percentile) of the samples; None without any."""
        if not len(self.samples):
            return None
        low, median, high = np.quantile(self.samples, [0.05, 0.5, 0.95])
        return float(median), float(low), float(high)


def longest_against(
    observed: float,
    surrogate: Callable[[np.random.Generator], np.ndarray],
    *,
    rng: np.random.Generator,
    repeats: int,
) -> Null:
    """The longest H1 bar of Rips, as `observed` and in `repeats` null draws of as many snapshots.

    `surrogate` makes the distances of one (see `Walks.noise`, `Walks.reordered`). Rips goes without
    a threshold there, so nothing is censored, and is that of float32 distances: those of a run are
    stored so, and what rounding makes of them must not beat null draws that were never rounded:
    bars that differ by no more than rounding are as long. Up to 30 ms a repeat at 221 snapshots.
    """
    samples = np.empty(repeats)
    for i in range(repeats):
        apart = surrogate(rng).astype(np.float32)
        longest = float(finite_loops(apart).max(initial=0.0))
        samples[i] = (
            observed if abs(longest - observed) <= ROUNDED * float(apart.max()) else longest
        )
    return Null(observed, samples)
