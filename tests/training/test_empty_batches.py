"""Laws of batches in which no row counts: refused exactly where a batch of the run has a loss over
no rows, and said what they are.
"""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn

from landscape_app.errors import ModelError
from landscape_app.objectives.torch_losses import taken_apart
from landscape_app.records.progress import Silent
from landscape_app.sampling import retrain
from landscape_app.training import base, empty_batches
from landscape_app.training.batches import epoch_batches
from landscape_app.weights.bundle import Bundle
from tests.sampling.problems import TINY, make

SOME = {"train_epochs": 3, "epochs": 2, "seeds": 2}


def problem_of(loss: nn.Module, *, ignored: float = 0.0, **settings):
    """(a problem under `loss`, a share of whose labels is -100; its spec)."""
    problem, spec = make(**{**TINY, **SOME, **settings})
    labels = problem.y_train.clone()
    labels[torch.rand(len(labels), generator=torch.Generator().manual_seed(0)) < ignored] = -100
    objective = taken_apart(loss, classes=problem.outputs)
    accuracy = dataclasses.replace(problem.objective.accuracy, ignored=(-100,))
    return (
        dataclasses.replace(
            problem, y_train=labels, objective=dataclasses.replace(objective, accuracy=accuracy)
        ),
        spec,
    )


@pytest.mark.parametrize("size", [2, 7, 40, 1000])
@pytest.mark.parametrize("ignored", [0.3, 0.8])
def test_a_batch_without_rows_is_found_where_its_loss_is_nan_and_nowhere_else(size, ignored):
    problem, spec = problem_of(nn.CrossEntropyLoss(), ignored=ignored, train_batch=size, batch=size)
    for epochs in (base.counted_epochs(spec), retrain.counted_epochs(spec)):
        for epoch in epochs:
            labels = [
                y for _, y in epoch_batches(problem, [epoch.stream], epoch=epoch.number, size=size)
            ]
            losses = [
                problem.objective.minimised(torch.zeros(*y.shape, problem.outputs), y)
                for y in labels
            ]
            empty = [i + 1 for i, loss in enumerate(losses) if not loss.isfinite().all()]
            words = empty_batches.why_not_finite(problem, epoch)
            assert bool(words) == bool(empty)
            assert (
                not empty
                or f"No row of batch {empty[0]} in epoch {epoch.number} of {epoch.phase} counts"
                in words
            )


def test_it_is_said_what_the_labels_are_and_which_setting_to_change():
    problem, spec = problem_of(nn.CrossEntropyLoss(), ignored=0.8, batch=2)
    with pytest.raises(
        ModelError,
        match=(
            r"retraining counts in the loss \(batch = 2\): its labels are all -100.* a larger batch"
        ),
    ):
        empty_batches.check_counted(problem, retrain.counted_epochs(spec))
    weight = torch.ones(problem.outputs)
    weight[0] = 0
    problem, spec = problem_of(nn.CrossEntropyLoss(weight=weight), train_batch=1)
    with pytest.raises(ModelError, match=r"\(train_batch = 1\): its labels have weight 0"):
        empty_batches.check_counted(problem, base.counted_epochs(spec))


@pytest.mark.parametrize(
    "loss", [nn.CrossEntropyLoss(reduction="sum"), nn.CrossEntropyLoss(ignore_index=-7)]
)
def test_a_sum_needs_no_row_and_without_ignored_rows_nothing_is_refused(loss):
    problem, spec = problem_of(
        loss, ignored=0.8 * (loss.reduction == "sum"), train_batch=1, batch=1
    )
    empty_batches.check_counted(
        problem, [*base.counted_epochs(spec), *retrain.counted_epochs(spec)]
    )


def test_training_names_the_empty_batch_and_not_the_rate():
    problem, spec = problem_of(nn.CrossEntropyLoss(), ignored=0.8, train_batch=2)
    bundle = Bundle.of(problem.network, problem.layout)
    with pytest.raises(ModelError, match="its labels are all -100, which the loss ignores"):
        base.train(problem, spec, bundle, done=0, sink=lambda *_: None, progress=Silent())


def test_the_rate_of_an_optimizer_that_was_given_is_not_the_specs():
    problem, spec = make(**{**TINY, **SOME})
    own = dataclasses.replace(
        problem, optimizers=(lambda parameters: torch.optim.SGD(parameters, lr=1e30), None)
    )
    bundle = Bundle.of(own.network, own.layout)
    with pytest.raises(
        ModelError, match="Lower the learning rate of the optimizer that you gave for training"
    ) as caught:
        base.train(own, spec, bundle, done=0, sink=lambda *_: None, progress=Silent())
    assert f"({spec.train_rate})" not in str(caught.value)
