"""A study in numbers: every measure against the gap, over all networks and within those that
interpolate, best first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from landscape_app.analysis.statistics import bootstrap
from landscape_app.analysis.statistics.roles import (
    A_SETTING,
    COUNTS_ROWS,
    LEAST,
    OF_TRAINING,
    WORDS,
    Roles,
    roles,
    with_finite_gap,
)
from landscape_app.analysis.statistics.statistic import STATISTICS
from landscape_app.analysis.statistics.stratum import StratumStatistics
from landscape_app.errors import AnalysisError
from landscape_app.records.study_report import (
    OUTSIDE,
    TAU,
    SamplingComparison,
    Stratum,
    StudyReport,
)
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import StatisticsSpec

# The same summary of two samplings: of jump and retrain's snapshots, and of a random plane's points
# (the paper's comparison).
JUMPS, LINEAR = "sublevel[", "random["
# reasons to be left out that need no words: these columns have a part of their own
PARTS = (A_SETTING, OF_TRAINING)
UNFIT = (WORDS, COUNTS_ROWS)  # … and those that --keep does not change
KEEP = " --keep NAME ranks one all the same."


def report(table: StudyTable, spec: StatisticsSpec) -> StudyReport:
    """Every measure against the gap, in all networks and in those that interpolate.

    Raises AnalysisError, DataError, UnknownNameError if nothing can be said at all; a stratum of
    which nothing can be said has a problem instead. O(resamples · n²) per measure.
    """
    columns = roles(table, spec)
    networks, excluded = _with_a_gap(table, columns.gap)
    return StudyReport(
        gap=columns.gap,
        gap_label=table.label(columns.gap),
        labels={name: table.label(name) for name in table.columns},
        controls=list(columns.controls),
        hyper=list(columns.hyper),
        level=spec.level,
        resamples=spec.resamples,
        networks=len(networks),
        excluded=dict.fromkeys(excluded, f"its {columns.gap} is not finite"),
        left_out=columns.left_out,
        notes=_notes(columns, spec),
        strata=[_all(networks, columns, spec), _interpolating(networks, columns, spec)],
        legend={name: vars(statistic) for name, statistic in STATISTICS.items()},
    )


def _all(table: StudyTable, columns: Roles, spec: StatisticsSpec) -> Stratum:
    stratum = _stratum("all", "all networks", table, columns, spec)
    if not stratum.measures:
        raise AnalysisError(
            f"No measure can be judged: {_why(stratum.left_out) or 'the table has none'}."
        )
    return stratum


def _with_a_gap(table: StudyTable, gap: str) -> tuple[StudyTable, list[str]]:
    """As `with_finite_gap`; the error also names the networks without a gap."""
    try:
        return with_finite_gap(table, gap)
    except AnalysisError as error:
        without = [
            table.place(int(row)) for row in np.flatnonzero(~np.isfinite(table.numbers(gap)))
        ]
        raise AnalysisError(
            f"{error} Without one: {named(without)}." if without else str(error)
        ) from error


def _interpolating(table: StudyTable, columns: Roles, spec: StatisticsSpec) -> Stratum:
    name, label = "interpolating", f"networks of train accuracy above {spec.interpolating:g}"
    if columns.interpolates is None:
        return _empty(
            name,
            label,
            0,
            "The table has no column train_accuracy, so it is not known which networks"
            " interpolate.",
        )
    accuracies = table.numbers(columns.interpolates)
    inside = table.select(accuracies > spec.interpolating)
    problem = _no_such_networks(accuracies, len(inside), columns.interpolates, spec.interpolating)
    if problem:
        return _empty(name, label, len(inside), problem)
    try:
        inside = with_finite_gap(inside, columns.gap)[0]
    except AnalysisError as error:
        return _empty(name, label, len(inside), str(error))
    return _stratum(name, label, inside, columns, spec)


def _no_such_networks(accuracies: np.ndarray, inside: int, column: str, limit: float) -> str:
    """Why nothing can be said of the networks that interpolate, "" where it can."""
    known = accuracies[np.isfinite(accuracies)]
    highest = float(known.max()) if len(known) else None
    if highest is not None and highest > 1:
        return (
            f"The column {column} goes up to {highest:.4g}, so it holds no shares from 0 to 1, and"
            " it is not known which networks interpolate. Divide percentages by 100, or write them"
            " with %."
        )
    if inside >= LEAST:
        return ""
    there = f"there {'is one' if inside == 1 else f'are {inside}' if inside else 'are none'}"
    most = (
        f", and the highest is {highest:.4g}"
        if highest is not None
        else f", as {column} has no value"
    )
    return (
        f"Of networks with a train accuracy above {limit:g} at least {LEAST} are needed;"
        f" {there}{most}. --interpolating sets the limit."
    )


def _stratum(
    name: str, label: str, table: StudyTable, columns: Roles, spec: StatisticsSpec
) -> Stratum:
    judged = StratumStatistics(table, columns, spec)
    seeds = len(table) / judged.configurations
    return Stratum(
        name=name,
        label=label,
        networks=len(table),
        problem="",
        configurations=judged.configurations,
        too_few=bootstrap.too_few(len(table), judged.configurations),
        expected_width=bootstrap.expected_width(judged.configurations, seeds),
        left_out=judged.left_out,
        baseline=judged.baseline,
        linear=judged.linear,
        measures=judged.measures,
        samplings=_samplings(judged),
        samplings_note=_without_bars(judged),
        decides=OUTSIDE if judged.outside.decides else TAU,
        outside_note=judged.outside.note,
    )


def _empty(name: str, label: str, networks: int, problem: str) -> Stratum:
    """A set of networks of which nothing can be said."""
    return Stratum(
        name=name,
        label=label,
        networks=networks,
        problem=problem,
        configurations=0,
        too_few="",
        left_out={},
        baseline=None,
        linear=None,
        measures=[],
        samplings=[],
    )


def _samplings(stratum: StratumStatistics) -> list[SamplingComparison]:
    """Where a summary is known of both samplings: which of the two follows the gap more closely, on
    the same networks.
    """
    judged = {measure.name for measure in stratum.measures}
    pairs = [
        (name, linear)
        for name in sorted(judged)
        if name.startswith(JUMPS) and (linear := name.replace(JUMPS, LINEAR, 1)) in judged
    ]
    comparisons = []
    for name, linear in pairs:
        both = stratum.finite(name)[0] & stratum.finite(linear)[0]
        comparison = SamplingComparison(
            name=name,
            linear=linear,
            networks=int(np.sum(both)),
            tau=float(stratum.taus(name, both)[0]),
            linear_tau=float(stratum.taus(linear, both)[0]),
            **stratum.difference(name, linear),
        )
        comparisons.append(comparison)
    return comparisons


def _without_bars(stratum: StratumStatistics) -> str:
    """Why the two samplings have no summary in common, where the planes' never vary: one basin
    around the anchor has no bars.
    """
    planes = [name for name in stratum.roles.measures if name.startswith(LINEAR)]
    flat = [name for name in planes if name in stratum.left_out]
    if not planes or len(flat) < len(planes):
        return ""
    return (
        f"The random planes have the same persistence in all {len(stratum.table)} networks, so"
        " their summaries cannot be compared with those of the jump-and-retrain snapshots. Only"
        " the mean rise compares the two samplings."
    )


def _notes(columns: Roles, spec: StatisticsSpec) -> list[str]:
    """What a reader may take for granted that is not so."""
    notes = []
    if not columns.hyper:
        notes.append(
            "No hyper-parameter varies by name, so every network counts as a configuration of its"
            " own, and none is coupled with another."
        )
    if not columns.controls:
        notes.append(
            "There are no controls, so no partial τ."
            if spec.controls is not None
            else "None of the usual controls is a column."
        )
    notes += [
        f"{name} is judged as was asked for, but {why}." for name, why in columns.leaks.items()
    ]
    return notes


def not_ranked(left_out: Mapping[str, str]) -> list[str]:
    """What is said of the columns that are not taken for measures, by reason: all but those that
    have a part of their own.
    """
    by_reason: dict[str, list[str]] = {}
    for name, why in left_out.items():
        if why not in PARTS:
            by_reason.setdefault(why, []).append(name)
    return [
        f"Not ranked: {', '.join(names)}: {why}.{'' if why in UNFIT else KEEP}"
        for why, names in by_reason.items()
    ]


def _why(left_out: dict[str, str]) -> str:
    return "; ".join(f"{name}: {why}" for name, why in list(left_out.items())[:4])


def named(places: Sequence[str], most: int = 4) -> str:
    """The first of them, and how many more there are."""
    return "; ".join(places[:most]) + (
        f" and {len(places) - most} more" if len(places) > most else ""
    )
