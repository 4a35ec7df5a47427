"""The numbers of a network that a comparison speaks of, each with its standard error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ERRORS = 2.0  # standard errors that a difference must exceed


@dataclass(frozen=True)
class Number:
    """A value and its standard error in the same unit; None where either is not known."""

    value: float | None = None
    error: float | None = None

    @property
    def known(self) -> bool:
        """Whether there is a finite value."""
        return self.value is not None and math.isfinite(self.value)


NOTHING = Number()


@dataclass(frozen=True)
class NetworkNumbers:
    """What is known of one network at its anchor and around it.

    label: its name on the page. test_rows: what `test_accuracy` is a share of. trained: whether it
    fits its train labels; None where that is not known. measures: by the table's name. data: a word
    for the data that it was tested on, "" where they are not known.
    """

    label: str
    train_loss: Number = NOTHING
    test_loss: Number = NOTHING
    train_accuracy: Number = NOTHING
    test_accuracy: Number = NOTHING
    test_rows: int = 0
    interpolates: bool | None = None
    measures: Mapping[str, Number] = field(default_factory=dict)
    data: str = ""

    def number(self, name: str) -> Number:
        """The measure `name`, or one of the scores."""
        score = getattr(self, name, None)
        return score if isinstance(score, Number) else self.measures.get(name, NOTHING)


def same_data(networks: Iterable[NetworkNumbers]) -> bool:
    """Whether the networks were tested on the same data, as far as that is known."""
    return len({network.data for network in networks if network.data}) < 2


def numbers_of(lines: Iterable[Mapping[str, Any]]) -> dict[str, Number]:
    """Stored lines of measures as numbers, by name."""
    return {str(line["name"]): Number(line.get("value"), line.get("error")) for line in lines}


def share(value: float, rows: int) -> Number:
    """A share of `rows` rows with its binomial standard error."""
    if not rows or not 0 <= value <= 1:
        return Number(value)
    return Number(value, math.sqrt(value * (1 - value) / rows))


def differs(first: Number, second: Number, *, exact: bool = False) -> bool | None:
    """Whether two numbers are more than two standard errors of their difference apart.

    exact: they have no error, so every difference counts. None where that cannot be said: a number
    is not known, or they differ and an error is not known.
    """
    if first.value is None or second.value is None or not (first.known and second.known):
        return None
    if first.value == second.value or exact:
        return first.value != second.value
    if first.error is None or second.error is None:
        return None
    return abs(first.value - second.value) > ERRORS * math.hypot(first.error, second.error)
