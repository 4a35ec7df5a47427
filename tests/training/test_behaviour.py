"""A network that changes what it is given, or keeps what no trajectory owns, is found before any
training.
"""

from __future__ import annotations

import functools
import random

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from landscape_app.errors import ModelError
from landscape_app.training.behaviour import careful, check_behaviour
from landscape_app.training.engine import Batched, OneAtATime
from landscape_app.training.engines import ENGINES, check_single, usable
from landscape_app.weights.bundle import Bundle
from tests.sampling.test_networks_of_all_kinds import problem_of

X = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))


class Net(nn.Module):
    """One linear layer, and whatever a subclass does besides."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 3)
        self.prepare()

    def prepare(self):
        pass


class Subtracts(Net):
    def forward(self, x):
        return self.fc(x.sub_(0.5))


class DoublesAColumn(Net):
    def forward(self, x):
        x[:, 0] = x[:, 0] * 2
        return self.fc(x)


class FunctionalDropout(Net):
    def forward(self, x):
        return functional.dropout(self.fc(x), 0.5)


class NumpyNoise(Net):
    def forward(self, x):
        return self.fc(x) + float(np.random.rand())


class PythonNoise(Net):
    def forward(self, x):
        return self.fc(x) * random.random()


class CountsInEvaluation(Net):
    def prepare(self):
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x):
        self.calls += 1
        return self.fc(x) * self.calls


class ClipsItself(Net):
    def forward(self, x):
        self.fc.weight.data.clamp_(-0.01, 0.01)
        return self.fc(x)


class PlainMean(Net):
    def prepare(self):
        self.mean = torch.zeros(6)

    def forward(self, x):
        if self.training:
            self.mean = 0.9 * self.mean + 0.1 * x.mean(0).detach()
        return self.fc(x - self.mean)


class PlainNumber(Net):
    def prepare(self):
        self.steps = 0

    def forward(self, x):
        self.steps += self.training
        return self.fc(x) * (2.0 if self.steps > 500 else 1.0)


class Nested(Net):
    def prepare(self):
        self.inner = PlainMeanLayer()

    def forward(self, x):
        return self.fc(self.inner(x))


class PlainMeanLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.state = {"mean": torch.zeros(6)}

    def forward(self, x):
        if self.training:
            self.state["mean"] = 0.5 * self.state["mean"] + x.mean(0).detach()
        return x - self.state["mean"]


class BufferAnew(Net):
    def prepare(self):
        self.register_buffer("mean", torch.zeros(6))

    def forward(self, x):
        if self.training:
            self.mean = 0.5 * self.mean + 0.5 * x.mean(0).detach()
        return self.fc(x - self.mean)


class BufferInPlace(BufferAnew):
    def forward(self, x):
        if self.training:
            self.mean.mul_(0.5).add_(0.5 * x.mean(0).detach())
        return self.fc(x - self.mean)


class LazyAngles(Net):
    """Rotary angles, made at the first call from a buffer of frequencies."""

    def prepare(self):
        self._cos = self._sin = None
        self._made = 0
        self.register_buffer("frequencies", 1.0 / 10 ** (torch.arange(3) / 3), persistent=False)

    def forward(self, x):
        if self._cos is None or self._made < x.shape[1]:
            angles = torch.arange(x.shape[1]).repeat_interleave(3)[
                : x.shape[1]
            ] * self.frequencies.repeat(2)
            self._cos, self._sin, self._made = angles.cos(), angles.sin(), x.shape[1]
        return self.fc(x * self._cos + x.roll(3, 1) * self._sin)


class LazyMask(Net):
    """A mask that is made of the rows' type and device."""

    def prepare(self):
        self.mask = None

    def forward(self, x):
        if self.mask is None:
            self.mask = x.new_ones(6).cumsum(0) < 4
        return self.fc(x.masked_fill(self.mask, 0.0))


class CachedTable(Net):
    def prepare(self):
        self.tables = {}

    @functools.cached_property
    def scale(self):
        return torch.linspace(1, 2, 6)

    def forward(self, x):
        table = self.tables.setdefault(x.shape[1], torch.exp(1j * torch.arange(6)))
        return self.fc(x * self.scale * table.real)


class FirstBatchMean(Net):
    def prepare(self):
        self.mean, self.ready = None, False

    def forward(self, x):
        if not self.ready:
            self.mean, self.ready = x.mean(0), True
        return self.fc(x - self.mean)


