"""τ with the gap on the test rows outside the probe.

Measures of function space read the probe, a part of the test rows; over all test rows the gap
shares rows with them. Where every network has a gap outside the probe, τ with that gap decides: the
ranking goes by it.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.statistics import kendall
from landscape_app.analysis.statistics.roles import LEAST
from landscape_app.records.study_report import outside_of
from landscape_app.records.study_table import StudyTable


class OutsideGap:
    """The gap of n networks outside the probe, `values` (n,), NaN where one has none."""

    def __init__(self, table: StudyTable, gap: str) -> None:
        name = outside_of(gap)
        self.recorded = table.has_numbers(name)
        nothing = np.full(len(table), np.nan)
        self.values = np.asarray(table.numbers(name)) if self.recorded else nothing
        self.known = np.isfinite(self.values)

    @property
    def decides(self) -> bool:
        """Whether every network has one, so that the ranking goes by it."""
        return bool(self.known.all() and np.ptp(self.values) > 0)

    @property
    def note(self) -> str:
        """Why it does not decide, in words; "" where it does, or where the table knows nothing of a
        probe.
        """
        if not self.recorded or self.decides:
            return ""
        if self.known.all():
            return "The gap outside the probe is the same in all networks, so it does not decide."
        why = (
            "in the others, every test row is in the probe, or the run was begun before the scores"
            " there were recorded"
        )
        if self.known.any():
            count = f"{int(self.known.sum())} of {len(self.known)} networks"
            return f"Only {count} have a gap outside the probe, so it does not decide: {why}."
        return (
            "There is no τ outside the probe: every test row is in the probe, or the runs were"
            " begun before the scores there were recorded."
        )

    def taus(self, values: np.ndarray, weights: np.ndarray) -> np.ndarray | None:
        """τ_b (b,) between a measure (n,) and this gap under multiplicities (b, n); None where too
        few networks have both, or one of the two is constant.
        """
        both = np.isfinite(values) & self.known
        x, y = values[both], self.values[both]
        if len(x) < LEAST or np.ptp(x) == 0 or np.ptp(y) == 0:
            return None
        return kendall.tau(kendall.signs(x), kendall.signs(y), weights[:, both])
