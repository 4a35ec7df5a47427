"""Laws of what is tried before a run: a batch of one row, and steps that are bound to fail."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn

from landscape_app.errors import ModelError
from landscape_app.objectives import objective_of
from landscape_app.training.first_steps import check_batches, check_one_row, take
from tests.sampling.test_networks_of_all_kinds import problem_of
from tests.sampling.test_reach import spec_of

NORMS = {
    "BatchNorm": lambda: nn.Sequential(
        nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)
    ),
    "BatchNorm of one pixel": lambda: nn.Sequential(
        nn.Unflatten(1, (6, 1, 1)), nn.BatchNorm2d(6), nn.Flatten(), nn.Linear(6, 3)
    ),
    "GroupNorm of one pixel": lambda: nn.Sequential(
        nn.Unflatten(1, (6, 1, 1)), nn.GroupNorm(6, 6), nn.Flatten(), nn.Linear(6, 3)
    ),
}


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"train_batch": 19},
            r"train_batch = 19, 20 train rows.*Choose another train_batch, e.g. 20",
        ),
        ({"batch": 19}, r"\(batch = 19, 20 train rows.*Choose another batch, e.g. 20"),
        ({"batch": 1}, r"Every batch would have one row"),
    ],
)
def test_a_last_batch_of_one_row_is_refused_where_the_network_cannot_take_it(name, changes, words):
    problem = problem_of(NORMS[name]())
    with pytest.raises(ModelError, match=words):
        check_batches(problem, spec_of(**changes))
    check_batches(problem, spec_of())


def test_it_is_no_matter_where_the_network_can_or_where_nothing_is_trained():
    check_batches(problem_of(nn.Linear(6, 3)), spec_of(batch=19, train_batch=19))
    image = nn.Sequential(
        nn.Unflatten(1, (1, 2, 3)), nn.BatchNorm2d(1), nn.Flatten(), nn.Linear(6, 3)
    )
    check_batches(problem_of(image), spec_of(batch=19, train_batch=19))
    check_batches(problem_of(NORMS["BatchNorm"]()), spec_of(train_batch=19, train_epochs=0))


def test_a_network_that_cannot_be_evaluated_on_one_row_is_refused():
    with pytest.raises(ModelError, match="cannot be evaluated on one row"):
        check_one_row(problem_of(NORMS["GroupNorm of one pixel"]()))


def test_trying_changes_nothing_and_touches_no_global_generator():
    def noisy(parameters):
        class Noisy(torch.optim.SGD):
            def step(self, closure=None):
                for parameter in (p for group in self.param_groups for p in group["params"]):
                    parameter.data.add_(torch.randn_like(parameter), alpha=0.01)

        return Noisy(parameters, lr=0.1)

    problem = problem_of(NORMS["BatchNorm"](), optimizers=(None, noisy))
    before, generator = (
        {key: value.clone() for key, value in problem.network.state_dict().items()},
        torch.random.get_rng_state(),
    )
    assert take(problem, spec_of(), retraining=True).draws
    assert not take(problem, spec_of(), retraining=False).draws
    assert torch.equal(generator, torch.random.get_rng_state())
    assert all(
        torch.equal(before[key], value) for key, value in problem.network.state_dict().items()
    )


def test_a_loss_that_has_no_value_on_one_row_is_refused_where_one_row_comes_up():
    def correlation(outputs, targets):
        a, b = outputs[:, 0] - outputs[:, 0].mean(), targets.float() - targets.float().mean()
        return -(a * b).sum() / (a.norm() * b.norm())

    problem, network = problem_of(nn.Linear(6, 3)), nn.Linear(6, 3)
    sides = (problem.y_train, problem.y_test)
    objective = objective_of(
        correlation, classes=3, targets=sides, outputs=lambda rows: network(problem.x_train[rows])
    )
    problem = dataclasses.replace(problem, objective=objective)
    with pytest.raises(ModelError, match="its loss is not finite there"):
        check_batches(problem, spec_of(batch=19))
