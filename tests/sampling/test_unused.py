"""Law of parameters without a gradient: as in a plain loop, no step is taken there, neither by
weight decay nor by momentum.
"""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from landscape_app.training.engine import Batched, OneAtATime
from landscape_app.training.optimizer import Stepper, maker
from landscape_app.weights.bundle import Bundle
from tests.sampling.test_networks_of_all_kinds import Unused, problem_of

STEPS = 6


class Sometimes(nn.Module):
    """One of two heads, as the batch says."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.left, self.right = nn.Linear(6, 4), nn.Linear(4, 3), nn.Linear(4, 3)

    def forward(self, x):
        head = self.left if x[0, 0].item() > 0 else self.right
        return head(torch.tanh(self.body(x)))


MAKERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.1),
    "adam": lambda p: torch.optim.Adam(p, lr=0.1, weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.1),
    "nadam": lambda p: torch.optim.NAdam(p, lr=0.1, weight_decay=0.1),
}
NETWORKS = {
    "never": (Unused, Batched),
    "never, alone": (Unused, OneAtATime),
    "sometimes": (Sometimes, OneAtATime),
}


def setting(kind):
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(4)
        network = NETWORKS[kind][0]()
    problem = problem_of(network)
    bundle = Bundle.of(problem.network, problem.layout).repeated(2)
    bundle.weights[1] *= 1.2
    order = torch.tensor(
        [[0, 1, 2, 3], [3, 4, 0, 1], [9, 8, 7, 6], [5, 6, 7, 8], [1, 0, 9, 2], [8, 7, 6, 5]]
    )
    batches = [(problem.x_train[rows], problem.y_train[rows]) for rows in order]
    assert len({bool(x[0, 0] > 0) for x, _ in batches}) == 2
    assert bool(batches[0][0][0, 0] > 0) == bool(batches[1][0][0, 0] > 0)
    return problem, bundle, batches


def sampled(problem, bundle, batches, make, *, elementwise, engine, resume_at=None):
    stepper, engine = (
        Stepper(bundle, problem.layout, make, elementwise=elementwise),
        engine(problem.copied()),
    )
    for number, (x, y) in enumerate(batches):
        if number == resume_at:
            bundle.optimizer = stepper.state()
            bundle = Bundle.from_state(bundle.state())
            stepper = Stepper(bundle, problem.layout, make, elementwise=elementwise)
        gradient, _ = engine.gradient(bundle, x.expand(2, *x.shape), y.expand(2, -1))
        stepper.step(gradient, rate=0.1, used=engine.used)
    return bundle.weights


def plain(problem, weights, batches, make):
    network = copy.deepcopy(problem.network)
    for key, parameter in network.named_parameters():
        parameter.data = problem.layout.views(weights)[key].clone()
    optimizer = make(list(network.parameters()))
    for x, y in batches:
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(x), y).backward()
        optimizer.step()
    return problem.layout.flatten(dict(network.named_parameters()))


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("given", [False, True])
def test_steps_are_those_of_a_plain_loop(kind, name, given):
    problem, bundle, batches = setting(kind)
    start = bundle.weights.clone()
    make, elementwise = (
        (MAKERS[name], False) if given else maker(name, rate=0.1, momentum=0.9, weight_decay=0.1)
    )
    found = sampled(
        problem, bundle, batches, make, elementwise=elementwise, engine=NETWORKS[kind][1]
    )
    for index in range(2):
        torch.testing.assert_close(
            found[index], plain(problem, start[index], batches, MAKERS[name]), atol=1e-6, rtol=1e-6
        )


@pytest.mark.parametrize("kind", ["never", "sometimes"])
@pytest.mark.parametrize("name", MAKERS)
def test_what_is_never_used_keeps_its_bits_and_a_resumed_run_its_steps(kind, name):
    make, elementwise = maker(name, rate=0.1, momentum=0.9, weight_decay=0.1)
    problem, bundle, batches = setting(kind)
    start, engine = bundle.weights.clone(), NETWORKS[kind][1]
    whole = sampled(problem, bundle, batches, make, elementwise=elementwise, engine=engine)
    for at in (1, 3):
        again = sampled(
            problem,
            setting(kind)[1],
            batches,
            make,
            elementwise=elementwise,
            engine=engine,
            resume_at=at,
        )
        assert torch.equal(again, whole)
    if kind == "never":
        views, before = problem.layout.views(whole), problem.layout.views(start)
        assert torch.equal(views["spare.weight"], before["spare.weight"])
        assert not torch.equal(views["used.weight"], before["used.weight"])
