"""The experiment of Table 1 on a study: what the samples of a network tell of a label, beside what
costs nothing and beside other samplings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from landscape_app.analysis.experiment import features, labels, table
from landscape_app.analysis.experiment.classifiers import CLASSIFIERS
from landscape_app.analysis.experiment.features import ANSWERS, KINDS, LOSSES
from landscape_app.analysis.experiment.folds import LabelProblem, check
from landscape_app.analysis.experiment.table import BASELINE, SAMPLING, SCRAMBLED, FeatureSet
from landscape_app.analysis.statistics.roles import Roles, roles
from landscape_app.analysis.statistics.twin import present
from landscape_app.errors import AnalysisError, LandscapeError
from landscape_app.memory import cores
from landscape_app.pipeline import experiment_samples
from landscape_app.pipeline.experiment_samples import EQUAL_COST, JUMPS, LABELS, READERS, Read
from landscape_app.pipeline.threads import one_thread
from landscape_app.records.experiment import Experiment
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import heard
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import StatisticsSpec
from landscape_app.store.run import RunFolder

WHAT = {LOSSES: "train losses and accuracies", ANSWERS: "answers on the probe"}
# baselines that are a column of the study's table
COLUMNS = {
    "weight_norm": "‖θ‖",
    "train_loss": "train loss",
    "expected_sharpness": "expected sharpness",
}
HYPER = "hyper_parameters"


@dataclass(frozen=True, eq=False)
class Asked:
    """A label of a study's networks: the networks that have one, and their problem."""

    networks: StudyTable
    problem: LabelProblem
    roles: Roles
    label: str
    column: str
    left_out: Mapping[str, str]


@heard
@one_thread()
def experiment(
    runs: Path,
    networks: StudyTable,
    label: str,
    progress: Progress,
    *,
    classifiers: Sequence[str] = tuple(CLASSIFIERS),
) -> Experiment:
    """Every set of features of the networks of a study's table against `label`: "gap" or a column.

    Raises UnknownNameError for another label, AnalysisError where it cannot be predicted (too few
    networks of a class, too few configurations). A set of features that is not there, or of too few
    networks, is named in `absent`, and the rest is done. About 50 fits of each classifier per set,
    and 200 for the scrambled one.
    """
    asked = _asked(networks, label)
    absent: dict[str, str] = {}
    progress.phase("features", len(asked.networks), "networks")
    sets = [*_of_samples(runs, asked, absent, progress), *_baselines(asked, absent)]
    progress.phase("classifiers", table.ticks(sets, classifiers), "fits of all folds")
    right = {}
    for each in sets:
        try:
            right[each.name] = table.judge(
                each,
                asked.problem,
                asked.networks.ids,
                classifiers=classifiers,
                workers=cores(),
                tick=progress.advance,
            )
        except AnalysisError as error:
            absent[each.name] = str(error)
    judged = [each for each in sets if each.name in right]
    return Experiment(
        label=label,
        column=asked.column,
        column_label=networks.label(asked.column),
        classes=dict(
            zip(asked.problem.classes, np.bincount(asked.problem.labels).tolist(), strict=True)
        ),
        networks=len(asked.problem),
        configurations=int(asked.problem.groups.max()) + 1,
        left_out=dict(asked.left_out),
        absent=absent,
        scores=[
            *table.chance_scores(asked.problem),
            *(table.score(each, right[each.name]) for each in judged),
        ],
        differences=table.differences(judged, right, asked.problem.groups),
    )


def _asked(networks: StudyTable, label: str) -> Asked:
    parts = roles(networks, StatisticsSpec())
    column = labels.label_column(networks, label, parts)
    there = present(networks.columns[column])
    why = f"its {networks.label(column)} has no value"
    left_out = {networks.ids[i]: why for i in np.flatnonzero(~there)}
    left_out |= dict(networks.missing)
    chosen = networks.select(there)
    problem = labels.problem(chosen, column, parts)
    check(problem, np.ones(len(problem), dtype=bool))
    return Asked(chosen, problem, parts, label, column, left_out)


