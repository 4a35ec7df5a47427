"""Which column of a table is what: the gap, the measures, the hyper-parameters, the controls. What
is left out is named, with why.
"""

from __future__ import annotations

import itertools
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal

import numpy as np

from landscape_app.analysis.statistics.held_out import uses_held_out_labels, words
from landscape_app.errors import AnalysisError, DataError
from landscape_app.records.cells import missing
from landscape_app.records.study_report import outside_of
from landscape_app.records.study_table import StudyTable
from landscape_app.settings import RunSpec, StatisticsSpec

GAPS = ("gap_accuracy", "gap_loss")  # in any spelling, as all names below but the controls'
CONTROLS = ("weight_norm", "train_rate", "train_batch")
# what costs nothing: every other measure has to beat it
BASELINES = ("weight_norm", "distance_from_init")
LINEAR = ("line.rise", "random.rise")  # of linear samples: what jump and retrain has to beat
SEED = "seed"
TRAIN_ACCURACIES = ("train_accuracy", "train_acc", "training_accuracy", "training_acc")
# names of columns that may only number the rows
INDEX = ("index", "row", "number", "nr", "no", "unnamed 0", "#")
# Columns that name a run or say where and when it ran: the whole name, or what stands before id,
# number, ….
RUNS = (
    *("run", "trial", "job", "experiment", "exp", "model", "net", "network", "task", "sweep"),
    *("process", "gpu", "device", "worker", "fold", "wandb", "slurm", "config"),
)
NAMES = (
    "id",
    "uid",
    "uuid",
    "guid",
    "timestamp",
    "date",
    "datetime",
    "run",
    "trial",
    "job",
    "gpu",
    "fold",
)
NUMBERED = ("id", "uid", "uuid", "number", "nr", "no", "index", "idx", "name")
LEAST = 3  # networks
# Why a column is no measure.
A_SETTING, OF_TRAINING, WORDS, COUNTS_ROWS = (
    "a setting",
    "it says which networks interpolate",
    "words",
    "it numbers the rows",
)
NAMES_RUNS = "it names a run, or says where or when it ran"


@dataclass(frozen=True)
class Roles:
    """Names of columns. interpolates: the train accuracy's, None where there is none. left_out:
    {column: why it is no measure}. leaks: {measure: why its name says that it uses held-out
    labels}: those that were asked for all the same.
    """

    gap: str
    measures: tuple[str, ...]
    hyper: tuple[str, ...]
    controls: tuple[str, ...]
    interpolates: str | None
    left_out: dict[str, str]
    leaks: dict[str, str]


def roles(table: StudyTable, spec: StatisticsSpec) -> Roles:
    """The columns as `spec` says, or by their names. Raises UnknownNameError, DataError for words
    where numbers are needed, AnalysisError if there is nothing to predict or to predict it with.
    """
    gap = spec.gap or next(
        (name for name in _spelt(table, GAPS) if np.isfinite(table.numbers(name)).any()), None
    )
    if gap is None:
        raise AnalysisError(
            f"The table has no column {' or '.join(GAPS)}. Say which one is the gap:"
            f" {', '.join(table.columns)}."
        )
    _ = table.numbers(gap)
    hyper = _known(table, spec.hyper) if spec.hyper is not None else _settings(table)
    usual = [name for name in CONTROLS if name in table.columns]
    controls = _known(table, spec.controls) if spec.controls is not None else usual
    measures, left_out = _measures(table, gap, hyper, spec)
    leaks = {name: why for name in measures if (why := uses_held_out_labels(name, table.columns))}
    return Roles(
        gap,
        tuple(measures),
        tuple(_varying(table, hyper)),
        tuple(controls),
        _interpolates(table),
        left_out,
        leaks,
    )


def _measures(
    table: StudyTable, gap: str, hyper: Sequence[str], spec: StatisticsSpec
) -> tuple[list[str], dict[str, str]]:
    """(the measures, {column: why it is no measure}). Raises AnalysisError where the gap is among
    those asked for.
    """
    keep = _known(table, spec.keep)
    left_out = {} if spec.measures is not None else _left_out(table, gap, hyper, keep)
    others = [name for name in table.columns if name not in left_out]
    measures = list(dict.fromkeys([*(others if spec.measures is None else spec.measures), *keep]))
    left_out.pop(gap, None)
    left_out.pop(outside_of(gap), None)
    for name in measures:
        _ = table.numbers(name)
        if name == gap:
            raise AnalysisError(f"'{name}' is the gap itself, so it cannot be among the measures.")
    return measures, left_out


