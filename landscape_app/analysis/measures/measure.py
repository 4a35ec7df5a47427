"""What a measure is, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Facts = Mapping[str, Any]  # the journal's lines "prepared" and "anchor", merged
Worse = Literal["higher", "lower", ""]
LOSS = "loss"  # in a unit: nats where the loss is a cross-entropy, else unknown


@dataclass(frozen=True)
class Measured:
    """A number about a run. value: None where there is none; then `detail` says why.

    detail: its error bar, what was left out, by name. part: which of several ("0.5" → the name
    "expected_sharpness[0.5]"), its part_label, and its unit where that is not the measure's. error:
    the standard error in the unit of the value, None where it is not known.
    """

    value: float | None
    detail: str = ""
    part: str = ""
    part_label: str = ""
    unit: str | None = None
    error: float | None = None

    def as_part(self, part: str, label: str) -> Measured:
        """The same number as a part of its measure; label: of the part, in words."""
        return replace(self, part=part, part_label=label)


@dataclass(frozen=True)
class Measure:
    """One measure: what computes it, and what a reader needs to know of it.

    unit: "" for a pure number. direction: what a higher value means, in words. source: where it is
    defined. cost: what it takes. worse: which values a worse generalizer is expected to have, ""
    where that is not said. A measure of the snapshots is called with (snapshots, facts), a
    measure of the network with what a probe of it returned.
    """

    work: Callable[..., Measured | list[Measured]]
    unit: str
    direction: str
    source: str
    cost: str
    worse: Worse = ""

    def __call__(self, *given: Any) -> list[Measured]:
        """Its value first, then its parts."""
        result = self.work(*given)
        return result if isinstance(result, list) else [result]


def measure(
    *, unit: str, direction: str, source: str, cost: str, worse: Worse = ""
) -> Callable[[Callable[..., Measured | list[Measured]]], Measure]:
    """A decorator that makes a measure of a function."""
    return lambda work: Measure(work, unit, direction, source, cost, worse)
