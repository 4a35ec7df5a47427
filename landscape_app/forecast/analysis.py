"""What the analysis of a number of snapshots costs: seconds on one core of the reference machine
at several sizes, by phase. A pace says how fast another machine is (Pace.speed).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from landscape_app.analysis.methods import (
    function_space,
    without_common_place,
    without_meaning,
)
from landscape_app.forecast.phases import JobForecast, PhaseForecast
from landscape_app.protocol import FUNCTION_METHODS
from landscape_app.registries import EMBEDDINGS, FILTRATIONS
from landscape_app.settings import AnalysisSpec

DIMS = 2  # pictures of every embedding: flat and in space
# {phase: {snapshots: seconds}} of default analyses of 8,970 parameters, medians of processor time
# with one thread (Intel, AVX-512, 2.1 GHz; `landscape bench forecast` says how far they are off).
SECONDS: Mapping[str, Mapping[int, float]] = {
    "distances": {61: 0.012, 201: 0.04, 421: 0.08, 821: 0.22, 1641: 0.8},
    "function space": {61: 0.21, 201: 0.38, 421: 0.85, 821: 2.6, 1641: 8.0},
    "persistence": {61: 0.24, 201: 0.65, 421: 0.95, 821: 1.45, 1641: 3.0},
    "measures": {61: 0.034, 201: 0.1, 421: 0.3, 821: 1.0, 1641: 4.5},
    "checks": {61: 0.06, 201: 0.08, 421: 0.14, 821: 0.4, 1641: 1.3},
}
# Sizes that EMBEDDINGS states its seconds at: one run, and three together.
ONE, THREE = 821, 2463
POOLED = 5_000  # snapshots of several runs at most; more are thinned
OVERHEAD = 0.04  # s of a method, however small the cloud
STATED = 0.7  # of the seconds that are stated there, which are rounded up, are taken
# s a snapshot, and a pair of them, for each parameter beyond PARAMETERS: read, and multiplied
READ, MULTIPLIED = 1.5e-8, 1e-11
PARAMETERS = 8_970
# of the seconds of function space, the shares of null draws and of other starts
NULLS, STARTS = 0.3, 0.35
VOIDS = 10  # times as long is Rips persistence with voids


def of_analysis(
    snapshots: int, parameters: int, spec: AnalysisSpec, *, speed: float = 1.0
) -> JobForecast:
    """The analysis of one run: distances, function space, embedding, persistence, measures,
    checks.
    """
    more = max(0, parameters - PARAMETERS)
    seconds = {name: interpolated(table, snapshots) for name, table in SECONDS.items()}
    seconds["distances"] += more * (READ * snapshots + MULTIPLIED * snapshots**2)
    methods = [name for name in spec.methods if without_meaning(name, spec.distance) is None]
    seconds["embedding"] = embeddings(methods, spec, snapshots)
    seconds["persistence"] *= _draws(spec)
    seconds["function space"] *= _of_function_space(spec)
    steps = {
        "function space": (DIMS * len(FUNCTION_METHODS) + 2, "results"),
        "embedding": (DIMS * len(methods), "embeddings"),
        "persistence": (2 * len(FILTRATIONS) + 2, "diagrams"),
    }
    order = ("distances", "function space", "embedding", "persistence", "measures", "checks")
    return JobForecast(
        tuple(PhaseForecast(name, seconds[name] / speed, *steps.get(name, ())) for name in order)
    )


def of_joint(
    snapshots: int, methods: Sequence[str], spec: AnalysisSpec, *, speed: float = 1.0
) -> PhaseForecast:
    """The joint embedding of runs of `snapshots` in all, by `methods`."""
    drawn = [name for name in methods if without_meaning(name, function_space(spec)) is None]
    together = [name for name in drawn if without_common_place(name) is None]
    seconds = embeddings(together, spec, min(snapshots, POOLED))
    return PhaseForecast("joint embedding", seconds / speed, DIMS * len(drawn), "embeddings")


def embeddings(methods: Sequence[str], spec: AnalysisSpec, snapshots: int) -> float:
    """Seconds of `methods` on the reference machine, in two and three dimensions."""
    return sum(
        OVERHEAD + _embedding(name, snapshots) * (1 + spec.stability) / (1 + _STABILITY)
        for name in methods
    )


_STABILITY = AnalysisSpec().stability  # that EMBEDDINGS states its seconds for


def _embedding(method: str, snapshots: int) -> float:
    """Seconds at `snapshots`, on the power law through the two sizes that are stated."""
    alone, together = EMBEDDINGS[method].facts.get("seconds", (1.0, 8.0))
    power = math.log(together / alone) / math.log(THREE / ONE) if together else 2.0
    return float(STATED * alone * (snapshots / ONE) ** max(1.0, power))


def _draws(spec: AnalysisSpec) -> float:
    """Persistence at these settings, relative to the default ones: half of it are null draws."""
    usual = AnalysisSpec()
    draws = 0.5 * (spec.null_repeats / usual.null_repeats + spec.loss_repeats / usual.loss_repeats)
    return (0.5 + 0.5 * draws) * (VOIDS if spec.rips_dimension > 1 else 1)


def _of_function_space(spec: AnalysisSpec) -> float:
    """Function space at these settings, relative to the default ones."""
    usual = AnalysisSpec()
    more = NULLS * (spec.null_repeats / usual.null_repeats - 1)
    return 1 + more + STARTS * (spec.stability / usual.stability - 1)


def interpolated(table: Mapping[int, float], at: float) -> float:
    """The value at `at` between the points of a table {size: value}, on straight lines of its
    logarithms; beyond them the last line goes on.
    """
    sizes = sorted(table)
    place = next((i for i, size in enumerate(sizes[1:-1], start=1) if at <= size), len(sizes) - 1)
    low, high = sizes[place - 1], sizes[place]
    slope = math.log(table[high] / table[low]) / math.log(high / low)
    return float(table[low] * (max(at, 1) / low) ** slope)
