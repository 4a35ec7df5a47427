"""All statistics of every measure over one set of networks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from landscape_app.analysis.statistics import bootstrap, kendall, partial
from landscape_app.analysis.statistics.coupled import (
    configurations,
    coupled,
    granulated,
    sign_errors,
)
from landscape_app.analysis.statistics.outside import OutsideGap
from landscape_app.analysis.statistics.roles import BASELINES, LEAST, LINEAR, Roles
from landscape_app.analysis.statistics.twin import closest, present, trivial
from landscape_app.records.pulse import pulse
from landscape_app.records.study_report import JudgedMeasure
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import StatisticsSpec

Numbers = dict[str, Any]  # fields of a JudgedMeasure
# share of the networks in which a measure must have a value to be ranked with those that all have
KNOWN = 0.8


class StratumStatistics:
    """n networks with finite gaps that are not all equal, and the resamples that all measures
    share: differences are paired.
    """

    def __init__(self, table: StudyTable, roles: Roles, spec: StatisticsSpec) -> None:
        self.table, self.roles, self.spec = table, roles, spec
        self.gap = table.numbers(roles.gap)
        hyper = {name: table.columns[name] for name in roles.hyper}
        self.configuration = configurations(hyper, len(table))
        self.pairs = coupled(hyper, len(table))
        drawn = bootstrap.resamples(self.configuration, count=spec.resamples, seed=spec.seed)
        # the first row is the table itself
        self.weights = np.vstack([kendall.whole(len(table)), drawn])
        self.gap_signs = kendall.signs(self.gap)
        self.outside = OutsideGap(table, roles.gap)

    @property
    def configurations(self) -> int:
        """How many settings there are."""
        return int(self.configuration.max()) + 1

    @cached_property
    def measures(self) -> list[JudgedMeasure]:
        """The statistics of each measure that varies, best first."""
        judged = [self._judged(name) for name in self.roles.measures if name not in self.left_out]
        q_values = kendall.q_values([numbers["p"] for numbers in judged])
        for numbers, q in zip(judged, q_values, strict=True):
            numbers["q"] = q
        judged.sort(key=self._order)
        return [JudgedMeasure(**numbers, rank=rank) for rank, numbers in enumerate(judged, start=1)]

    def _order(self, numbers: Numbers) -> tuple[bool, float, bool]:
        """Known of most networks first, then by the size of the τ that decides, then baselines."""
        rare = numbers["networks"] < KNOWN * len(self.table)
        outside = numbers["outside"] if self.outside.decides else None
        tau = numbers["tau"] if outside is None else outside
        return rare, -round(abs(tau), 2), not numbers["baseline"]

    @cached_property
    def left_out(self) -> dict[str, str]:
        """{measure: why it is not judged here}."""
        why = {}
        for name in self.roles.measures:
            values = self.finite(name)[1]
            if len(values) < LEAST:
                why[name] = (
                    f"has a value in {len(values) or 'none'} of the {len(self.table)} networks"
                )
            elif np.ptp(values) == 0:
                why[name] = f"it is the same in all {len(values)} networks: {values[0]:.4g}"
            elif np.ptp(self.gap[self.finite(name)[0]]) == 0:
                why[name] = f"the gap is the same in all {len(values)} networks that have it"
        return why

    def finite(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """(mask (n,) of the networks in which the measure has a finite value, those values)."""
        values = self.table.numbers(name)
        mask = np.isfinite(values)
        return mask, values[mask]

    def taus(self, name: str, mask: np.ndarray | None = None) -> np.ndarray:
        """τ of the table and of every resample, on the networks of `mask` (by default where the
        measure has a value).
        """
        pulse()
        known = self.finite(name)[0] if mask is None else mask
        signs = kendall.signs(self.table.numbers(name)[known])
        return kendall.tau(signs, self.gap_signs[np.ix_(known, known)], self.weights[:, known])

    def difference(self, name: str, other: str) -> dict[str, float | None]:
        """|τ| of one measure less that of another, with its interval, on the networks in which both
        have a value.
        """
        both = self.finite(name)[0] & self.finite(other)[0]
        apart = np.abs(self.taus(name, both)) - np.abs(self.taus(other, both))
        low, high = self.interval(apart[1:])
        return {"value": _number(apart[0]), "low": low, "high": high}

    def interval(self, values: np.ndarray) -> tuple[float, float] | tuple[None, None]:
        """Of resampled values; none where there are too few configurations to draw from."""
        if self.configurations < bootstrap.LEAST:
            return None, None
        return bootstrap.interval(values, level=self.spec.level)

    @cached_property
    def baseline(self) -> str | None:
        """The baseline of the largest |τ|."""
        return self._best(BASELINES)

    @cached_property
    def linear(self) -> str | None:
        """The measure from linear samples of the largest |τ|."""
        return self._best(LINEAR)

    def _best(self, names: tuple[str, ...]) -> str | None:
        known = [
            name for name in names if name in self.roles.measures and name not in self.left_out
        ]
        return max(known, key=lambda name: abs(float(self.taus(name)[0])), default=None)

    def _judged(self, name: str) -> Numbers:
        """All fields of the measure but its q and rank."""
        known, values = self.finite(name)
        weights, gap = self.weights[:, known], self.gap_signs[np.ix_(known, known)]
        rho, taus = kendall.rho(kendall.signs(values), gap, weights), self.taus(name)
        numbers: Numbers = {
            "name": name,
            "label": self.table.label(name),
            "baseline": name in BASELINES,
            "networks": int(known.sum()),
            "left_out": [id for id, has in zip(self.table.ids, known, strict=True) if not has],
            "tau": float(taus[0]),
            "rho": float(rho[0]),
            "p": kendall.p_value(*self._means(values, known)),
        }
        for key, resampled in (("tau", taus), ("rho", rho)):
            numbers[f"{key}_low"], numbers[f"{key}_high"] = self.interval(resampled[1:])
        numbers |= self._outside(name)
        numbers |= self.twin(name) | self._partial(name)
        return numbers | self._coupled(name) | self._over(name)

    def twin(self, name: str, more: Sequence[str] = ()) -> Numbers:
        """The trivial quantity that the measure follows most closely, and its partial τ given that
        one. more: columns of numbers that may be the twin, too.
        """
        candidates = self.trivial | {other: self.table.numbers(other) for other in more}
        twin = closest(name, self.table.numbers(name), candidates)
        numbers: Numbers = {"twin": None if twin is None else twin.name}
        numbers["twin_tau"] = None if twin is None else twin.tau
        numbers |= dict.fromkeys(("twin_partial", "twin_partial_low", "twin_partial_high"))
        if twin is None:
            return numbers
        column = candidates[twin.name]
        known = self.finite(name)[0] & present(column)
        values, gap = (
            kendall.signs(numbers_of[known]) for numbers_of in (self.table.numbers(name), self.gap)
        )
        given = partial.Controls([column[known]])
        taus = partial.partials(values, gap, given, self.weights[:, known])[0]
        numbers["twin_partial"] = _number(taus[0])
        if numbers["twin_partial"] is not None:
            low, high = self.interval(taus[1:])
            numbers |= {"twin_partial_low": low, "twin_partial_high": high}
        return numbers

    @cached_property
    def trivial(self) -> dict[str, np.ndarray]:
        """The columns that may be the twin of a measure."""
        return trivial(self.table, self.roles.hyper)

    def _outside(self, name: str) -> Numbers:
        """τ with the gap outside the probe, and its interval."""
        taus = self.outside.taus(self.table.numbers(name), self.weights)
        if taus is None:
            return dict.fromkeys(("outside", "outside_low", "outside_high"))
        low, high = self.interval(taus[1:])
        return {"outside": _number(taus[0]), "outside_low": low, "outside_high": high}

    def _means(self, values: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the measure and of the gap over the seeds of every configuration."""
        _, which = np.unique(self.configuration[known], return_inverse=True)
        count = np.bincount(which)
        return np.bincount(which, values) / count, np.bincount(which, self.gap[known]) / count

    def _partial(self, name: str) -> Numbers:
        """Partial τ and ρ given all controls that vary, but the measure itself; and τ given each
        alone, in both ways.
        """
        controls = {
            control: self.table.columns[control]
            for control in self.roles.controls
            if control != name
        }
        known = self.finite(name)[0] & np.logical_and.reduce(
            [present(column) for column in controls.values()] or [np.ones(len(self.gap), bool)]
        )
        controls = {
            control: column[known]
            for control, column in controls.items()
            if len(np.unique(column[known])) > 1
        }
        numbers: Numbers = dict.fromkeys(
            f"{key}{end}" for key in ("partial", "partial_rho") for end in ("", "_low", "_high")
        )
        numbers |= {"partial_given": list(controls), "partial_by": {}, "kendall_by": {}}
        if controls and known.any():
            values = kendall.signs(self.table.numbers(name)[known])
            gap, weights = self.gap_signs[np.ix_(known, known)], self.weights[:, known]
            numbers |= self._given_all(values, gap, controls, weights)
            numbers |= _given_each(values, gap, controls, weights[:1])
        return numbers

    def _given_all(
        self,
        values: np.ndarray,
        gap: np.ndarray,
        controls: dict[str, np.ndarray],
        weights: np.ndarray,
    ) -> Numbers:
        """Partial τ and ρ with their intervals, of two sign matrices."""
        numbers: Numbers = {}
        both = partial.partials(values, gap, partial.Controls(list(controls.values())), weights)
        for key, resampled in zip(("partial", "partial_rho"), both, strict=True):
            numbers[key] = _number(resampled[0])
            if numbers[key] is not None:
                numbers[f"{key}_low"], numbers[f"{key}_high"] = self.interval(resampled[1:])
        return numbers

    def _coupled(self, name: str) -> Numbers:
        """Granulated τ and the sign errors."""
        values = self.table.numbers(name)
        values = np.where(np.isfinite(values), values, np.nan)
        mean, by_hyper = granulated(self.pairs, values, self.gap)
        errors = sign_errors(self.pairs, values, self.gap, noise=self.spec.noise)
        known = len(errors) > 0
        return {
            "granulated": mean,
            "granulated_by": by_hyper,
            "sign_error": float(errors.mean()) if known else None,
            "sign_error_90": float(np.quantile(errors, 0.9)) if known else None,
            "sign_error_worst": float(errors.max()) if known else None,
            "environments": len(errors),
        }

    def _over(self, name: str) -> Numbers:
        """By how much the measure is better than the best baseline, and than the best linear
        measure; those have no such number.
        """
        numbers: Numbers = {}
        for key, best, among in (
            ("over_baseline", self.baseline, BASELINES),
            ("over_linear", self.linear, LINEAR),
        ):
            none: dict[str, float | None] = {"value": None, "low": None, "high": None}
            apart = none if best is None or name in among else self.difference(name, best)
            numbers |= {
                key: apart["value"],
                f"{key}_low": apart["low"],
                f"{key}_high": apart["high"],
            }
        return numbers


def _given_each(
    values: np.ndarray, gap: np.ndarray, controls: dict[str, np.ndarray], whole: np.ndarray
) -> Numbers:
    """τ of two sign matrices given one control at a time, of residuals and as Kendall has it."""
    partial_by, kendall_by = {}, {}
    for control, column in controls.items():
        taus = partial.partials(values, gap, partial.Controls([column]), whole)[0]
        partial_by[control] = _number(taus[0])
        if column.dtype.kind == "f":
            signs = kendall.signs(column)
            pairs = ((values, gap), (values, signs), (gap, signs))
            kendall_by[control] = partial.kendall_partial(
                *(float(kendall.tau(a, b, whole)[0]) for a, b in pairs)
            )
    return {"partial_by": partial_by, "kendall_by": kendall_by}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
