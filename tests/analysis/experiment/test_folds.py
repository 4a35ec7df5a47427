"""Laws of the folds: a configuration is in one fold, a network is tested once, and what is too
small is refused by name.
"""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.analysis.experiment.folds import FOLDS, LabelProblem, check, folds
from landscape_app.errors import AnalysisError


def problem(configurations: int = 40, seeds: int = 3, classes: int = 4) -> LabelProblem:
    groups = np.repeat(np.arange(configurations), seeds)
    labels = np.random.default_rng(0).permutation(len(groups)) % classes
    return LabelProblem(labels, groups, tuple(f"class {k}" for k in range(classes)))


@pytest.mark.parametrize("repeat", range(5))
def test_every_network_is_tested_once_and_never_with_another_of_its_configuration(
    repeat: int,
) -> None:
    asked = problem()
    tested = np.concatenate([test for _, test in folds(asked, repeat)])
    assert sorted(tested) == list(range(len(asked)))
    assert len(folds(asked, repeat)) == FOLDS
    for train, test in folds(asked, repeat):
        assert not set(asked.groups[train]) & set(asked.groups[test])
        assert len(train) + len(test) == len(asked)


def test_a_repeat_has_its_own_folds_and_always_the_same() -> None:
    asked = problem()
    assert all(
        (one[1] == other[1]).all()
        for one, other in zip(folds(asked, 0), folds(asked, 0), strict=True)
    )
    assert any(
        len(one[1]) != len(other[1]) or (one[1] != other[1]).any()
        for one, other in zip(folds(asked, 0), folds(asked, 1), strict=True)
    )


def test_what_is_too_small_is_named() -> None:
    everyone = np.ones(120, dtype=bool)
    check(problem(), everyone)
    with pytest.raises(AnalysisError, match=r"at least 10 configurations.* there are 9"):
        check(problem(configurations=9), everyone[:27])
    few = problem()
    few.labels[:] = 0
    few.labels[[0, 4, 8, 12]] = 1
    with pytest.raises(AnalysisError, match="of class 'class 1' there are 4"):
        check(few, everyone)
    together = problem(configurations=12, seeds=6)
    together.labels[:] = 0
    together.labels[:6] = 1
    both = LabelProblem(together.labels, together.groups, ("a", "b"))
    with pytest.raises(AnalysisError, match="'b' have one configuration"):
        check(both, everyone[:72])
    # scikit-learn has no folds where every class has fewer networks than folds
    thin = problem(configurations=12, seeds=2, classes=3)
    with pytest.raises(AnalysisError, match=r"at least 10 networks.* the largest has 8"):
        check(thin, everyone[:24])
    with pytest.raises(AnalysisError, match="nothing to predict"):
        check(problem(classes=1), everyone)


def test_only_the_networks_that_are_there_count() -> None:
    asked = problem(configurations=12)
    there = asked.groups < 9
    with pytest.raises(AnalysisError, match="there are 9"):
        check(asked, there)
