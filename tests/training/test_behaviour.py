"""A network that changes what it is given, or keeps what no trajectory owns, is found before any
training.
"""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app.errors import ModelError
from landscape_app.training.behaviour import careful, check_behaviour
from landscape_app.training.engine import Batched, OneAtATime
from landscape_app.training.engines import ENGINES, check_single, usable
from landscape_app.weights.bundle import Bundle
from tests.sampling.test_networks_of_all_kinds import problem_of
from tests.training.odd_networks import (
    BufferAnew,
    BufferInPlace,
    CachedTable,
    ClipsItself,
    CountsInEvaluation,
    DoublesAColumn,
    FirstBatchMean,
    FirstNoise,
    FirstSize,
    FirstStatistics,
    FirstWeights,
    ForgetsToReturn,
    FrozenCentre,
    FunctionalDropout,
    Harmless,
    LazyAngles,
    LazyMask,
    Nested,
    NumpyNoise,
    PlainMean,
    PlainNumber,
    PythonDrop,
    PythonNoise,
    Subtracts,
    X,
)


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


def test_a_network_that_draws_from_pythons_generator_in_training_is_stochastic():
    assert problem_of(PythonDrop()).stochastic
