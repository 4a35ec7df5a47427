"""Laws of the fast way: the network's own outputs, whatever the chain; what is no chain is named
and takes the slow way.
"""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn

from landscape_app.errors import ModelError
from landscape_app.sampling.planes_chain import layers_of
from landscape_app.sampling.planes_columns import Columns
from landscape_app.sampling.planes_engines import choose
from landscape_app.seeds import torch_stream
from landscape_app.training.engine import OneAtATime
from landscape_app.training.scores import score
from tests.sampling.planes import chain, evaluated, with_network

CHAINS = {
    "few inputs, joined": lambda: chain(nn.Conv2d(1, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.Conv2d(3, 5, 3, stride=2)),
    "zeros around the second": lambda: chain(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Conv2d(3, 4, 3, padding=2), nn.BatchNorm2d(4), nn.ReLU()),
    "many inputs": lambda: chain(nn.Conv2d(1, 2, 7, padding=3), nn.ReLU(), nn.Conv2d(2, 5, 3, padding=1, bias=False), nn.ReLU()),
    "three, dilated, oblong": lambda: chain(
        nn.Conv2d(1, 3, (3, 2), padding=(0, 1)), nn.Conv2d(3, 4, 3, dilation=2, padding=1), nn.ReLU(), nn.Conv2d(4, 2, 2, stride=(1, 2))
    ),
    "norms without weights, hidden layer": lambda: nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3, affine=False), nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.LazyLinear(9)),
        nn.BatchNorm1d(9), nn.ReLU(), nn.Linear(9, 4, bias=False),
    ),
    "one layer": lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 4)),
    "ends in a ReLU": lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 7), nn.Linear(7, 4), nn.ReLU()),
    "perceptron": lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 7), nn.ReLU(), nn.Linear(7, 4)),
}  # fmt: skip
OTHERS = {
    "pooling": (lambda: chain(nn.Conv2d(1, 3, 3), nn.MaxPool2d(2)), "'1' is MaxPool2d"),
    "groups": (lambda: chain(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 4, 3, groups=2)), "'1' is Conv2d"),
    "reflection": (
        lambda: chain(nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect")),
        "'0' is Conv2d",
    ),
    "norm after ReLU": (
        lambda: chain(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.BatchNorm2d(2)),
        "'2' is BatchNorm2d",
    ),
    "no statistics": (
        lambda: chain(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2, track_running_stats=False)),
        "no running statistics",
    ),
    "columns of pixels": (
        lambda: nn.Sequential(nn.Linear(8, 2), nn.Flatten(), nn.LazyLinear(4)),
        "'0' is Linear",
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_columns_are_the_networks_own_outputs(name):
    problem, _, anchor = with_network(CHAINS[name])
    columns = Columns(problem)
    bundle = anchor.repeated(3)
    bundle.weights += 0.3 * torch.randn(bundle.weights.shape, generator=torch_stream(0, "points"))
    for value in bundle.buffers.values():
        if value.is_floating_point():
            value += torch.rand(value.shape, generator=torch_stream(1, "points"))
    with torch.no_grad():
        theirs = OneAtATime(problem.copied()).outputs(bundle, problem.x_train)
        state = columns.fold(bundle)
        mine = [
            columns.outputs(state, columns.prepare(block)).clone().transpose(1, 2)
            for block in problem.x_train.split(33)
        ]
    torch.testing.assert_close(torch.cat(mine, 1), theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_chain_is_named_and_evaluated_one_at_a_time(name):
    build, word = OTHERS[name]
    problem, spec, anchor = with_network(build)
    with pytest.raises(ModelError, match=word):
        layers_of(problem)
    make_evaluator, why = choose(problem, anchor)
    assert make_evaluator(problem).name == OneAtATime.name
    assert "one at a time" in why
    found = evaluated(
        problem, spec, anchor, torch.ones(1, problem.layout.parameters), [[0.0], [0.01]]
    )
    recorded = score(problem, OneAtATime(problem.copied()), anchor, anchor=anchor.weights[0])
    assert found["train_loss"][0] == pytest.approx(
        float(recorded["scores.train_loss"][0]), rel=1e-6
    )


def test_a_frozen_layer_is_no_chain():
    problem, _, _ = with_network(
        lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 4), nn.ReLU(), nn.Linear(4, 4))
    )
    problem.network[3].weight.requires_grad_(False)
    with pytest.raises(ModelError, match=r"'3\.weight' is frozen"):
        layers_of(dataclasses.replace(problem, layout=type(problem.layout).of(problem.network)))
