"""The table of the experiment: every set of features against one label, and the differences between
sets on the same networks in the same folds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landscape_app.analysis.experiment import comparison
from landscape_app.analysis.experiment.classifiers import CHANCE, CLASSIFIERS
from landscape_app.analysis.experiment.comparison import AccuracyDifference
from landscape_app.analysis.experiment.correctness import (
    SCRAMBLINGS,
    Correctness,
    chance,
    correctness,
    guessing,
    has_features,
    nothing,
    of_scrambled,
)
from landscape_app.analysis.experiment.features import FeatureTable
from landscape_app.analysis.experiment.folds import REPEATS, LabelProblem, check
from landscape_app.records.experiment import FeatureDifference, FeatureScore

ALIKE = 0.9  # share of networks that two sets must have in common to be compared
SAMPLING, BASELINE, SCRAMBLED, NONE = "sampling", "baseline", "scrambled", "chance"


@dataclass(frozen=True, eq=False)
class FeatureSet:
    """A set of features: `name` in the table, `label` in words, `kind` and `what` as in
    FeatureScore. against: names of the sets that it is compared with.
    """

    name: str
    label: str
    kind: str
    table: FeatureTable
    what: str = ""
    against: tuple[str, ...] = ()


def ticks(features: Iterable[FeatureSet], classifiers: Sequence[str]) -> int:
    """How often `judge` calls its tick for all sets of `features`."""
    repeats = sum(SCRAMBLINGS if each.kind == SCRAMBLED else REPEATS for each in features)
    return repeats * len(classifiers)


def judge(
    features: FeatureSet,
    problem: LabelProblem,
    ids: Sequence[str],
    *,
    classifiers: Sequence[str] = tuple(CLASSIFIERS),
    workers: int = 1,
    tick: Callable[[], None] = nothing,
) -> Correctness:
    """What the classifiers get right on the networks of `problem`, called `ids`, that have these
    features. Raises AnalysisError where they are too few.
    """
    values = features.table.of(ids)
    check(problem, has_features(values))
    work = of_scrambled if features.kind == SCRAMBLED else correctness
    return work(values, problem, classifiers=classifiers, workers=workers, tick=tick)


def score(features: FeatureSet, right: Correctness) -> FeatureScore:
    """The line of one set of features."""
    scrambled = features.kind == SCRAMBLED
    return FeatureScore(
        name=features.name,
        label=features.label,
        kind=features.kind,
        what=features.what,
        features=features.table.values.shape[1],
        networks=int(right.there.sum()),
        mean=right.mean,
        error=right.error,
        own_error=_error(right.of_repeats) if scrambled else None,
        accuracies=dict(zip(right.classifiers, right.of_classifiers.tolist(), strict=True)),
        dropped=features.table.dropped,
        left_out=dict(features.table.left_out),
    )


def chance_scores(problem: LabelProblem) -> list[FeatureScore]:
    """Two lines without features: guesses as frequent as the classes, and always the most frequent
    class of the train fold, in the folds of all repeats.
    """
    frequent = chance(problem)
    guessed = _chance("guessing", "guesses as frequent as the classes", problem)
    line = _chance("most_frequent", "always the most frequent class", problem)
    update = {"mean": frequent.mean, "accuracies": {CHANCE: frequent.mean}}
    return [guessed, line.model_copy(update=update)]


def _chance(name: str, label: str, problem: LabelProblem) -> FeatureScore:
    return FeatureScore(
        name=name,
        label=label,
        kind=NONE,
        what="",
        features=0,
        networks=len(problem),
        mean=guessing(problem),
        error=0.0,
        accuracies={},
    )


def _error(accuracies: np.ndarray) -> float:
    """The standard error of the mean of `accuracies` (m,)."""
    return float(accuracies.std(ddof=1) / np.sqrt(len(accuracies)))


def differences(
    features: Sequence[FeatureSet], right: Mapping[str, Correctness], groups: np.ndarray
) -> list[FeatureDifference]:
    """Each set less those that it is compared with, as far as both have nearly the same networks,
    of two configurations or more; `groups` (n,): the configuration of each network.

    A classifier that learned from other networks is another one: with a share of them in common
    below ALIKE nothing follows from the difference.
    """

    def comparable(name: str, other: str) -> bool:
        one, two = right[name].there, right[other].there
        alike = np.count_nonzero(one & two) >= ALIKE * np.count_nonzero(one | two)
        return bool(alike) and len(np.unique(groups[one & two])) > 1

    pairs = [
        (each.name, other)
        for each in features
        for other in each.against
        if each.name in right and other in right and comparable(each.name, other)
    ]
    judged = [_difference(right[name], right[other], groups) for name, other in pairs]
    adjusted = comparison.holm([difference.p for difference, _ in judged])
    return [
        FeatureDifference(name=name, other=other, networks=networks, holm=p, **vars(difference))
        for (name, other), (difference, networks), p in zip(pairs, judged, adjusted, strict=True)
    ]


def _difference(
    one: Correctness, other: Correctness, groups: np.ndarray
) -> tuple[AccuracyDifference, int]:
    """(the difference, networks) over the networks that have both sets of features."""
    both = one.there & other.there
    numbered = np.unique(groups[both], return_inverse=True)[1]
    difference = comparison.difference(one.of_networks[both], other.of_networks[both], numbered)
    return difference, int(both.sum())
