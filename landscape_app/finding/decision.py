"""When a claim holds, does not hold, or is undecided: rules on an interval, fixed in
studies/README.md before any result was computed.
"""

from __future__ import annotations

from typing import Literal

Word = Literal["holds", "does not hold", "undecided"]
HOLDS: Word = "holds"
DOES_NOT: Word = "does not hold"
UNDECIDED: Word = "undecided"
NEAR = 0.2  # |τ| below which it is as good as none
SMALLEST = 0.025  # the smallest difference in accuracy that the paper reports
LEVEL = 0.05  # of p after Holm's correction
ERRORS = 3.0  # standard errors within which scrambled features must be at chance


def of_tau(low: float | None, high: float | None) -> Word:
    """Of a τ that is claimed to be above 0: its interval lies above 0; contains 0 and lies within
    ± NEAR, or lies below 0; or anything else.
    """
    if low is None or high is None:
        return UNDECIDED
    if low > 0:
        return HOLDS
    return DOES_NOT if high < 0 or (low >= -NEAR and high <= NEAR) else UNDECIDED


def of_sign(low: float | None, high: float | None) -> Word:
    """Of a difference that is claimed to be above 0: the side on which its interval lies."""
    if low is None or high is None or low <= 0 <= high:
        return UNDECIDED
    return HOLDS if low > 0 else DOES_NOT


def of_accuracy(low: float | None, high: float | None, holm: float) -> Word:
    """Of a difference in accuracy: its interval lies above 0 and p (Holm) is below LEVEL; lies
    below SMALLEST; or anything else.
    """
    if low is None or high is None:
        return UNDECIDED
    if low > 0 and holm < LEVEL:
        return HOLDS
    return DOES_NOT if high < SMALLEST else UNDECIDED


def of_all(*words: Word) -> Word:
    """Of a claim that has several parts: it holds where all hold, and does not where one does
    not.
    """
    if DOES_NOT in words:
        return DOES_NOT
    return HOLDS if set(words) == {HOLDS} else UNDECIDED
