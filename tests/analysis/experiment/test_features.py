"""Laws of what the classifiers see and of what they are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from landscape_app.analysis.experiment import features, labels
from landscape_app.analysis.statistics.roles import roles
from landscape_app.errors import AnalysisError, UnknownNameError
from landscape_app.records.study_table import StudyTable, column
from landscape_app.settings import StatisticsSpec


def points(m: int = 4, examples: int = 5, classes: int = 3) -> features.SampledPoints:
    rng = np.random.default_rng(0)
    probe = rng.dirichlet(np.ones(classes), size=(m + 1, examples))
    return features.SampledPoints(rng.random(m), rng.random(m), probe[1:], probe[0])


def study(n: int = 40) -> StudyTable:
    rng = np.random.default_rng(0)
    recipe = np.arange(n) // 2
    columns = {
        "regime": column([f"regime {k % 4}" for k in recipe]),
        "train_rate": column([0.1 * (k % 5) for k in recipe]),
        "seed": column([float(i % 2) for i in range(n)]),
        "gap_accuracy": column(rng.random(n).tolist()),
        "test_loss": column(rng.random(n).tolist()),
        "weight_norm": column(rng.random(n).tolist()),
    }
    return StudyTable(tuple(f"run-{i}" for i in range(n)), columns)


def test_answers_are_what_their_words_say() -> None:
    sampled = points()
    m = len(sampled.train_loss)
    values = features.answers(sampled)
    for i in range(m):
        classes = [row.argmax() for row in sampled.probe[i]]
        unlike = np.mean(
            [c != row.argmax() for c, row in zip(classes, sampled.anchor, strict=True)]
        )
        apart = [
            np.sum((a - b) ** 2) for a, b in zip(sampled.probe[i], sampled.anchor, strict=True)
        ]
        assert values[i] == pytest.approx(unlike)
        assert values[m + i] == pytest.approx(np.sqrt(np.mean(apart)))
        assert values[2 * m + i] == pytest.approx(np.mean([row.max() for row in sampled.probe[i]]))
    losses = features.losses(sampled)
    assert np.array_equal(losses, [*sampled.train_loss, *sampled.train_accuracy])


def test_a_network_without_outputs_has_no_answers() -> None:
    with pytest.raises(AnalysisError, match="no softmax outputs"):
        features.answers(features.SampledPoints(np.zeros(2), np.zeros(2)))


def test_what_cannot_be_a_row_is_left_out_by_name() -> None:
    rows = {f"run-{i}": np.arange(20.0) + i for i in range(4)}
    rows["run-1"][3] = np.inf
    rows["diverged"] = np.full(20, np.nan)
    rows["short"] = np.arange(7.0)
    table = features.table(rows, {"unsampled": "it has no sampling"})
    assert table.ids == ("run-0", "run-1", "run-2", "run-3")
    assert table.values.shape == (4, 19)
    assert table.dropped == 1
    assert set(table.left_out) == {"diverged", "short", "unsampled"}
    assert "20" in table.left_out["short"]
    assert "not finite" in table.left_out["diverged"]
    aligned = table.of(["run-3", "short", "run-0"])
    assert np.array_equal(aligned[0], table.values[3])
    assert np.isnan(aligned[1]).all()
    with pytest.raises(AnalysisError, match="unsampled: it has no sampling"):
        features.table({}, {"unsampled": "it has no sampling"})


def test_a_number_is_cut_into_five_classes_of_equal_size() -> None:
    table = study()
    found = roles(table, StatisticsSpec())
    problem = labels.problem(table, "test_loss", found)
    assert np.bincount(problem.labels).tolist() == [8] * 5
    losses = table.numbers("test_loss")
    assert all(
        losses[problem.labels == k].max() < losses[problem.labels == k + 1].min() for k in range(4)
    )
    assert len(problem.classes) == 5


def test_a_setting_has_a_class_for_each_value() -> None:
    table = study()
    found = roles(table, StatisticsSpec())
    assert labels.problem(table, "regime", found).classes == tuple(f"regime {k}" for k in range(4))
    assert labels.problem(table, "train_rate", found).classes == ("0", "0.1", "0.2", "0.3", "0.4")


def test_seeds_of_a_recipe_are_one_configuration() -> None:
    table = study()
    problem = labels.problem(table, "test_loss", roles(table, StatisticsSpec()))
    assert len(np.unique(problem.groups)) == 20
    assert all(problem.groups[i] == problem.groups[i + 1] for i in range(0, 40, 2))


def test_equal_values_are_in_one_class() -> None:
    table = study()
    table.columns["test_loss"][:20] = 0.5
    problem = labels.problem(table, "test_loss", roles(table, StatisticsSpec()))
    assert len(np.unique(problem.labels[:20])) == 1


def test_a_label_that_is_not_there_or_never_varies_is_named() -> None:
    table = study()
    found = roles(table, StatisticsSpec())
    assert labels.label_column(table, "gap", found) == "gap_accuracy"
    with pytest.raises(UnknownNameError, match="test_los"):
        labels.label_column(table, "test_los", found)
    table.columns["weight_norm"][:] = 1.0
    with pytest.raises(AnalysisError, match="the same weight_norm"):
        labels.problem(table, "weight_norm", found)


@pytest.mark.parametrize("kind", features.KINDS)
def test_networks_with_more_points_are_seen_at_the_points_that_all_have(kind: str) -> None:
    make, short, long = features.KINDS[kind], points(4), points(4)
    more = features.SampledPoints(
        *(
            np.concatenate([values, values + 1])
            for values in (long.train_loss, long.train_accuracy)
        ),
        np.concatenate([long.probe, long.probe[::-1]]),
        long.anchor,
    )
    rows = {"few": make(short), "many": make(more)}
    assert features.least_points(rows, kind) == 4
    cut = features.shortened(rows, kind, 4)
    assert np.array_equal(cut["many"], make(long))
    assert np.array_equal(cut["few"], rows["few"])
    assert not features.table(cut, {}).left_out
