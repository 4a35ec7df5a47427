"""Laws of networks that people bring: dropout, tied and frozen weights, unused parameters, any
loss; batched as on their own.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app.objectives.named_losses import absolute_error, squared_error
from landscape_app.records.dataset import Dataset
from landscape_app.sampling.jumps import jump
from landscape_app.settings import RunSpec, parse
from landscape_app.training.batches import seeded
from landscape_app.training.engine import Batched, OneAtATime, mixed
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.outer = nn.Linear(6, 6), nn.Linear(6, 6)
        self.outer.weight = self.inner.weight
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        return self.head(torch.tanh(self.outer(torch.tanh(self.inner(x)))))


class Unused(nn.Module):
    def __init__(self):
        super().__init__()
        self.used, self.spare = nn.Linear(6, 3), nn.Linear(6, 3)

    def forward(self, x):
        return self.used(x)


def frozen():
    network = nn.Sequential(nn.Linear(6, 5), nn.LayerNorm(5), nn.GELU(), nn.Linear(5, 3))
    network[0].requires_grad_(False)
    return network


NETWORKS = {
    "tied": Tied,
    "unused": Unused,
    "frozen": frozen,
    "group norm": lambda: nn.Sequential(
        nn.Linear(6, 8), nn.GroupNorm(2, 8), nn.ReLU(), nn.Linear(8, 3)
    ),
    "batch norm": lambda: nn.Sequential(
        nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)
    ),
    "batch norm without statistics": lambda: nn.Sequential(
        nn.Linear(6, 8), nn.BatchNorm1d(8, track_running_stats=False), nn.Linear(8, 3)
    ),
}


def problem_of(network, **kinds):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 6)).astype(np.float32), np.arange(20) % 3
    return Problem.of(network, Dataset("made", x, y, x, y, classes=3), augmentation=False, **kinds)


def built(name):
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(3)
        return NETWORKS[name]()


def both(problem):
    """(gradients, outputs) of two different trajectories by both engines."""
    results = []
    for engine in (Batched(problem), OneAtATime(problem.copied())):
        bundle = Bundle.of(problem.network, problem.layout).repeated(2)
        bundle.weights[1] *= 1.3
        x, y = (t[None].expand(2, *t.shape) for t in (problem.x_train, problem.y_train))
        gradient, losses = engine.gradient(bundle, x, y)
        results.append((gradient.clone(), losses, engine.outputs(bundle, problem.x_test)))
    return results


@pytest.mark.parametrize("name", NETWORKS)
def test_batched_is_the_networks_own(name):
    for mine, theirs in zip(*both(problem_of(built(name))), strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-6, rtol=1e-4)


def test_tied_weights_are_one_parameter_and_get_both_gradients():
    network = built("tied")
    problem = problem_of(network)
    assert problem.layout.parameters == sum(p.numel() for p in network.parameters())
    gradient = OneAtATime(problem).gradient(
        Bundle.of(network, problem.layout), problem.x_train[None], problem.y_train[None]
    )[0][0]
    nn.functional.cross_entropy(network(problem.x_train), problem.y_train).backward()
    torch.testing.assert_close(
        problem.layout.views(gradient)["inner.weight"], network.inner.weight.grad
    )


def test_frozen_layers_are_not_in_the_vector_and_unused_parameters_have_gradient_zero():
    assert {slot.key for slot in problem_of(built("frozen")).layout.slots} == {
        "1.weight",
        "1.bias",
        "3.weight",
        "3.bias",
    }
    problem = problem_of(built("unused"))
    gradient = both(problem)[0][0]
    assert not problem.layout.views(gradient)["spare.weight"].any()


def test_dropout_is_found_reproducible_and_leaves_the_global_generator_alone():
    problem = problem_of(
        nn.Sequential(nn.Linear(6, 8), nn.Dropout(0.5), nn.ReLU(), nn.Linear(8, 3))
    )
    assert problem.stochastic
    assert not problem_of(built("batch norm")).stochastic
    before = torch.random.get_rng_state()
    x, y = (t[None].expand(2, *t.shape) for t in (problem.x_train, problem.y_train))
    drawn = []
    for seed in (1, 1, 2):
        bundle = Bundle.of(problem.network, problem.layout).repeated(2)
        with seeded(problem, seed):
            drawn.append(Batched(problem).gradient(bundle, x, y)[0])
    assert torch.equal(before, torch.random.get_rng_state())
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    # equal weights, each trajectory with its own mask
    assert not torch.equal(drawn[0][0], drawn[0][1])


def test_squared_error_is_the_mean_over_outputs():
    outputs, targets = torch.arange(24.0).reshape(2, 4, 3), torch.ones(4, 3)
    torch.testing.assert_close(squared_error(outputs, targets), ((outputs - 1) ** 2).mean(-1))
    torch.testing.assert_close(absolute_error(outputs, targets), (outputs - 1).abs().mean(-1))


@pytest.mark.parametrize("engine", [Batched, OneAtATime])
def test_mixed_precision_is_near_and_leaves_gradients_float32(engine):
    exact = problem_of(built("unused"))
    rough = dataclasses.replace(exact, mixed=True)
    results = []
    for problem in (exact, rough):
        x, y = (t[None].expand(2, *t.shape) for t in (problem.x_train, problem.y_train))
        with mixed(problem):
            results.append(
                engine(problem.copied()).gradient(
                    Bundle.of(problem.network, problem.layout).repeated(2), x, y
                )[0]
            )
    assert results[1].dtype == torch.float32
    assert not torch.equal(results[0], results[1])
    torch.testing.assert_close(results[0], results[1], atol=2e-2, rtol=2e-2)


def test_jumps_that_re_estimate_with_dropout_are_reproducible_and_touch_no_global_generator():
    spec = parse(
        RunSpec, {"data": "blobs", "regime": "plain", "batchnorm": "re-estimate", "batch": 10}
    )
    problem = problem_of(
        nn.Sequential(
            nn.Linear(6, 8), nn.Dropout(0.5), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)
        )
    )
    anchor, before = Bundle.of(problem.network, problem.layout), torch.random.get_rng_state()
    first, again = (
        jump(problem, spec, Batched(problem), anchor, trajectories=[(0, 0.5), (1, 0.5)])
        for _ in range(2)
    )
    assert torch.equal(before, torch.random.get_rng_state())
    assert torch.equal(first.buffers["2.running_mean"], again.buffers["2.running_mean"])
    assert not torch.equal(first.buffers["2.running_mean"][0], anchor.buffers["2.running_mean"][0])
