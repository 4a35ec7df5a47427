"""One step of the program beside the libraries that do the same, interleaved: medians, spreads, ratios, and how far the answers are apart."""

from __future__ import annotations

import contextlib
import io
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Agreement = Callable[[Any, Any], dict[str, float]]


@dataclass(frozen=True)
class Reference:
    """What a library makes of the same input. run: None where it is not run, and `note` says why.

    agreement: (our result, its result) -> {what: value}.
    """

    name: str
    run: Callable[[], Any] | None
    agreement: Agreement
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """A `step` at `n`, as `ours` does it and as `references` do. facts: what of our result belongs into the record."""

    step: str
    n: int
    ours: Callable[[], Any]
    references: Sequence[Reference]
    facts: Callable[[Any], dict[str, float]] = lambda result: {}


def affordable(name: str, run: Callable[[], Any], agreement: Agreement, *, n: int, limit: int, note: str = "") -> Reference:
    """The reference, run only where `n` is at most `limit`."""
    if n <= limit:
        return Reference(name, run, agreement, note)
    return Reference(name, None, agreement, f"not run: n > {limit:,}")


def compare(comparison: Comparison, *, repeats: int, patience: float) -> list[dict[str, Any]]:
    """One row per reference: {"n", "step", "ours", "reference", "reference_seconds", "ratio", …}, medians in seconds.

    Ours, reference, ours, reference, …, `repeats` times or, after the first, until `patience` seconds are over. Without any
    reference, one row without one.
    """
    sides = [reference for reference in comparison.references if reference.run is not None]
    ours: list[float] = []
    times: dict[str, list[float]] = {reference.name: [] for reference in sides}
    agreements: dict[str, dict[str, float]] = {}
    begun = time.perf_counter()
    result: Any = None
    while len(ours) < repeats and (not ours or time.perf_counter() - begun < patience):
        seconds, result = timed(comparison.ours)
        ours.append(seconds)
        for reference in sides:
            seconds, theirs = timed(reference.run)  # type: ignore[arg-type]
            times[reference.name].append(seconds)
            if reference.name not in agreements:
                agreements[reference.name] = reference.agreement(result, theirs)
    common = {"n": comparison.n, "step": comparison.step, **_seconds("ours", ours), "repeats": len(ours), **comparison.facts(result)}
    references = list(comparison.references) or [Reference("none", None, lambda a, b: {}, "no library does this")]
    return [common | _row(reference, times.get(reference.name, []), ours, agreements.get(reference.name, {})) for reference in references]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds, result); what libraries warn and print is theirs."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        begun = time.perf_counter()
        result = work()
        return time.perf_counter() - begun, result


def _seconds(name: str, times: list[float]) -> dict[str, Any]:
    return {name: statistics.median(times), f"{name}_spread": [min(times), max(times)]}


def _row(reference: Reference, times: list[float], ours: list[float], agreement: dict[str, float]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "reference": reference.name,
        "reference_seconds": None,
        "ratio": None,
        "agreement": agreement,
        "note": reference.note,
    }
    if times:
        row |= _seconds("reference_seconds", times)
        row["ratio"] = statistics.median(times) / statistics.median(ours)
        row["ratio_spread"] = [min(times) / max(ours), max(times) / min(ours)]
    return row
