"""What the classifiers are asked for: a column of a study's table as classes."""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.experiment.folds import LabelProblem
from landscape_app.analysis.statistics.coupled import configurations
from landscape_app.analysis.statistics.roles import Roles
from landscape_app.errors import AnalysisError, UnknownNameError
from landscape_app.records.study_table import StudyTable

CLASSES = 5  # of a label that is a number, of equal size, as in the paper
GAP = "gap"  # as a label: the column that is the study's gap


def label_column(table: StudyTable, label: str, roles: Roles) -> str:
    """The column that `label` means. Raises UnknownNameError, with the columns there are."""
    name = roles.gap if label == GAP else label
    if name not in table.columns:
        raise UnknownNameError("label", label, [GAP, *table.columns])
    return name


def problem(table: StudyTable, name: str, roles: Roles) -> LabelProblem:
    """The networks' classes and configurations: `name` as it is where it is a hyper-parameter, a
    column of words, or has at most CLASSES values; else in CLASSES classes of equal size.

    All networks of `table` need a value. Raises AnalysisError for a label that does not vary.
    """
    column = table.columns[name]
    values, numbers = np.unique(column, return_inverse=True)
    if len(values) < 2:
        raise AnalysisError(f"All networks have the same {table.label(name)}: {values[0]}.")
    recipe = {hyper: table.columns[hyper] for hyper in roles.hyper if hyper != "seed"}
    groups = configurations(recipe, len(table))
    if name in roles.hyper or not table.numeric(name) or len(values) <= CLASSES:
        return LabelProblem(numbers, groups, tuple(_word(value) for value in values))
    return LabelProblem(_quantiles(column), groups, _ranges(column, _quantiles(column)))


def _quantiles(column: np.ndarray) -> np.ndarray:
    """(n,) int from 0: the class of each value by its rank; equal values are in one class."""
    from scipy.stats import rankdata

    ranks = rankdata(column, method="average")
    classes = np.minimum(((ranks - 0.5) * CLASSES / len(column)).astype(np.int64), CLASSES - 1)
    return np.asarray(np.unique(classes, return_inverse=True)[1])


def _ranges(column: np.ndarray, classes: np.ndarray) -> tuple[str, ...]:
    return tuple(
        f"{column[classes == k].min():.4g} to {column[classes == k].max():.4g}"
        for k in range(int(classes.max()) + 1)
    )


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
