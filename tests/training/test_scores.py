"""Laws of what is recorded of a network beside its scores: the error of a loss over rows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from landscape_app.objectives.torch_losses import taken_apart
from landscape_app.training.engine import OneAtATime
from landscape_app.training.outside_probe import outside_probe
from landscape_app.training.scores import loss_errors
from landscape_app.weights.bundle import Bundle
from tests.sampling.problems import TINY, make


def errors_under(loss: nn.Module, *, ignored: int = 0):
    """(the errors, outputs and labels of the train rows) of a fresh network under `loss`; the first
    `ignored` train rows have the label -100.
    """
    problem, _ = make(**TINY)
    labels = problem.y_train.clone()
    labels[:ignored] = -100
    objective = taken_apart(loss, classes=problem.outputs)
    problem = dataclasses.replace(problem, y_train=labels, objective=objective)
    bundle = Bundle.of(problem.network, problem.layout)
    outputs = OneAtATime(problem).outputs(bundle, problem.x_train)[0].double()
    return loss_errors(problem, OneAtATime(problem), bundle), outputs, labels


@pytest.mark.parametrize("ignored", [0, 9])
def test_the_error_of_a_mean_over_rows_is_their_deviation_over_the_root_of_n(ignored):
    errors, outputs, labels = errors_under(nn.CrossEntropyLoss(), ignored=ignored)
    rows = functional.cross_entropy(outputs, labels, reduction="none")[ignored:].numpy()
    assert errors["train_loss_error"] == pytest.approx(rows.std(ddof=1) / np.sqrt(len(rows)))


def test_the_error_of_a_weighted_loss_is_near_that_of_leaving_out_one_row():
    weight = torch.tensor([0.5, 1.0, 2.0])
    errors, outputs, labels = errors_under(nn.CrossEntropyLoss(weight=weight))
    weights = weight[labels].double()
    shares = weights * functional.cross_entropy(outputs, labels, reduction="none")
    means = ((shares.sum() - shares) / (weights.sum() - weights)).numpy()
    jackknife = np.sqrt((len(means) - 1) * np.square(means - means.mean()).mean())
    assert errors["train_loss_error"] == pytest.approx(jackknife, rel=0.02)


def test_a_loss_that_is_no_mean_over_rows_has_no_error():
    problem, _ = make(**TINY)
    whole = dataclasses.replace(problem.objective, rows=None, whole=lambda o, y: o.square().mean())
    problem = dataclasses.replace(problem, objective=whole)
    bundle = Bundle.of(problem.network, problem.layout)
    assert loss_errors(problem, OneAtATime(problem), bundle) == {}


def outside_under(probe: torch.Tensor, **changes):
    """(scores outside `probe`, outputs and labels of the test rows) of a fresh network."""
    problem, _ = make(**TINY)
    problem = dataclasses.replace(problem, probe=probe(problem), **changes)
    bundle = Bundle.of(problem.network, problem.layout)
    outputs = OneAtATime(problem).outputs(bundle, problem.x_test)[0].double()
    return outside_probe(problem, OneAtATime(problem), bundle), outputs, problem.y_test


def test_scores_outside_the_probe_are_of_the_other_test_rows_alone():
    scores, outputs, labels = outside_under(lambda problem: torch.arange(0, 40, 2))
    outside = [row for row in range(len(labels)) if row not in range(0, 40, 2)]
    losses = functional.cross_entropy(outputs, labels, reduction="none")[outside].numpy()
    right = (outputs.argmax(-1) == labels)[outside].double().mean()
    assert scores == pytest.approx(
        {
            "rows": len(outside),
            "test_loss": losses.mean(),
            "test_loss_error": losses.std(ddof=1) / np.sqrt(len(losses)),
            "test_accuracy": float(right),
        }
    )


def test_where_the_probe_is_all_test_rows_there_is_no_score_outside():
    scores, _, _ = outside_under(lambda problem: torch.arange(len(problem.x_test)))
    assert scores == {"rows": 0, "test_loss": None, "test_loss_error": None, "test_accuracy": None}
