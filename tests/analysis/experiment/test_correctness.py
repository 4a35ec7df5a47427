"""Laws of the classifiers' record: what says the class is found, what says nothing is chance, and a
network without features is in no fold.
"""

from __future__ import annotations

import threading

import numpy as np
import pytest

from landscape_app.analysis.experiment import correctness as record
from landscape_app.analysis.experiment.classifiers import CLASSIFIERS
from landscape_app.analysis.experiment.folds import LabelProblem

pytestmark = pytest.mark.slow

CLASSES = 3
QUICK = ("RidgeClassifier", "GaussianNB", "KNeighbors", "DecisionTree")


@pytest.fixture(scope="module")
def problem() -> LabelProblem:
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(45), 2)
    return LabelProblem(rng.permutation(90) % CLASSES, groups, ("a", "b", "c"))


@pytest.fixture(scope="module")
def telling(problem: LabelProblem) -> np.ndarray:
    """(n, feature): the class in plain sight, among noise."""
    rng = np.random.default_rng(2)
    shown = 8.0 * (problem.labels[:, None] == np.arange(CLASSES))
    return np.hstack([shown, rng.normal(size=(len(problem), 3))])


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_classifier_finds_what_is_in_plain_sight(
    name: str, problem: LabelProblem, telling: np.ndarray
) -> None:
    right = record.correctness(telling, problem, classifiers=(name,), repeats=(0,))
    assert right.mean >= 0.97


@pytest.mark.parametrize(
    "classifiers",
    [
        QUICK[:2],
        pytest.param(tuple(CLASSIFIERS), marks=pytest.mark.exhaustive),
    ],
)
def test_scrambled_features_say_what_chance_says(
    classifiers: tuple[str, ...], problem: LabelProblem, telling: np.ndarray
) -> None:
    # the same features that are always found: nothing but their order is changed
    scrambled = record.of_scrambled(telling, problem, classifiers=classifiers)
    accuracies = scrambled.of_repeats
    error = accuracies.std(ddof=1) / np.sqrt(len(accuracies))
    assert abs(accuracies.mean() - record.guessing(problem)) <= 3 * error
    assert scrambled.values.shape == (len(classifiers), record.SCRAMBLINGS, len(problem))


def test_the_most_frequent_class_of_a_fold_is_no_fair_guess(problem: LabelProblem) -> None:
    # A class that is frequent in the train fold is rare in the test fold, so this falls short of
    # 1/3 where the folds cannot be balanced.
    frequent = record.chance(problem, range(record.SCRAMBLINGS))
    assert record.guessing(problem) == pytest.approx(1 / CLASSES)
    assert 0.15 < frequent.mean <= 1 / CLASSES


def test_scrambling_keeps_the_values_of_a_feature_and_parts_features(telling: np.ndarray) -> None:
    features = telling.copy()
    features[4] = np.nan
    mixed = record.scrambled(features, 3)
    rows = np.arange(len(features)) != 4
    assert np.isnan(mixed[4]).all()
    assert np.array_equal(np.sort(mixed[rows], axis=0), np.sort(features[rows], axis=0))
    places = [np.argsort(mixed[rows][:, k]) for k in (3, 4)]
    assert (places[0] != np.argsort(features[rows][:, 3])).any()
    assert (places[0] != places[1]).any()
    assert np.array_equal(mixed, record.scrambled(features, 3), equal_nan=True)
    assert not np.array_equal(mixed, record.scrambled(features, 4), equal_nan=True)


def test_threads_change_nothing(problem: LabelProblem, telling: np.ndarray) -> None:
    alone, together = (
        record.correctness(telling, problem, classifiers=QUICK, workers=workers).values
        for workers in (1, 4)
    )
    assert np.array_equal(alone, together)


def test_a_network_without_features_is_in_no_fold(
    problem: LabelProblem, telling: np.ndarray
) -> None:
    without = telling.copy()
    without[::7] = np.nan
    right = record.correctness(without, problem, classifiers=("GaussianNB",), repeats=(0, 1))
    assert not right.values[:, :, ::7].any()
    assert np.isnan(right.of_networks[::7]).all()
    assert not right.there[::7].any()
    assert right.mean >= 0.95  # of those that are there


def test_the_numbers_are_those_of_the_paper(problem: LabelProblem) -> None:
    rng = np.random.default_rng(0)
    right = record.Correctness(
        rng.random((11, 5, len(problem))) < 0.4, np.ones(len(problem), dtype=bool)
    )
    accuracies = [right.values[k].mean() for k in range(11)]
    assert right.mean == pytest.approx(np.mean(accuracies))
    assert right.error == pytest.approx(np.std(accuracies, ddof=1) / np.sqrt(11))
    assert right.of_networks.mean() == pytest.approx(right.mean)


def test_it_stops_where_it_is_told_to(problem: LabelProblem, telling: np.ndarray) -> None:
    ticks = []

    def tick() -> None:
        ticks.append(threading.get_ident())
        if len(ticks) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record.correctness(telling, problem, classifiers=QUICK, workers=2, tick=tick)
    assert len(ticks) == 3
    assert set(ticks) == {threading.get_ident()}


@pytest.mark.slow
def test_threads_do_not_share_the_random_numbers_of_liblinear() -> None:
    rng, n = np.random.default_rng(0), 100
    walks = np.cumsum(rng.normal(size=(n, 400)), axis=1)  # alike, so that no fit converges
    labels = np.digitize(walks[:, 5] + 2 * rng.normal(size=n), [-3, -1, 1, 3])
    problem = LabelProblem(labels, np.arange(n) // 2, tuple("abcde"))
    alone, together = (
        record.correctness(
            walks, problem, classifiers=("LinearSVC",), repeats=range(2), workers=workers
        ).values
        for workers in (1, 4)
    )
    assert np.array_equal(alone, together)
