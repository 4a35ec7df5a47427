"""Which column of a table is what: the gap, the measures, the hyper-parameters, the controls. What is left out is named, with why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landscape_app.analysis.statistics.table import Table
from landscape_app.errors import AnalysisError
from landscape_app.settings import RunSpec
from landscape_app.study_settings import StatisticsSpec

GAPS = ("gap_accuracy", "gap_loss")
CONTROLS = ("weight_norm", "train_rate", "train_batch")
BASELINES = ("weight_norm", "distance_from_init")  # what costs nothing: every other measure has to beat it
LINEAR = ("line.rise", "random.rise")  # of linear samples: what jump and retrain has to beat
SEED, TRAIN_ACCURACY = "seed", "train_accuracy"
LEAKS = re.compile(r"(^|[^a-z])(test|gap|val|valid|validation|generali[sz]ation)([^a-z]|$)")
LEAST = 3  # networks


@dataclass(frozen=True)
class Roles:
    """Names of columns. interpolates: the train accuracy's, None where there is none. left_out: {column: why it is no measure}."""

    gap: str
    measures: tuple[str, ...]
    hyper: tuple[str, ...]
    controls: tuple[str, ...]
    interpolates: str | None
    left_out: dict[str, str]


def roles(table: Table, spec: StatisticsSpec) -> Roles:
    """The columns as `spec` says, or by their names. Raises UnknownNameError, DataError for words where numbers are needed,
    AnalysisError if there is nothing to predict or to predict it with.
    """
    gap = spec.gap or next((name for name in GAPS if name in table.columns and np.isfinite(table.numbers(name)).any()), None)
    if gap is None:
        raise AnalysisError(f"The table has no column {' or '.join(GAPS)}. Say which one is the gap: {', '.join(table.columns)}.")
    _ = table.numbers(gap)
    settings = [name for name in RunSpec.model_fields if name != SEED and name in table.columns]
    hyper = _known(table, spec.hyper) if spec.hyper is not None else settings
    controls = _known(table, spec.controls) if spec.controls is not None else [name for name in CONTROLS if name in table.columns]
    left_out = {} if spec.measures is not None else _left_out(table, gap, hyper)
    measures = list(spec.measures) if spec.measures is not None else [name for name in table.columns if name not in left_out]
    if spec.measures is None:
        del left_out[gap]
    for name in measures:
        _ = table.numbers(name)
        if name == gap:
            raise AnalysisError(f"'{name}' is the gap itself, so it cannot be among the measures.")
    accuracy = TRAIN_ACCURACY if TRAIN_ACCURACY in table.columns and table.numeric(TRAIN_ACCURACY) else None
    return Roles(gap, tuple(measures), tuple(_varying(table, hyper)), tuple(controls), accuracy, left_out)


def kept(table: Table, gap: str) -> tuple[Table, list[str]]:
    """(the networks with a finite gap, the ids of the others). Raises AnalysisError for fewer than LEAST, or a gap that never varies."""
    finite = np.isfinite(table.numbers(gap))
    found = table.select(finite)
    if len(found) < LEAST:
        raise AnalysisError(
            f"Statistics over a study need at least {LEAST} networks with a finite {gap}; there {_are(len(found))}. Add regimes, knobs or seeds."
        )
    if np.ptp(found.numbers(gap)) == 0:
        raise AnalysisError(f"The {gap} is {found.numbers(gap)[0]:.4g} in all {len(found)} networks: nothing can be said to predict it.")
    return found, [id for id, one in zip(table.ids, finite, strict=True) if not one]


def _are(count: int) -> str:
    return f"is {count}" if count == 1 else f"are {count or 'none'}"


def _left_out(table: Table, gap: str, hyper: Sequence[str]) -> dict[str, str]:
    """{column: why it is not taken for a measure}, the gap among them."""
    why = {}
    for name in table.columns:
        if name == gap:
            why[name] = "it is the gap"
        elif name in (*hyper, SEED):
            why[name] = "a setting"
        elif name == TRAIN_ACCURACY:
            why[name] = "it says which networks interpolate"
        elif not table.numeric(name):
            why[name] = "words"
        elif LEAKS.search(name.lower()):
            why[name] = "it uses the test labels, so it leaks what it predicts"
    return why


def _known(table: Table, names: Sequence[str]) -> list[str]:
    for name in names:
        table.numeric(name)
    return list(dict.fromkeys(names))


def _varying(table: Table, names: Sequence[str]) -> list[str]:
    return [name for name in names if len(np.unique(table.columns[name])) > 1]