def _of_samples(
    runs: Path, asked: Asked, absent: dict[str, str], progress: Progress
) -> Iterator[FeatureSet]:
    """A set for each sampling and kind of features; jump and retrain's also scrambled, and compared
    with every other set.
    """
    rows: dict[tuple[str, str], dict[str, np.ndarray]] = {}
    left_out: dict[tuple[str, str], dict[str, str]] = {}
    for id in asked.networks.ids:
        for sampling, read in READERS.items():
            _read_into(rows, left_out, sampling, read, runs, id)
        progress.advance()
    for what in KINDS:
        for sampling in READERS:
            mine = rows.get((sampling, what), {})
            cut = None
            if sampling == EQUAL_COST and len({len(row) for row in mine.values()}) > 1:
                # what jump and retrain costs depends on the rows: the same points of each network
                cut = features.least_points(mine, what)
                mine = features.shortened(mine, what, cut)
            try:
                made = features.table(mine, left_out.get((sampling, what), {}))
            except AnalysisError as error:
                absent[_name(sampling, what)] = str(error)
                continue
            yield _set(sampling, what, made, cut)
            if (sampling, what) == (JUMPS, LOSSES):
                label = f"{LABELS[JUMPS]}, scrambled"
                yield FeatureSet(SCRAMBLED, label, SCRAMBLED, made, WHAT[what])


def _set(
    sampling: str, what: str, made: features.FeatureTable, points: int | None = None
) -> FeatureSet:
    """points: those that every network has, where some have more."""
    others = [_name(other, what) for other in READERS if other != sampling]
    against = (*others, HYPER, *COLUMNS) if sampling == JUMPS else ()
    name = _name(sampling, what)
    least = "" if points is None else f" in the cheapest network ({points:,} points of each)"
    label = LABELS[sampling] + least
    return FeatureSet(name, label, SAMPLING, made, WHAT[what], against)


def _name(sampling: str, what: str) -> str:
    return sampling if what == LOSSES else f"{sampling}[{what}]"


def _read_into(
    rows: dict[tuple[str, str], dict[str, np.ndarray]],
    left_out: dict[tuple[str, str], dict[str, str]],
    sampling: str,
    read: Read,
    runs: Path,
    id: str,
) -> None:
    """Both kinds of features of one sampling of one run, or why there are none."""
    try:
        points = experiment_samples.points(read(RunFolder.open(runs, id)))
    except LandscapeError as error:
        for what in KINDS:
            left_out.setdefault((sampling, what), {})[id] = str(error)
        return
    for what, make in KINDS.items():
        try:
            rows.setdefault((sampling, what), {})[id] = make(points)
        except AnalysisError as error:
            left_out.setdefault((sampling, what), {})[id] = str(error)


def _baselines(asked: Asked, absent: dict[str, str]) -> Iterator[FeatureSet]:
    """What jump and retrain has to beat: the other hyper-parameters, and numbers that cost little
    or nothing.
    """
    hyper = [name for name in asked.roles.hyper if name not in ("seed", asked.column)]
    if hyper:
        values = np.hstack([_columns(asked.networks, name) for name in hyper])
        yield _baseline(HYPER, f"hyper-parameters: {', '.join(hyper)}", values, asked.networks.ids)
    else:
        absent[HYPER] = "no other hyper-parameter varies"
    for name, label in COLUMNS.items():
        if name == asked.column or not asked.networks.has_numbers(name):
            absent[name] = (
                "it is the label" if name == asked.column else "the study has no such column"
            )
            continue
        yield _baseline(name, label, asked.networks.numbers(name)[:, None], asked.networks.ids)


def _baseline(name: str, label: str, values: np.ndarray, ids: Sequence[str]) -> FeatureSet:
    rows = dict(zip(ids, np.asarray(values, dtype=np.float64), strict=True))
    return FeatureSet(name, label, BASELINE, features.table(rows, {}))


def _columns(networks: StudyTable, name: str) -> np.ndarray:
    """(n, values): a number as it is, words as a column for each."""
    if networks.numeric(name):
        return networks.numbers(name)[:, None]
    column = networks.columns[name]
    return np.asarray(column[:, None] == np.unique(column)[None, :], dtype=np.float64)
