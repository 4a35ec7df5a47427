"""Folds in which the networks of one configuration stay together: a network is never predicted from
another seed of its own recipe.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from landscape_app.errors import AnalysisError

FOLDS = 10
REPEATS = 5
LEAST_OF_A_CLASS = 5  # networks
LEAST_CONFIGURATIONS = FOLDS


@dataclass(frozen=True, eq=False)
class LabelProblem:
    """What is predicted of n networks. labels (n,) int: classes from 0; groups (n,) int:
    configurations from 0; classes: the name of each class.
    """

    labels: np.ndarray
    groups: np.ndarray
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)


def check(problem: LabelProblem, there: np.ndarray) -> None:
    """Raise AnalysisError where the networks `there` (n,) bool have fewer than two classes, or
    fewer than LEAST_CONFIGURATIONS, or no class has a network for each fold, or a class has fewer
    than LEAST_OF_A_CLASS of them or only one configuration.
    """
    labels, groups = problem.labels[there], problem.groups[there]
    configurations = len(np.unique(groups))
    if configurations < LEAST_CONFIGURATIONS:
        raise AnalysisError(
            f"The experiment needs at least {LEAST_CONFIGURATIONS} configurations, because the"
            f" networks of one configuration stay in one of {FOLDS} folds; there are"
            f" {configurations}."
        )
    if len(problem.classes) < 2:
        raise AnalysisError(
            f"All networks are of one class ({', '.join(problem.classes)}), so there is nothing to"
            " predict."
        )
    largest = int(np.bincount(labels).max(initial=0))
    if largest < FOLDS:
        raise AnalysisError(
            f"The experiment needs a class of at least {FOLDS} networks, one for each fold; the"
            f" largest has {largest}."
        )
    for number, name in enumerate(problem.classes):
        members = labels == number
        if members.sum() < LEAST_OF_A_CLASS:
            raise AnalysisError(
                f"The experiment needs at least {LEAST_OF_A_CLASS} networks of each class; of class"
                f" '{name}' there are {members.sum()}."
            )
        if len(np.unique(groups[members])) < 2:
            raise AnalysisError(
                f"All networks of class '{name}' have one configuration. They would be in one fold,"
                " and no other network could tell of their class."
            )


def folds(problem: LabelProblem, repeat: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(train, test) positions of each of FOLDS folds; each network is in one test fold. Stratified
    by class as far as the configurations allow; `repeat` is the seed.
    """
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=repeat)
    empty = np.zeros((len(problem), 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class of fewer networks than folds
        return [
            (train, test)
            for train, test in splitter.split(empty, problem.labels, problem.groups)
            if len(test)
        ]
