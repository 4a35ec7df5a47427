"""The law that sampling stands on: every network, with the weights of several stacked, gives what
each gives alone, and its gradients.
"""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from landscape_app.networks.construction import create
from landscape_app.registries import NETWORKS
from landscape_app.training.engine import Batched, OneAtATime
from landscape_app.weights.bundle import Bundle
from tests.sampling.problems import IMAGES, make

SEEDS = (0, 1)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", NETWORKS)
def test_stacked_networks_give_outputs_statistics_and_gradients_of_each_alone(name, training):
    networks = [create(name, (1, 8, 8), 3, seed=seed).double().train(training) for seed in SEEDS]
    x = torch.rand(len(SEEDS), 4, 1, 8, 8, generator=torch.Generator().manual_seed(0)).double()
    y = torch.arange(4) % 3
    weights, buffers = torch.func.stack_module_state(networks)

    def call(one, statistics, rows):
        return torch.func.functional_call(networks[0], (one, statistics), (rows,))

    stacked = torch.vmap(call)(weights, {key: value.clone() for key, value in buffers.items()}, x)
    loss = functional.cross_entropy(stacked.flatten(0, 1), y.repeat(len(SEEDS)), reduction="sum")
    gradients = torch.autograd.grad(loss, list(weights.values()))
    for index, network in enumerate(networks):
        outputs = network(x[index])
        torch.testing.assert_close(stacked[index], outputs)
        alone = torch.autograd.grad(
            functional.cross_entropy(outputs, y, reduction="sum"), list(network.parameters())
        )
        for mine, theirs in zip(gradients, alone, strict=True):
            torch.testing.assert_close(mine[index], theirs, atol=1e-9, rtol=1e-6)


@pytest.mark.parametrize("name", ["vit", "resnet20", "wrn-16-1"])
def test_the_batched_engine_takes_it(name):
    problem, _ = make(**{**IMAGES, "network": name, "train_rows": 8})
    bundles = [Bundle.of(problem.network, problem.layout).repeated(2) for _ in range(2)]
    for bundle in bundles:
        bundle.weights[1] *= 1.1
    x, y = problem.x_train.expand(2, *problem.x_train.shape), problem.y_train.expand(2, -1)
    (mine, losses), (theirs, alone) = (
        engine(problem).gradient(bundle, x, y)
        for engine, bundle in zip((Batched, OneAtATime), bundles, strict=True)
    )
    torch.testing.assert_close(losses, alone, atol=1e-4, rtol=1e-4)
    assert (mine - theirs).norm() < 1e-3 * theirs.norm()
    for key, value in bundles[1].buffers.items():
        torch.testing.assert_close(bundles[0].buffers[key], value, atol=1e-4, rtol=1e-4)