class FirstWeights(Net):
    def prepare(self):
        self.signs = None

    def forward(self, x):
        if self.signs is None:
            self.signs = self.fc.weight.detach().sign()
        return functional.linear(x, self.fc.weight * self.signs)


class FirstSize(Net):
    def prepare(self):
        self.scale = None

    def forward(self, x):
        if self.scale is None:
            self.scale = torch.tensor(1.0 / len(x))
        return self.fc(x) * self.scale


class FirstNoise(Net):
    def prepare(self):
        self.noise = None

    def forward(self, x):
        if self.noise is None:
            self.noise = torch.randn(6)
        return self.fc(x + self.noise)


class FirstStatistics(Net):
    """Keeps what running statistics were at the first call."""

    def prepare(self):
        self.bn, self.centre = nn.BatchNorm1d(6), None

    def forward(self, x):
        y = self.bn(x)
        if self.centre is None:
            self.centre = self.bn.running_mean.clone()
        return self.fc(y + self.centre)


class LateBuffer(Net):
    """Registers its mask when it is first called."""

    def forward(self, x):
        if not hasattr(self, "mask"):
            self.register_buffer("mask", (torch.arange(6) < 4).float(), persistent=False)
        return self.fc(x * self.mask)


class LateMean(Net):
    def prepare(self):
        self.register_buffer("mean", None)

    def forward(self, x):
        if self.mean is None:
            self.mean = x.mean(0)
        return self.fc(x - self.mean)


class FrozenCentre(Net):
    def prepare(self):
        self.centre = nn.Parameter(torch.zeros(6), requires_grad=False)

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.centre += 0.1
        return self.fc(x - self.centre)


class Harmless(Net):
    def prepare(self):
        self.calls, self.seen, self.names = 0, None, ["a"]

    def forward(self, x):
        self.calls, self.seen = self.calls + 1, x
        return self.fc(x)


@pytest.mark.parametrize("kind", [Subtracts, DoublesAColumn])
def test_a_forward_pass_that_changes_its_rows_gets_copies(kind):
    rows, network = X.clone(), careful(kind(), X)
    first, second = network(rows), network(rows)
    assert torch.equal(rows, X)
    assert torch.equal(first, second)
    assert torch.equal(first, kind.forward(network, X.clone()))


@pytest.mark.parametrize("kind", [Subtracts, DoublesAColumn])
def test_the_data_of_a_problem_stay_as_they_are(kind):
    problem = problem_of(kind())
    before = problem.x_train.clone()
    bundle = Bundle.of(problem.network, problem.layout).repeated(2)
    for make in (OneAtATime, Batched):
        make(problem).outputs(bundle, problem.x_train)
        assert torch.equal(problem.x_train, before)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (FunctionalDropout, "draws random numbers in evaluation"),
        (NumpyNoise, "draws random numbers in evaluation"),
        (PythonNoise, "draws random numbers in evaluation"),
        (CountsInEvaluation, "keeps a state that evaluation changes"),
        (ClipsItself, "changes its own parameter 'fc.weight'"),
        (FrozenCentre, "changes its own parameter 'centre'"),
        (PlainMean, "changes 'mean' of the network"),
        (PlainNumber, "changes 'steps' of the network"),
        (Nested, "changes 'state' of module 'inner'"),
        (FirstBatchMean, "changes 'mean' of the network"),
        (FirstWeights, "changes 'signs' of the network"),
        (FirstSize, "changes 'scale' of the network"),
        (FirstNoise, "changes 'noise' of the network"),
        (FirstStatistics, "changes 'centre' of the network"),
    ],
)
def test_what_no_trajectory_owns_is_refused_by_name(kind, said):
    network = kind()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    generators = torch.random.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    with pytest.raises(ModelError) as refusal:
        check_behaviour(network, X)
    assert said in str(refusal.value)
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
    assert torch.equal(generators[0], torch.random.get_rng_state())
    assert generators[1:] == (random.getstate(), np.random.get_state()[1].tolist())


def test_the_module_that_answers_differently_is_named():
    with pytest.raises(ModelError, match="first in module '1'"):
        check_behaviour(nn.Sequential(nn.Linear(6, 6), FunctionalDropout()), X)


