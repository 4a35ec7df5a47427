"""One step of the program and of libraries that do the same, run alternately: medians, spreads,
ratios, and how far the results are apart.
"""

from __future__ import annotations

import contextlib
import io
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Agreement = Callable[[Any, Any], dict[str, float]]


@dataclass(frozen=True)
class Reference:
    """What a library computes from the same input. run: None where it is not run, and `note` says
    why. agreement: (our result, its result) -> {name: value}.
    """

    name: str
    run: Callable[[], Any] | None
    agreement: Agreement
    note: str = ""


@dataclass(frozen=True)
class TimedStep:
    """A `step` at size `n`, as `ours` computes it and as `references` do. facts: parts of our
    result for the record.
    """

    step: str
    n: int
    ours: Callable[[], Any]
    references: Sequence[Reference]
    facts: Callable[[Any], dict[str, float]] = lambda result: {}


class Time(NamedTuple):
    """Seconds on the clock, and of all processors: on a shared machine the second says more."""

    wall: float
    cpu: float


def affordable(
    name: str, run: Callable[[], Any], agreement: Agreement, *, n: int, limit: int, note: str = ""
) -> Reference:
    """The reference, run only where `n` is at most `limit`."""
    if n <= limit:
        return Reference(name, run, agreement, note)
    return Reference(name, None, agreement, f"not run: n > {limit:,}")


def compare(comparison: TimedStep, *, repeats: int, patience: float) -> list[dict[str, Any]]:
    """One row per reference: {"n", "step", "ours", "reference", "reference_seconds", "ratio", …},
    medians in seconds.

    Ours, reference, ours, reference, …, `repeats` times or, after the first, until `patience`
    seconds are over. Without any reference, one row without one.
    """
    sides = [reference for reference in comparison.references if reference.run is not None]
    ours: list[Time] = []
    times: dict[str, list[Time]] = {reference.name: [] for reference in sides}
    agreements: dict[str, dict[str, float]] = {}
    begun = time.perf_counter()
    result: Any = None
    while len(ours) < repeats and (not ours or time.perf_counter() - begun < patience):
        taken, result = timed(comparison.ours)
        ours.append(taken)
        for reference in sides:
            taken, theirs = timed(reference.run)  # type: ignore[arg-type]
            times[reference.name].append(taken)
            if reference.name not in agreements:
                agreements[reference.name] = reference.agreement(result, theirs)
    common = {
        "n": comparison.n,
        "step": comparison.step,
        **_seconds("ours", ours),
        "repeats": len(ours),
        **comparison.facts(result),
    }
    references = list(comparison.references) or [
        Reference("none", None, lambda a, b: {}, "no library does this")
    ]
    return [
        common
        | _row(reference, times.get(reference.name, []), ours, agreements.get(reference.name, {}))
        for reference in references
    ]


def timed(work: Callable[[], Any]) -> tuple[Time, Any]:
    """(time, result). Warnings and output of libraries are suppressed."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        begun, used = time.perf_counter(), time.process_time()
        result = work()
        return Time(time.perf_counter() - begun, time.process_time() - used), result


def _seconds(name: str, times: list[Time]) -> dict[str, Any]:
    walls = [time.wall for time in times]
    cpu = statistics.median(time.cpu for time in times)
    return {
        name: statistics.median(walls),
        f"{name}_spread": [min(walls), max(walls)],
        f"{name}_cpu": cpu,
    }


def _row(
    reference: Reference, times: list[Time], ours: list[Time], agreement: dict[str, float]
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "reference": reference.name,
        "reference_seconds": None,
        "ratio": None,
        "agreement": agreement,
        "note": reference.note,
    }
    if times:
        mine, theirs = [time.wall for time in ours], [time.wall for time in times]
        row |= _seconds("reference_seconds", times)
        row["ratio"] = statistics.median(theirs) / statistics.median(mine)
        row["ratio_spread"] = [min(theirs) / max(mine), max(theirs) / min(mine)]
    return row
