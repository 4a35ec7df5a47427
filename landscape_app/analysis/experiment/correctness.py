"""Which networks the classifiers predict rightly: the one record from which every number of the
experiment follows.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from landscape_app.analysis.experiment.classifiers import CHANCE, CLASSIFIERS, pipeline
from landscape_app.analysis.experiment.folds import REPEATS, LabelProblem, folds
from landscape_app.seeds import numpy_stream

SCRAMBLINGS = 20
# liblinear has one source of random numbers for all threads: one fit at a time, or none repeats
OF_LIBLINEAR = ("LinearSVC",)
_liblinear = threading.Lock()


@dataclass(frozen=True, eq=False)
class Correctness:
    """values (classifiers, repeats, n) bool: whether each network was classed rightly when it was
    in the test fold; there (n,) bool: whether it has the features. Others are never right, and do
    not count. classifiers: their names.
    """

    values: np.ndarray
    there: np.ndarray
    classifiers: tuple[str, ...] = ()

    @property
    def of_networks(self) -> np.ndarray:
        """(n,) float64: the share of classifiers and repeats that were right; NaN where the network
        has no features.
        """
        shares = self.values.mean(axis=(0, 1), dtype=np.float64)
        return np.where(self.there, shares, np.nan)

    @property
    def of_classifiers(self) -> np.ndarray:
        """(classifiers,) float64: the accuracy of each, over networks and repeats."""
        return np.asarray(self.values[:, :, self.there].mean(axis=(1, 2), dtype=np.float64))

    @property
    def of_repeats(self) -> np.ndarray:
        """(repeats,) float64: the accuracy in each, over classifiers and networks."""
        return np.asarray(self.values[:, :, self.there].mean(axis=(0, 2), dtype=np.float64))

    @property
    def mean(self) -> float:
        """The accuracy, as the paper gives it: the mean over classifiers."""
        return float(self.of_classifiers.mean())

    @property
    def error(self) -> float:
        """The standard error over classifiers, as the paper gives it; 0 for one classifier."""
        accuracies = self.of_classifiers
        if len(accuracies) < 2:
            return 0.0
        return float(accuracies.std(ddof=1) / np.sqrt(len(accuracies)))


def nothing() -> None:
    """The tick of a caller that counts nothing."""


def predicted(name: str, features: np.ndarray, repeat: int, problem: LabelProblem) -> np.ndarray:
    """(n,) int: the class that classifier `name` gives each network of `features` (n, feature) when
    it has learned from the other folds; −1 for networks without features (rows of NaN), which are
    in no fold.
    """
    there = has_features(features)
    classes = np.full(len(problem), -1, dtype=np.int64)
    for train, test in folds(problem, repeat):
        train, test = train[there[train]], test[there[test]]
        if len(test):
            with _liblinear if name in OF_LIBLINEAR else nullcontext():
                classifier = pipeline(name).fit(features[train], problem.labels[train])
            classes[test] = classifier.predict(features[test])
    return classes


def has_features(features: np.ndarray) -> np.ndarray:
    """(n,) bool: which rows of `features` (n, feature) are numbers."""
    return np.asarray(np.isfinite(features).all(axis=1))


def correctness(
    features: np.ndarray,
    problem: LabelProblem,
    *,
    classifiers: Sequence[str] = tuple(CLASSIFIERS),
    repeats: Sequence[int] = range(REPEATS),
    workers: int = 1,
    tick: Callable[[], None] = nothing,
) -> Correctness:
    """`features` (n, feature) against the problem's labels: 10 fits per classifier and repeat, on
    `workers` threads. A network without features has a row of NaN. The folds are the same for all
    sets of features. tick: called after each classifier of each repeat; may raise.
    """
    parts = [(name, features, repeat) for name in classifiers for repeat in repeats]
    values = _right(parts, problem, workers, tick)
    shape = len(classifiers), len(repeats), len(problem)
    return Correctness(values.reshape(shape), has_features(features), tuple(classifiers))


def of_scrambled(
    features: np.ndarray,
    problem: LabelProblem,
    *,
    classifiers: Sequence[str] = tuple(CLASSIFIERS),
    scramblings: int = SCRAMBLINGS,
    workers: int = 1,
    tick: Callable[[], None] = nothing,
) -> Correctness:
    """(classifiers, scramblings, n): `features` scrambled so many times, each in the folds of a
    repeat of its own.
    """
    each = [scrambled(features, seed) for seed in range(scramblings)]
    parts = [(name, each[seed], seed) for name in classifiers for seed in range(scramblings)]
    values = _right(parts, problem, workers, tick)
    shape = len(classifiers), scramblings, len(problem)
    return Correctness(values.reshape(shape), has_features(features), tuple(classifiers))


def chance(problem: LabelProblem, repeats: Sequence[int] = range(REPEATS)) -> Correctness:
    """Of a classifier that always says the most frequent class of the train fold.

    What is frequent there is rare in the test fold, so this falls below `guessing` where the
    configurations keep the folds from being balanced.
    """
    constant = np.zeros((len(problem), 1))
    return correctness(constant, problem, classifiers=(CHANCE,), repeats=repeats)


def guessing(problem: LabelProblem) -> float:
    """The expected accuracy of guesses as frequent as the classes: Σ of their squared shares."""
    shares = np.bincount(problem.labels) / len(problem)
    return float((shares**2).sum())


def scrambled(features: np.ndarray, seed: int) -> np.ndarray:
    """`features` (n, feature) with the networks of each feature in an order of its own: a feature
    keeps its values, and nothing links them to a network. Rows of NaN stay.
    """
    rows = np.flatnonzero(has_features(features))
    places = np.tile(rows[:, None], features.shape[1])
    orders = numpy_stream(seed, "scrambled").permuted(places, axis=0)
    mixed = features.copy()
    mixed[rows] = np.take_along_axis(features, orders, axis=0)
    return mixed


def _right(
    parts: Sequence[tuple[str, np.ndarray, int]],
    problem: LabelProblem,
    workers: int,
    tick: Callable[[], None],
) -> np.ndarray:
    """(parts, n) bool: which networks are classed rightly in each part (classifier, features,
    repeat). Trees, machines and products of matrices leave Python while they work, so threads share
    the cores.
    """
    right = np.empty((len(parts), len(problem)), dtype=bool)
    with warnings.catch_warnings(), ThreadPoolExecutor(workers) as pool:
        warnings.simplefilter("ignore")  # untuned: that some do not converge is part of it
        waiting = {pool.submit(predicted, *part, problem): i for i, part in enumerate(parts)}
        try:
            for done in as_completed(waiting):
                right[waiting[done]] = done.result() == problem.labels
                tick()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return right
