"""A study's stored results as plain records: its table of networks, and the report of each gap.
Anything malformed is said, not shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.errors import LandscapeError, RunDamagedError
from landscape_app.registries import PLANES
from landscape_app.store import derived
from landscape_app.store.derived import Result

# how columns begin that are taken from linear samples
LINEAR = tuple(f"{kind}{mark}" for kind in PLANES for mark in ".[")
MISFITS = (KeyError, TypeError, ValueError, AttributeError, LandscapeError, OSError)


@dataclass(frozen=True, eq=False)
class Table:
    """n networks. numbers: {column: (n,) float64}; words: {column: (n,) str}; missing: {run: why it
    has no row}; inputs: its digest.
    """

    runs: tuple[str, ...]
    numbers: Mapping[str, np.ndarray]
    words: Mapping[str, np.ndarray]
    labels: Mapping[str, str]
    missing: Mapping[str, str]
    inputs: str

    def label(self, name: str) -> str:
        """The column in words."""
        return self.labels.get(name, name)

    def column(self, name: str) -> np.ndarray | None:
        """(n,) numbers or words; None where there is no such column."""
        return self.numbers.get(name, self.words.get(name))


@dataclass(frozen=True)
class Line:
    """A measure in one set of networks: its name, label, and every number of the report's legend by
    name (None: undefined).
    """

    name: str
    label: str
    baseline: bool
    networks: int
    tau: float
    values: Mapping[str, float | None]
    given: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def linear(self) -> bool:
        """Whether it comes from linear samples rather than from jump and retrain."""
        return self.name.startswith(LINEAR)

    @property
    def low(self) -> float | None:
        """Lower end of τ's interval."""
        return self.values.get("tau_low")

    @property
    def high(self) -> float | None:
        """Upper end."""
        return self.values.get("tau_high")


@dataclass(frozen=True)
class Stratum:
    """A set of networks of which the report speaks. problem: why it says nothing of them.
    samplings: jump and retrain beside a plane.
    """

    name: str
    label: str
    networks: int
    configurations: int
    too_few: str
    problem: str
    baseline: str | None
    linear: str | None
    left_out: Mapping[str, str]
    lines: tuple[Line, ...]
    samplings: tuple[Mapping[str, Any], ...]

    def line(self, name: str | None) -> Line | None:
        """The line of a measure; None where it is not judged here."""
        return next((one for one in self.lines if one.name == name), None)


@dataclass(frozen=True, eq=False)
class Report:
    """All that is said about one gap. stale: the table has changed since."""

    gap: str
    gap_label: str
    level: float
    resamples: int
    interpolating: float
    hyper: tuple[str, ...]
    controls: tuple[str, ...]
    excluded: Mapping[str, str]
    left_out: Mapping[str, str]
    notes: tuple[str, ...]
    strata: tuple[Stratum, ...]
    stale: bool = False
    legend: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, Stratum]:
        """The strata by name."""
        return {one.name: one for one in self.strata}


def table(folder: Path) -> Table | None:
    """The study's newest table, None where there is none. Raises RunDamagedError where it cannot be
    understood.
    """
    found = derived.find(folder, "table")
    if found is None:
        left = next(
            (path for path in derived.places(folder) if path.name.startswith("table-")), None
        )
        if left is not None:
            raise RunDamagedError(
                f"The table in {left} cannot be read. Compute it again: go on with the study."
            )
        return None
    try:
        return _table(found)
    except MISFITS as error:
        raise RunDamagedError(
            f"The table in {found.path} cannot be read: {error}. Compute it again: go on with the"
            " study."
        ) from error


def _table(found: Result) -> Table:
    meta, values = found.meta, np.asarray(found.arrays["values"], dtype=np.float64)
    runs = tuple(str(run) for run in meta["runs"])
    names = [str(one["name"]) for one in meta["columns"]]
    words = {
        str(name): np.array([str(cell) for cell in cells], dtype=str)
        for name, cells in meta["words"].items()
    }
    if values.shape != (len(runs), len(names)) or any(
        len(cells) != len(runs) for cells in words.values()
    ):
        raise ValueError("its columns are not as long as its rows are many")
    labels = {str(one["name"]): str(one["label"]) for one in meta["columns"]}
    missing = {str(run): str(why) for run, why in dict(meta.get("missing") or {}).items()}
    return Table(
        runs,
        {name: values[:, i] for i, name in enumerate(names)},
        words,
        labels,
        missing,
        found.inputs,
    )


def reports(folder: Path, inputs: str | None) -> dict[str, Report]:
    """{gap: its newest report}; what is no report is left out. `inputs`: of the table that they
    should be about.
    """
    found: dict[str, Report] = {}
    for result in derived.all(folder, "statistics"):
        try:
            one = _report(result, stale=result.inputs != inputs)
        except MISFITS:
            continue
        kept = found.get(one.gap)
        # newest first, but one about this table before any other
        if kept is None or (kept.stale and not one.stale):
            found[one.gap] = one
    return found


def _report(result: Result, *, stale: bool) -> Report:
    meta = result.meta
    return Report(
        gap=str(meta["gap"]),
        gap_label=str(meta.get("gap_label", meta["gap"])),
        level=float(meta["level"]),
        resamples=int(meta["resamples"]),
        interpolating=float(result.parameters.get("interpolating", 0.99)),
        hyper=_names(meta["hyper"]),
        controls=_names(meta["controls"]),
        excluded={str(run): str(why) for run, why in meta["excluded"].items()},
        left_out={str(name): str(why) for name, why in meta["left_out"].items()},
        notes=_names(meta["notes"]),
        strata=tuple(_stratum(one) for one in meta["strata"]),
        stale=stale,
        legend=dict(meta.get("legend") or {}),
    )


def _stratum(raw: Mapping[str, Any]) -> Stratum:
    return Stratum(
        name=str(raw["name"]),
        label=str(raw["label"]),
        networks=int(raw["networks"]),
        configurations=int(raw["configurations"]),
        too_few=str(raw["too_few"]),
        problem=str(raw["problem"]),
        baseline=None if raw["baseline"] is None else str(raw["baseline"]),
        linear=None if raw["linear"] is None else str(raw["linear"]),
        left_out={str(name): str(why) for name, why in raw["left_out"].items()},
        lines=tuple(_line(one) for one in raw["measures"]),
        samplings=tuple(_sampling(one) for one in raw["samplings"]),
    )


def _line(raw: Mapping[str, Any]) -> Line:
    values = {
        str(name): float(value)
        for name, value in raw.items()
        if isinstance(value, (int, float)) and math.isfinite(value)
    }
    return Line(
        name=str(raw["name"]),
        label=str(raw["label"]),
        baseline=bool(raw["baseline"]),
        networks=int(raw["networks"]),
        tau=float(raw["tau"]),
        values=values,
        given=_names(raw["partial_given"]),
        left_out=_names(raw["left_out"]),
    )


def _sampling(raw: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {
        name: float(value)
        for name in ("tau", "linear_tau", "value", "low", "high")
        if (value := raw[name]) is not None
    }
    return {
        "name": str(raw["name"]),
        "linear": str(raw["linear"]),
        "networks": int(raw["networks"]),
        **numbers,
    }


def _names(values: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in values)
