"""What a network's forward pass does besides answering: with its input, its weights, its attributes
and random numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from landscape_app.datasets.objects import from_objects
from landscape_app.networks.copies import in_mode
from landscape_app.pipeline.problem import problem_of
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.settings import GIVEN, RunSpec, parse
from landscape_app.training.behaviour import check_behaviour
from landscape_app.training.engine import OneAtATime
from landscape_app.training.engines import usable
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle
from tests.bring.case import Case
from tests.training import odd_networks as nets

TITLE = "What a forward pass does besides answering"
ABOUT = """One module is evaluated at the weights of many trajectories. So it is tried before any training whether it answers the same
twice, leaves its rows and weights alone, and keeps what it remembers in buffers, which are each trajectory's own."""

X = torch.randn(20, 6, generator=torch.Generator().manual_seed(0))
Y = torch.arange(20) % 3


def problem(network: nn.Module) -> Problem:
    """What a run would work on, its network found fit."""
    spec = parse(RunSpec, {"data": GIVEN, "network": GIVEN})
    made, _ = problem_of(
        spec, UserObjects(data=from_objects(GIVEN, (X, Y), (X, Y)), network=network), tell=True
    )
    check_behaviour(made.network, made.x_train[:4])
    return made


def right(make: Callable[[], nn.Module], engine: str = "batched") -> Callable[[Path], None]:
    """A trial: the answers are the network's own on a copy of the rows, the rows stay, and `engine`
    can be used.
    """

    def tried(_: Path) -> None:
        made = problem(make())
        bundle = Bundle.of(made.network, made.layout)
        answers = OneAtATime(made).outputs(bundle, made.x_train)[0]
        torch.testing.assert_close(
            answers,
            (
                make.forward(in_mode(made.network, False), X.clone())
                if isinstance(make, type)
                else made.network(X)
            ),
        )
        assert torch.equal(made.x_train, X)
        assert engine in usable(made)[0]

    return tried


def refused(make: Callable[[], nn.Module]) -> Callable[[Path], object]:
    """A trial that must be refused."""
    return lambda _: problem(make())


def normed() -> nn.Module:
    return nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(inplace=True), nn.Linear(8, 3))


def first_in_place() -> nn.Module:
    return nn.Sequential(nn.ReLU(inplace=True), nn.Linear(6, 3))


def nested_dropout() -> nn.Module:
    return nn.Sequential(nn.Linear(6, 6), nets.FunctionalDropout())


CASES = [
    Case("buffers that are filled in place (BatchNorm)", "works", right(normed)),
    Case("a buffer that training assigns anew (one trajectory at a time)", "works", right(nets.BufferAnew, "one at a time")),
    Case("attributes that are only written: a counter, the last activation", "works", right(nets.Harmless)),
    Case("`x.sub_(0.5)` in forward", "works, and says so", right(nets.Subtracts), "it is given copies of the rows"),
    Case("`x[:, 0] = x[:, 0] * 2` in forward", "works, and says so", right(nets.DoublesAColumn), "changes its input in place"),
    Case("`nn.ReLU(inplace=True)` as the first layer", "works, and says so", right(first_in_place), "changes its input in place"),
    Case("`functional.dropout(x)` without `training=self.training`", "refused", refused(nets.FunctionalDropout),
         "pass training=self.training"),
    Case("the same in a module inside", "refused", refused(nested_dropout), "first in module '1'"),
    Case("a `train()` of one's own that freezes BatchNorm and does not return the network", "works",
         right(nets.ForgetsToReturn)),
    Case("random numbers of numpy or Python in evaluation", "refused", refused(nets.NumpyNoise), "it draws random numbers in evaluation"),
    Case("a buffer that evaluation changes, and the answers with it", "refused", refused(nets.CountsInEvaluation),
         "keeps a state that evaluation changes"),
    Case("weights that forward clips or scales", "refused", refused(nets.ClipsItself), "changes its own parameter 'fc.weight'"),
    Case("frozen parameters that forward moves", "refused", refused(nets.FrozenCentre), "changes its own parameter 'centre'"),
    Case("a running mean in a plain attribute", "refused", refused(nets.PlainMean), "self.register_buffer('mean'"),
    Case("a constant that is made at the first call: rotary angles, a mask, a `cached_property`", "works", right(nets.LazyAngles)),
    Case("a buffer that is registered at the first call, and is a constant", "works", right(nets.LateBuffer)),
    Case("a buffer that the first batch fills", "refused", refused(nets.LateMean), "makes its buffer 'mean' from its first input"),
    Case("the mean of the first batch, kept in a plain attribute (ActNorm)", "refused", refused(nets.FirstBatchMean),
         "changes 'mean' of the network"),
    Case("something of the weights that is kept at the first call", "refused", refused(nets.FirstWeights), "changes 'signs' of the network"),
    Case("a number of steps on which the answers depend", "refused", refused(nets.PlainNumber), "changes 'steps' of the network"),
    Case("the same in a dict of a module inside", "refused", refused(nets.Nested), "changes 'state' of module 'inner'"),
]  # fmt: skip
