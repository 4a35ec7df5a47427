"""All statistics of every measure over one set of networks."""

from __future__ import annotations

import math
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
from landscape_app.analysis.statistics.roles import BASELINES, LEAST, LINEAR, Roles
from landscape_app.records.pulse import pulse
from landscape_app.records.study_table import StudyTable
from landscape_app.study_settings import StatisticsSpec

Line = dict[str, Any]
# share of the networks in which a measure must have a value to be ranked with those that all have
KNOWN = 0.8


class Stratum:
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

    @property
    def configurations(self) -> int:
        """How many settings there are."""
        return int(self.configuration.max()) + 1

    @cached_property
    def lines(self) -> list[Line]:
        """A line per measure that varies, best first."""
        lines = [self._line(name) for name in self.roles.measures if name not in self.left_out]
        for line, q in zip(lines, kendall.q_values([line["p"] for line in lines]), strict=True):
            line["q"] = q
        lines.sort(
            key=lambda line: (
                line["networks"] < KNOWN * len(self.table),
                -round(abs(line["tau"]), 2),
                not line["baseline"],
            )
        )
        for rank, line in enumerate(lines, start=1):
            line["rank"] = rank
        return lines

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
        here = self.finite(name)[0] if mask is None else mask
        values = kendall.signs(self.table.numbers(name)[here])
        return kendall.tau(values, self.gap_signs[np.ix_(here, here)], self.weights[:, here])

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
        return (
            bootstrap.interval(values, level=self.spec.level)
            if self.configurations >= bootstrap.LEAST
            else (None, None)
        )

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

    def _line(self, name: str) -> Line:
        here, values = self.finite(name)
        weights, gap = self.weights[:, here], self.gap_signs[np.ix_(here, here)]
        rho, taus = kendall.rho(kendall.signs(values), gap, weights), self.taus(name)
        line: Line = {
            "name": name,
            "label": self.table.label(name),
            "baseline": name in BASELINES,
            "networks": int(here.sum()),
            "left_out": [id for id, one in zip(self.table.ids, here, strict=True) if not one],
            "tau": float(taus[0]),
            "rho": float(rho[0]),
            "p": kendall.p_value(*self._means(values, here)),
        }
        for key, found in (("tau", taus), ("rho", rho)):
            line[f"{key}_low"], line[f"{key}_high"] = self.interval(found[1:])
        return line | self._partial(name) | self._coupled(name) | self._over(name)

    def _means(self, values: np.ndarray, here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the measure and of the gap over the seeds of every configuration."""
        _, which = np.unique(self.configuration[here], return_inverse=True)
        count = np.bincount(which)
        return np.bincount(which, values) / count, np.bincount(which, self.gap[here]) / count

    def _partial(self, name: str) -> Line:
        """Partial τ and ρ given all controls that vary, but the measure itself; and τ given each
        alone, in both ways.
        """
        given = [control for control in self.roles.controls if control != name]
        columns = {control: self.table.columns[control] for control in given}
        here = self.finite(name)[0] & np.logical_and.reduce(
            [_known(column) for column in columns.values()] or [np.ones(len(self.gap), bool)]
        )
        columns = {
            control: column[here]
            for control, column in columns.items()
            if len(np.unique(column[here])) > 1
        }
        line: Line = dict.fromkeys(
            f"{key}{end}" for key in ("partial", "partial_rho") for end in ("", "_low", "_high")
        )
        line |= {"partial_given": list(columns), "partial_by": {}, "kendall_by": {}}
        if not columns or not here.any():
            return line
        values, gap = (
            kendall.signs(self.table.numbers(name)[here]),
            self.gap_signs[np.ix_(here, here)],
        )
        drawn = self.weights[:, here]
        both = partial.partials(values, gap, partial.Controls(list(columns.values())), drawn)
        for key, found in zip(("partial", "partial_rho"), both, strict=True):
            line[key] = _number(found[0])
            if line[key] is not None:
                line[f"{key}_low"], line[f"{key}_high"] = self.interval(found[1:])
        one = drawn[:1]
        for control, column in columns.items():
            line["partial_by"][control] = _number(
                partial.partials(values, gap, partial.Controls([column]), one)[0][0]
            )
            if column.dtype.kind == "f":
                signs = kendall.signs(column)
                taus = [
                    float(kendall.tau(a, b, one)[0])
                    for a, b in ((values, gap), (values, signs), (gap, signs))
                ]
                line["kendall_by"][control] = partial.kendall_partial(*taus)
        return line

    def _coupled(self, name: str) -> Line:
        values = self.table.numbers(name)
        values = np.where(np.isfinite(values), values, np.nan)
        whole, by = granulated(self.pairs, values, self.gap)
        errors = sign_errors(self.pairs, values, self.gap, noise=self.spec.noise)
        known = len(errors) > 0
        return {
            "granulated": whole,
            "granulated_by": by,
            "sign_error": float(errors.mean()) if known else None,
            "sign_error_90": float(np.quantile(errors, 0.9)) if known else None,
            "sign_error_worst": float(errors.max()) if known else None,
            "environments": len(errors),
        }

    def _over(self, name: str) -> Line:
        """By how much the measure is better than the best baseline, and than the best linear
        measure; those have no such number.
        """
        line: Line = {}
        for key, best, among in (
            ("over_baseline", self.baseline, BASELINES),
            ("over_linear", self.linear, LINEAR),
        ):
            found = (
                {"value": None, "low": None, "high": None}
                if best is None or name in among
                else self.difference(name, best)
            )
            line |= {key: found["value"], f"{key}_low": found["low"], f"{key}_high": found["high"]}
        return line


def _known(column: np.ndarray) -> np.ndarray:
    return np.isfinite(column) if column.dtype.kind == "f" else column != ""


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
