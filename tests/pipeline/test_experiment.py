"""Laws of the experiment on a study's runs: what the samples show is found, what is missing is
named, and the rest is done.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from landscape_app.errors import AnalysisError
from landscape_app.pipeline import experiment_samples
from landscape_app.pipeline.experiment import experiment
from landscape_app.records.experiment import Experiment
from landscape_app.records.progress import Silent
from landscape_app.records.study_table import StudyTable, column
from landscape_app.store.run import RunFolder
from tests.store import samples

pytestmark = pytest.mark.slow

RECIPES, SEEDS = 12, 2
QUICK = ("RidgeClassifier", "GaussianNB")
EPOCHS = 7


def sampled(runs: Path, id: str, salt: float) -> None:
    """A run whose losses are higher by `salt`."""
    run = RunFolder.create(runs, id, samples.spec())
    facts = {"parameters": samples.PARAMETERS, "classes": samples.CLASSES}
    run.mark("prepared", **facts, train_rows=100, test_rows=50, plan={"engine": "chain"})
    run.commit("anchor", samples.ANCHOR, samples.anchor(), weight_norm=6.0)
    for first, last in ((0, 5), (6, EPOCHS)):
        samples.commit_chunk(run, [0, 1], first, last, salt=salt)
        samples.commit_chunk(run, [2, 3], first, last, salt=salt)
    run.mark("finished")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, StudyTable]:
    """(runs, table): the weight decay of a recipe shows in the losses of its runs."""
    runs = tmp_path_factory.mktemp("experiment")
    rng = np.random.default_rng(0)
    ids = [f"run-{i:02d}" for i in range(RECIPES * SEEDS)]
    recipe = np.arange(len(ids)) // SEEDS
    decay = recipe % 2
    for id, high in zip(ids, decay, strict=True):
        sampled(runs, id, 10.0 * high + rng.normal(0, 0.1))
    columns = {
        "weight_decay": column([0.001 * value for value in decay.tolist()]),
        "train_rate": column([0.1 * (k // 2) for k in recipe.tolist()]),
        "seed": column([float(i % SEEDS) for i in range(len(ids))]),
        "gap_accuracy": column(rng.random(len(ids)).tolist()),
        "weight_norm": column(rng.random(len(ids)).tolist()),
    }
    return runs, StudyTable(tuple(ids), columns, missing={"run-99": "it is not analysed"})


@pytest.fixture(scope="module")
def result(study: tuple[Path, StudyTable]) -> Experiment:
    return experiment(*study, "weight_decay", Silent(), classifiers=QUICK)


def test_what_the_samples_show_is_found(result: Experiment) -> None:
    scores = {score.name: score for score in result.scores}
    assert scores["jump_retrain"].mean == 1.0
    assert scores["jump_retrain"].networks == RECIPES * SEEDS
    # two jumps of 0.5 with epochs 0-7, losses and accuracies
    assert scores["jump_retrain"].features == 2 * 2 * (EPOCHS + 1)
    assert scores["guessing"].mean == pytest.approx(0.5)
    assert abs(scores["scrambled"].mean - 0.5) <= 3 * scores["scrambled"].own_error
    assert set(scores["jump_retrain"].accuracies) == set(QUICK)
    assert scores["weight_norm"].mean < 0.9
    assert scores["hyper_parameters"].label == "hyper-parameters: train_rate"


def test_the_difference_to_a_baseline_has_an_interval_and_a_p(result: Experiment) -> None:
    pairs = {(each.name, each.other): each for each in result.differences}
    norm = pairs["jump_retrain", "weight_norm"]
    scores = {score.name: score.mean for score in result.scores}
    assert norm.value == pytest.approx(scores["jump_retrain"] - scores["weight_norm"])
    assert norm.low <= norm.value <= norm.high
    assert norm.p <= norm.holm
    assert norm.p < 0.05


def test_what_is_missing_is_named_and_the_rest_is_done(result: Experiment) -> None:
    assert "it has no naive sampling" in result.absent["naive"]
    assert "it has no grid sampling" in result.absent["grid"]
    assert result.absent["expected_sharpness"] == "the study has no such column"
    assert result.left_out == {"run-99": "it is not analysed"}
    assert Experiment.model_validate(result.model_dump()) == result


def test_the_static_sampling_of_equal_cost_says_how_to_make_it(
    study: tuple[Path, StudyTable], result: Experiment
) -> None:
    # 2 jumps: 7 epochs of 100 rows forward and back, 8 scorings of 150 rows; a point costs 150
    directions = experiment_samples.equal_cost(RunFolder.open(study[0], "run-00")).directions
    assert directions == int(np.ceil(2 * (7 * 3 * 100 + 8 * 150) / 150 / 10))
    assert f"--directions {directions}" in result.absent["naive_equal_cost"]


def test_a_label_that_cannot_be_predicted_is_refused(study: tuple[Path, StudyTable]) -> None:
    runs, networks = study
    few = networks.select(np.arange(len(networks)) < 18)
    with pytest.raises(AnalysisError, match="at least 10 configurations"):
        experiment(runs, few, "weight_decay", Silent(), classifiers=QUICK)
