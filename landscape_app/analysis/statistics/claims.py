"""The numbers that decide the paper's claims on measures in a study: τ with the gap or with the
test loss, the partial τ given the twin, and how much more closely one measure follows the gap than
another, in all networks and inside cells. What counts as holding: studies/README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from landscape_app.analysis.statistics import kendall
from landscape_app.analysis.statistics.outside import OutsideGap
from landscape_app.analysis.statistics.roles import LEAST, Roles, roles
from landscape_app.analysis.statistics.stratum import StratumStatistics
from landscape_app.records.claims import (
    ALL,
    DISAGREEMENT,
    INTERPOLATING,
    RETURNS,
    SHARPNESS,
    TEST_LOSS,
    TOTALS,
    ClaimReport,
    ClaimTau,
    TauDifference,
)
from landscape_app.records.study_report import outside_of
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import StatisticsSpec

# settings whose equal values make a cell
CELL_OF = ("label_corruption", "train_rows")


def claims(table: StudyTable, spec: StatisticsSpec) -> ClaimReport:
    """The numbers of claims 2 to 4. Raises AnalysisError, DataError where no column is a gap.

    O(resamples · n²) for each of some ten measures.
    """
    columns = roles(table, spec)
    decides = OutsideGap(table, columns.gap).decides
    gap = outside_of(columns.gap) if decides else columns.gap
    cell_of = [name for name in CELL_OF if table.varies(name)]
    taus: list[ClaimTau] = []
    differences: list[TauDifference] = []
    for stratum, networks in _strata(table, columns, spec).items():
        against_gap = _Claimed(networks, replace(columns, gap=gap), spec, stratum)
        against_loss = _Claimed(networks, replace(columns, gap=TEST_LOSS), spec, stratum)
        taus += [against_gap.tau(name) for name in (*RETURNS, DISAGREEMENT, SHARPNESS)]
        for name, (_, loss_range) in TOTALS.items():
            taus += [against_loss.tau(name, (loss_range,)), against_loss.tau(loss_range)]
        differences += [
            against_gap.difference(DISAGREEMENT, SHARPNESS),
            against_gap.difference_in_cells(DISAGREEMENT, SHARPNESS, cell_of),
        ]
    return ClaimReport(
        gap=gap,
        gap_label=_label(table, gap),
        outside=decides,
        level=spec.level,
        resamples=spec.resamples,
        networks=len(table),
        cell_of=[_label(table, name) for name in cell_of],
        taus=taus,
        differences=differences,
    )


def _strata(table: StudyTable, columns: Roles, spec: StatisticsSpec) -> dict[str, StudyTable]:
    """All networks, and those that interpolate where that is known."""
    strata = {ALL: table}
    if columns.interpolates is not None:
        accuracies = table.numbers(columns.interpolates)
        strata[INTERPOLATING] = table.select(accuracies > spec.interpolating)
    return strata


class _Claimed:
    """The networks of a set that have a finite target, the gap of `columns`."""

    def __init__(
        self, table: StudyTable, columns: Roles, spec: StatisticsSpec, stratum: str
    ) -> None:
        target = columns.gap
        self.table, self.stratum, self.target = table, stratum, target
        self.absent, self.statistics = "", None
        if not table.has_numbers(target):
            self.absent = f"the study has no column {target}"
            return
        self.table = table.select(np.isfinite(table.numbers(target)))
        if len(self.table) < LEAST or np.ptp(self.table.numbers(target)) == 0:
            self.absent = f"{len(self.table)} networks with a {target} that varies are too few"
            return
        self.statistics = StratumStatistics(self.table, columns, spec)

    def _lacks(self, *names: str) -> str:
        """Why there is no τ of these measures; "" where there is one."""
        if self.statistics is None:
            return self.absent
        for name in names:
            if not self.table.has_numbers(name):
                return f"the study has no column {name}"
        both = self._both(*names)
        target = self.statistics.gap[both]
        columns = [self.table.numbers(name)[both] for name in names]
        if both.sum() < LEAST or any(np.ptp(column) == 0 for column in [target, *columns]):
            return f"{', '.join(names)}: {int(both.sum())} networks with values that vary"
        return ""

    def _both(self, *names: str) -> np.ndarray:
        """(n,) where all these measures have a value."""
        finite = [np.isfinite(self.table.numbers(name)) for name in names]
        return np.asarray(np.logical_and.reduce(finite))

    def tau(self, name: str, more: Sequence[str] = ()) -> ClaimTau:
        """τ of a measure with the target, and its partial τ given its twin; more: columns that may
        be the twin, too.
        """
        why = self._lacks(name)
        numbers: dict[str, Any] = {
            "name": name,
            "label": _label(self.table, name),
            "target": self.target,
            "target_label": _label(self.table, self.target),
            "stratum": self.stratum,
            "networks": len(self.table),
            "configurations": 0,
        }
        if why or self.statistics is None:
            return ClaimTau(**numbers, absent=why)
        known, values = self.statistics.finite(name)
        taus = self.statistics.taus(name)
        low, high = self.statistics.interval(taus[1:])
        there = [other for other in more if self.table.has_numbers(other)]
        twin = self.statistics.twin(name, there)
        numbers |= {
            "networks": len(values),
            "configurations": len(np.unique(self.statistics.configuration[known])),
        }
        return ClaimTau(
            **numbers,
            tau=_known(taus[0]),
            low=low,
            high=high,
            twin=twin["twin"],
            twin_label="" if twin["twin"] is None else _label(self.table, twin["twin"]),
            twin_tau=twin["twin_tau"],
            partial=twin["twin_partial"],
            partial_low=twin["twin_partial_low"],
            partial_high=twin["twin_partial_high"],
        )

    def difference(self, name: str, other: str) -> TauDifference:
        """|τ| of the one less |τ| of the other, on the networks that have both."""
        why = self._lacks(name, other)
        if why or self.statistics is None:
            return self._difference(name, other, absent=why)
        both = self._both(name, other)
        pair = [self.statistics.taus(each, both) for each in (name, other)]
        return self._difference(name, other, pair=pair, networks=int(both.sum()))

    def difference_in_cells(self, name: str, other: str, cell_of: Sequence[str]) -> TauDifference:
        """The same of the means over the cells, the networks of equal `cell_of`; in a resample over
        the cells in which both have a τ.
        """
        why = self._lacks(name, other)
        if not why and not cell_of:
            why = f"no setting of {' and '.join(CELL_OF)} varies, so there is one cell"
        if why or self.statistics is None:
            return self._difference(name, other, absent=why, in_cells=True)
        both = self._both(name, other)
        columns = [self.table.columns[setting] for setting in cell_of]
        codes = [np.unique(column, return_inverse=True)[1] for column in columns]
        cell = np.unique(np.stack(codes), axis=1, return_inverse=True)[1].reshape(-1)
        within = [both & (cell == number) for number in np.unique(cell[both])]
        stacked = [
            pair
            for mask in within
            if mask.sum() >= LEAST
            and np.isfinite((pair := self._pair(name, other, mask))[:, 0]).all()
        ]
        if len(stacked) < 2:
            why = f"{len(stacked)} of {len(within)} cells have a τ of both"
            return self._difference(name, other, absent=why, in_cells=True)
        taus = np.stack(stacked)  # (cell, 2, resample)
        taus[np.isnan(taus).any(axis=1, keepdims=True).repeat(2, axis=1)] = np.nan
        count = np.isfinite(taus[:, 0]).sum(axis=0)
        with np.errstate(invalid="ignore"):
            means = np.nansum(taus, axis=0) / np.where(count > 0, count, np.nan)
        return self._difference(
            name,
            other,
            pair=list(means),
            networks=int(both.sum()),
            in_cells=True,
            cells=len(stacked),
        )

    def _pair(self, name: str, other: str, mask: np.ndarray) -> np.ndarray:
        """(2, 1 + resamples): τ of both in the networks of `mask`."""
        assert self.statistics is not None
        weights = self.statistics.weights[:, mask]
        gap = kendall.signs(self.statistics.gap[mask])
        values = (self.table.numbers(each)[mask] for each in (name, other))
        return np.stack([kendall.tau(kendall.signs(each), gap, weights) for each in values])

    def _difference(
        self,
        name: str,
        other: str,
        *,
        pair: Sequence[np.ndarray] = (),
        networks: int = 0,
        absent: str = "",
        in_cells: bool = False,
        cells: int = 0,
    ) -> TauDifference:
        numbers: dict[str, Any] = {}
        if len(pair) and self.statistics is not None:
            apart = np.abs(pair[0]) - np.abs(pair[1])
            for key, values in (("tau", pair[0]), ("other_tau", pair[1]), ("value", apart)):
                low, high = self.statistics.interval(values[1:])
                numbers |= {key: _known(values[0]), f"{key}_low": low, f"{key}_high": high}
        return TauDifference(
            name=name,
            label=_label(self.table, name),
            other=other,
            other_label=_label(self.table, other),
            stratum=self.stratum,
            networks=networks,
            in_cells=in_cells,
            cells=cells,
            absent=absent,
            **numbers,
        )


def _label(table: StudyTable, name: str) -> str:
    """The column in words."""
    label = table.label(name)
    return name.replace("_", " ") if label == name else label


def _known(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
