"""The report of a study: every measure against the gap, in each set of networks.

The statistics write it, the study's folder stores it (result "statistics"), the table of the
command line and the page read it. `model_dump()` gives what is stored, `model_validate()` reads it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from landscape_app.records.stored_types import Count, Known, Number, Text, Title
from landscape_app.registries import PLANES

# how the names of measures begin that are taken from linear samples
LINEAR = tuple(f"{kind}{mark}" for kind in PLANES for mark in ".[")

# which τ decides: with the gap over all test rows, or over those outside the probe
TAU, OUTSIDE = "tau", "outside"

Reasons = dict[Title, Text]


def outside_of(gap: str) -> str:
    """The column of the gap outside the probe, beside that over all test rows."""
    return f"{gap}[outside]"


class _Stored(BaseModel):
    """A record that is frozen and strict, and accepts fields that a later version adds."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)


class JudgedMeasure(_Stored):
    """All statistics of a measure in one set of networks; None where one is undefined.

    What each number means: STATISTICS in analysis/statistics/statistic.py. left_out: networks
    without a value of the measure. partial_given: the controls of the partial coefficients. twin:
    the trivial quantity that the measure follows most closely.
    """

    name: Title
    label: Title
    baseline: bool
    networks: Count
    left_out: list[Title]
    tau: Number
    rho: Known
    p: Known
    tau_low: Known
    tau_high: Known
    rho_low: Known
    rho_high: Known
    partial: Known
    partial_low: Known
    partial_high: Known
    partial_rho: Known
    partial_rho_low: Known
    partial_rho_high: Known
    partial_given: list[Title]
    partial_by: dict[Title, Known] = Field(default_factory=dict)
    kendall_by: dict[Title, Known] = Field(default_factory=dict)
    granulated: Known
    granulated_by: dict[Title, Known] = Field(default_factory=dict)
    sign_error: Known
    sign_error_90: Known
    sign_error_worst: Known
    environments: Count
    over_baseline: Known
    over_baseline_low: Known
    over_baseline_high: Known
    over_linear: Known
    over_linear_low: Known
    over_linear_high: Known
    q: Known
    rank: Count
    outside: Known = None
    outside_low: Known = None
    outside_high: Known = None
    twin: Title | None = None
    twin_tau: Known = None
    twin_partial: Known = None
    twin_partial_low: Known = None
    twin_partial_high: Known = None

    def number(self, name: str) -> float | None:
        """The statistic called `name`, a key of STATISTICS."""
        value: float | None = getattr(self, name)
        return value

    def numbers(self) -> dict[str, float]:
        """{statistic: its value} of the statistics that are defined, by name."""
        numbers = {name: float(value) for name, value in self if isinstance(value, (int, float))}
        return {name: numbers[name] for name in sorted(numbers) if name != "baseline"}

    def decided(self, by: str) -> tuple[float, float | None, float | None]:
        """(τ, its interval) with the gap that decides, `by` of the stratum; with the gap over all
        test rows where the other is undefined.
        """
        if by == OUTSIDE and self.outside is not None:
            return self.outside, self.outside_low, self.outside_high
        return self.tau, self.tau_low, self.tau_high

    @property
    def linear(self) -> bool:
        """Whether it comes from linear samples, not from jump and retrain."""
        return self.name.startswith(LINEAR)


class SamplingComparison(_Stored):
    """One summary, computed from jump-and-retrain snapshots (`tau`) and from a plane
    (`linear_tau`). value: |tau| minus |linear_tau|; low, high: its interval.
    """

    name: Title
    linear: Title
    networks: Count
    tau: Number
    linear_tau: Number
    value: Known
    low: Known
    high: Known


class Stratum(_Stored):
    """The statistics of one set of networks. problem: why there are none. too_few: a warning or "".
    baseline, linear: the best measure of each kind, or None. left_out: {measure: why it is not
    judged here}. measures: best first. decides: which τ ranks them, TAU or OUTSIDE; outside_note:
    why τ outside the probe does not, or "".
    """

    name: Title
    label: Annotated[str, Field(min_length=1, max_length=300)]
    networks: Count
    problem: Text
    configurations: Count
    too_few: Text
    expected_width: Known = None
    left_out: Reasons
    baseline: Title | None
    linear: Title | None
    measures: list[JudgedMeasure]
    samplings: list[SamplingComparison]
    samplings_note: Text | None = ""
    decides: Title = TAU
    outside_note: Text = ""

    def measure(self, name: str | None) -> JudgedMeasure | None:
        """The measure called `name`; None where it is not judged here."""
        return next((measure for measure in self.measures if measure.name == name), None)


class StudyReport(_Stored):
    """The report on one gap. left_out: {column: why it is not a measure}. hyper, controls: names of
    columns. excluded: {network: why}. labels: {column: in words}. legend: {statistic: its label,
    help and source}.
    """

    gap: Title
    gap_label: Title = ""
    labels: dict[Title, Title] = Field(default_factory=dict)
    controls: list[Title]
    hyper: list[Title]
    level: Number
    resamples: Count
    networks: Count = 0
    excluded: Reasons
    left_out: Reasons
    notes: list[Text]
    strata: list[Stratum]
    legend: dict[Title, dict[Title, Text]] = Field(default_factory=dict)

    def stratum(self, name: str) -> Stratum | None:
        """The set of networks called `name`; None where there is none."""
        return next((stratum for stratum in self.strata if stratum.name == name), None)