def with_finite_gap(table: StudyTable, gap: str) -> tuple[StudyTable, list[str]]:
    """(the networks with a finite gap, the ids of the others). Raises AnalysisError for fewer than
    LEAST, or a gap that never varies.
    """
    finite = np.isfinite(table.numbers(gap))
    networks = table.select(finite)
    if len(networks) < LEAST:
        raise AnalysisError(
            f"Statistics over a study need at least {LEAST} networks with a finite {gap}; there"
            f" {_are(len(networks))}."
        )
    if np.ptp(networks.numbers(gap)) == 0:
        raise AnalysisError(
            f"The {gap} is {networks.numbers(gap)[0]:.4g} in all {len(networks)} networks, so no"
            " measure can predict it."
        )
    return networks, [id for id, known in zip(table.ids, finite, strict=True) if not known]


def _are(count: int) -> str:
    return f"is {count}" if count == 1 else f"are {count or 'none'}"


def _interpolates(table: StudyTable) -> str | None:
    """The column with the train accuracy, in any spelling; None where there is none of numbers."""
    return next((name for name in _spelt(table, TRAIN_ACCURACIES) if table.numeric(name)), None)


def _spelt(table: StudyTable, names: Sequence[str]) -> list[str]:
    """The columns that are called as one of `names` in any spelling: by the order of `names`, and
    letter by letter first.
    """
    columns = [
        [known] * (known in table.columns) + [name for name in table.columns if _is(name, known)]
        for known in names
    ]
    return list(dict.fromkeys(itertools.chain.from_iterable(columns)))


def _settings(table: StudyTable) -> list[str]:
    """Columns that are called as a setting of a run and can hold its values: a loss of numbers is a
    score, not the loss trained with.
    """
    named = [name for name in RunSpec.model_fields if name != SEED and name in table.columns]
    return [
        name
        for name in named
        if not (table.numeric(name) and _of_words(RunSpec.model_fields[name].annotation))
    ]


def _of_words(annotation: Any) -> bool:
    """Whether all values of a setting of this type are words."""
    if annotation in (str, NoneType) or typing.get_origin(annotation) is Literal:
        return True
    # without validators
    inner = [
        part
        for part in typing.get_args(annotation)
        if isinstance(part, type) or typing.get_args(part)
    ]
    return bool(inner) and all(_of_words(part) for part in inner)


def _is(name: str, known: str) -> bool:
    return "".join(words(name)) == "".join(words(known))


def _names_runs(name: str) -> bool:
    """Whether the column is called like the name or number of a run, or like another seed of it."""
    called = "".join(words(name))
    ends = ("".join(words(name)[-2:]), called)  # slurm_job_id, runid
    numbered = any(run + number in ends for run in RUNS for number in NUMBERED)
    return called in NAMES or numbered or words(name)[-1:] == [SEED] or called == "randomseed"


def _left_out(
    table: StudyTable, gap: str, hyper: Sequence[str], keep: Sequence[str]
) -> dict[str, str]:
    """{column: why it is not taken for a measure}, the gap among them; those of `keep` are taken.
    Raises DataError for a word among numbers.
    """
    why = {gap: "it is the gap"}
    for name in (name for name in table.columns if name != gap and name not in keep):
        if reason := _why_not(table, name, hyper):
            why[name] = reason
    return why


def _why_not(table: StudyTable, name: str, hyper: Sequence[str]) -> str:
    if name in hyper or _is(name, SEED):
        return A_SETTING
    if any(_is(name, known) for known in TRAIN_ACCURACIES):
        return OF_TRAINING
    if _names_runs(name):
        return NAMES_RUNS
    if leak := uses_held_out_labels(name, table.columns):
        return leak
    if not table.numeric(name):
        return _words(table, name)
    return COUNTS_ROWS if _numbers_the_rows(table, name) else ""


def _words(table: StudyTable, name: str) -> str:
    """Why a column with words is no measure. Raises DataError where most of its cells are numbers:
    a measure would be lost by one word.
    """
    words = table.words(name)
    filled = sum(not missing(cell) for cell in table.columns[name].tolist())
    if 2 * len(words) >= filled:
        return WORDS
    row, cell = words[0]
    raise DataError(
        f"Column '{name}' has numbers in {filled - len(words)} rows, but {table.place(row)} it says"
        f" '{cell}'. Write NA there if the value is missing. If the column holds names, say so by"
        f" --hyper {name}, or name the columns to be judged by --measures."
    )


def _numbers_the_rows(table: StudyTable, name: str) -> bool:
    """Whether the column is called like an index and counts the rows from 0 or 1."""
    called = " ".join(words(name)) or name
    column = table.numbers(name)
    return (
        called in INDEX
        and len(column) > 1
        and column[0] in (0, 1)
        and bool((np.diff(column) == 1).all())
    )


def _known(table: StudyTable, names: Sequence[str]) -> list[str]:
    for name in names:
        table.numeric(name)
    return list(dict.fromkeys(names))


def _varying(table: StudyTable, names: Sequence[str]) -> list[str]:
    return [name for name in names if len(np.unique(table.columns[name])) > 1]
