"""Laws of claim 1: the word follows the intervals by the rules of studies/README.md."""

from __future__ import annotations

import pytest

from landscape_app.finding import table_claim
from landscape_app.finding.decision import DOES_NOT, HOLDS, UNDECIDED, of_accuracy, of_sign, of_tau
from landscape_app.records.experiment import Experiment, FeatureDifference, FeatureScore


def score(name: str, kind: str, mean: float, **more: object) -> FeatureScore:
    return FeatureScore(
        name=name,
        label=name.replace("_", " "),
        kind=kind,
        what="losses" if kind == "sampling" else "",
        features=1280,
        networks=216,
        mean=mean,
        error=0.02,
        accuracies={"SVC": mean},
        **more,
    )


def test_settings_are_said_by_their_titles_and_all_other_labels_as_they_are() -> None:
    hyper = score("hyper", "baseline", 0.3)
    stored = "hyper-parameters: weight_decay, label_corruption"
    assert hyper.model_copy(update={"label": stored}).words == (
        "hyper-parameters: weight decay, label corruption"
    )
    assert hyper.model_copy(update={"label": "naive: as drawn"}).words == "naive: as drawn"
    assert hyper.words == "hyper"


def difference(other: str, low: float | None, high: float | None, holm: float) -> FeatureDifference:
    middle = ((low or 0.0) + (high or 0.0)) / 2
    return FeatureDifference(
        name="jump_retrain",
        other=other,
        networks=216,
        value=middle,
        low=low,
        high=high,
        p=holm,
        smallest_p=1e-4,
        holm=holm,
        detectable=0.04,
    )


def experiment(
    naive: tuple[float | None, float | None, float] = (0.03, 0.09, 0.001),
    grid: tuple[float | None, float | None, float] = (0.04, 0.1, 0.001),
    free: tuple[float | None, float | None, float] = (0.01, 0.05, 0.01),
    *,
    scrambled: float = 0.2,
) -> Experiment:
    return Experiment(
        label="test_loss",
        column="test_loss",
        column_label="test loss",
        classes={"low": 108, "high": 108},
        networks=216,
        configurations=108,
        left_out={},
        absent={},
        scores=[
            score("guessing", "chance", 0.2),
            score("most_frequent", "chance", 0.16),
            score("jump_retrain", "sampling", 0.4),
            score("scrambled", "scrambled", scrambled, own_error=0.01),
            score("naive", "sampling", 0.34),
            score("grid", "sampling", 0.33),
            score("weight_norm", "baseline", 0.3),
            score("train_loss", "baseline", 0.37),
        ],
        differences=[
            difference("naive", *naive),
            difference("grid", *grid),
            difference("weight_norm", 0.05, 0.15, 0.001),
            difference("train_loss", *free),
        ],
    )


def test_a_clear_difference_to_both_holds() -> None:
    static, free = table_claim.verdicts(experiment())
    assert static.word == free.word == HOLDS
    assert static.text.startswith("Holds: ")
    assert "+6.0 points" in static.text
    assert "39.2 ± 4.3" in static.reported
    assert "train loss (37.0 %)" in free.text


@pytest.mark.parametrize(
    ("naive", "grid", "word"),
    [
        ((0.03, 0.09, 0.2), (0.04, 0.1, 0.001), UNDECIDED),  # p
        ((-0.01, 0.09, 0.001), (0.04, 0.1, 0.001), UNDECIDED),
        ((-0.02, 0.02, 1.0), (0.04, 0.1, 0.001), DOES_NOT),
        ((0.03, 0.09, 0.001), (-0.08, -0.02, 0.001), DOES_NOT),
        ((None, None, 1.0), (0.04, 0.1, 0.001), UNDECIDED),
    ],
)
def test_the_word_follows_the_interval_and_p(
    naive: tuple[float | None, float | None, float],
    grid: tuple[float | None, float | None, float],
    word: str,
) -> None:
    static = table_claim.verdicts(experiment(naive, grid))[0]
    assert static.word == word
    assert any("80 %" in text for text in static.beside)


def test_it_need_not_tell_more_than_what_costs_nothing() -> None:
    assert table_claim.verdicts(experiment(free=(-0.01, 0.05, 1.0)))[1].word == UNDECIDED
    assert table_claim.verdicts(experiment(free=(-0.09, -0.05, 0.01)))[1].word == DOES_NOT


@pytest.mark.parametrize("mean", [0.1, 0.24])
def test_where_scrambled_features_are_not_at_chance_nothing_counts(mean: float) -> None:
    for verdict in table_claim.verdicts(experiment(scrambled=mean)):
        assert verdict.word == UNDECIDED
        assert "nothing of this table counts" in verdict.beside[0]


def test_a_sampling_that_is_not_there_is_named() -> None:
    whole = experiment()
    without = whole.model_copy(
        update={
            "absent": {"grid": "run-1: it has no grid sampling"},
            "differences": [each for each in whole.differences if each.other != "grid"],
        }
    )
    static, free = table_claim.verdicts(without)
    assert static.word is None
    assert "it has no grid sampling" in static.text
    assert free.word == HOLDS


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.01, 0.5, HOLDS),
        (-0.19, 0.19, DOES_NOT),
        (-0.4, -0.1, DOES_NOT),
        (-0.1, 0.3, UNDECIDED),
        (-0.3, 0.1, UNDECIDED),
        (None, None, UNDECIDED),
    ],
)
def test_the_rule_of_tau(low: float | None, high: float | None, word: str) -> None:
    assert of_tau(low, high) == word


def test_the_rules_of_differences() -> None:
    assert of_sign(0.1, 0.2) == HOLDS
    assert of_sign(-0.2, -0.1) == DOES_NOT
    assert of_sign(-0.1, 0.2) == UNDECIDED
    assert of_accuracy(0.001, 0.1, 0.04) == HOLDS
    assert of_accuracy(0.001, 0.1, 0.06) == UNDECIDED
    assert of_accuracy(-0.1, 0.024, 0.5) == DOES_NOT