@pytest.mark.parametrize(
    "network",
    [
        Harmless(),
        BufferAnew(),
        BufferInPlace(),
        LazyAngles(),
        LazyMask(),
        CachedTable(),
        nn.Sequential(
            nn.Linear(6, 8),
            nn.BatchNorm1d(8),
            nn.Dropout(0.5),
            nn.ReLU(inplace=True),
            nn.Linear(8, 3),
        ),
        nn.Sequential(nn.utils.spectral_norm(nn.Linear(6, 6)), nn.Linear(6, 3)),
        nn.Sequential(
            nn.utils.parametrizations.spectral_norm(nn.Linear(6, 6)),
            nn.utils.parametrizations.weight_norm(nn.Linear(6, 3)),
        ),
    ],
    ids=lambda network: (
        type(network[0] if isinstance(network, nn.Sequential) else network).__name__
    ),
)
def test_what_does_no_harm_is_taken(network):
    check_behaviour(network, X)


@pytest.mark.parametrize("kind", [LazyAngles, LazyMask, CachedTable])
def test_a_constant_that_is_made_at_the_first_call_is_right_in_every_engine(kind):
    problem = problem_of(kind())
    names, _ = usable(problem)
    assert "batched" in names
    bundle = Bundle.of(problem.network, problem.layout).repeated(3)
    bundle.weights[1] *= -1.5
    for name in names:
        engine = ENGINES[name](problem.copied())
        for rows in (problem.x_train[:3], problem.x_train, problem.x_train[:1]):
            for index, outputs in enumerate(engine.outputs(bundle, rows)):
                network = kind()
                network.load_state_dict(problem.layout.views(bundle.weights[index]), strict=False)
                torch.testing.assert_close(outputs, network.eval()(rows))


def by_hand(network, problem, steps=3):
    """The network's own buffer after plain steps on all rows."""
    network.train()
    for _ in range(steps):
        gradients = torch.autograd.grad(
            problem.objective.minimised(
                network(problem.x_train)[None], problem.y_train[None]
            ).sum(),
            list(network.parameters()),
        )
        with torch.no_grad():
            for parameter, gradient in zip(network.parameters(), gradients, strict=True):
                parameter -= 0.1 * gradient
    return network.eval()


@pytest.mark.parametrize("kind", [BufferAnew, BufferInPlace])
def test_a_buffer_that_is_assigned_anew_is_each_trajectorys_own(kind):
    problem = problem_of(kind())
    names, reasons = usable(problem)
    assert ("batched" in names) == (kind is BufferInPlace)
    if kind is BufferAnew:
        assert "assigns the buffer 'mean' anew" in reasons["batched"]
    plain = by_hand(problem.copied().network, problem)
    bundle = Bundle.of(problem.network, problem.layout).repeated(2)
    x, y = (t[None].expand(2, *t.shape) for t in (problem.x_train, problem.y_train))
    own = problem.copied()
    engine = OneAtATime(own)
    for _ in range(3):
        bundle.weights -= 0.1 * engine.gradient(bundle, x, y)[0]
    for row in range(2):
        torch.testing.assert_close(bundle.buffers["mean"][row], plain.mean)
        torch.testing.assert_close(
            engine.outputs(bundle, problem.x_train)[row], plain(problem.x_train)
        )


def test_two_trajectories_through_one_module_that_leaks_are_refused():
    with pytest.raises(ModelError, match="more than one trajectory"):
        check_single(problem_of(PlainMean()))


class ForgetsToReturn(Net):
    """A frozen BatchNorm, as people write it, without `return self`."""

    def prepare(self):
        self.bn = nn.BatchNorm1d(6)
        self.bn.running_mean.fill_(0.5)
        self.drop = nn.Dropout(0.5)

    def train(self, mode=True):
        super().train(mode)
        self.bn.eval()

    def forward(self, x):
        return self.fc(self.drop(self.bn(x)))


def test_a_train_method_that_returns_nothing_does_no_harm():
    network = ForgetsToReturn()
    check_behaviour(network, X)
    problem = problem_of(network)
    assert problem.stochastic
    bundle, engine = Bundle.of(problem.network, problem.layout), OneAtATime(problem)
    engine.gradient(bundle, problem.x_train[None], problem.y_train[None])
    network.eval()
    torch.testing.assert_close(engine.outputs(bundle, problem.x_train)[0], network(problem.x_train))
    assert torch.equal(bundle.buffers["bn.running_mean"][0], network.bn.running_mean)


class PythonDrop(Net):
    def forward(self, x):
        return self.fc(x) * (2.0 * (random.random() < 0.5) if self.training else 1.0)


def test_a_network_that_draws_from_pythons_generator_in_training_is_stochastic():
    assert problem_of(PythonDrop()).stochastic
