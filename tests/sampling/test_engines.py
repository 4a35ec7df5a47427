"""Laws of the two engines: they agree with each other and with torch's own optimizer, and no
trajectory touches another.
"""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest
import torch

from landscape_app.errors import ModelError
from landscape_app.records.dataset import Dataset
from landscape_app.records.progress import Silent
from landscape_app.sampling.jumps import jump
from landscape_app.sampling.retrain import chunks, retrain
from landscape_app.seeds import torch_stream
from landscape_app.training.batches import epoch_batches, shifted
from landscape_app.training.chain import Chain
from landscape_app.training.engine import Batched, OneAtATime
from landscape_app.training.engines import ENGINES, usable
from landscape_app.training.optimizer import Stepper, maker
from landscape_app.training.problem import Problem
from landscape_app.training.scores import score
from landscape_app.weights.bundle import Bundle, from_named_state, named_state
from landscape_app.weights.layout import Layout
from tests.sampling.problems import IMAGES, TINY, make

RATE = 0.05


def one_epoch(problem, spec, engine, bundle, seeds=(0,), optimizer="sgd"):
    make, elementwise = maker(optimizer, rate=RATE, momentum=0.9, weight_decay=0.01)
    stepper = Stepper(bundle, problem.layout, make, elementwise=elementwise)
    for x, y in epoch_batches(
        problem, [(spec.seed, ("t", seed)) for seed in seeds], epoch=1, size=spec.batch
    ):
        gradient, _ = engine.gradient(bundle, x, y)
        stepper.step(gradient, rate=RATE)
    return bundle


CASES = [
    (name, kind)
    for name in ENGINES
    for kind in ("tiny", "images")
    if (name, kind) != ("chain", "images")
]
KINDS = {"tiny": TINY, "images": IMAGES}


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_engine_equals_one_at_a_time_after_an_epoch(name, kind):
    problem, spec = make(**KINDS[kind])
    anchor = Bundle.of(problem.network, problem.layout)
    trajectories = [(0, 0.0), (0, 0.5), (1, 0.5)]
    results = []
    for engine in (ENGINES[name](problem), OneAtATime(problem)):
        bundle = jump(problem, spec, engine, anchor, trajectories=trajectories)
        results.append(one_epoch(problem, spec, engine, bundle, seeds=(0, 1, 2)))
    torch.testing.assert_close(results[0].weights, results[1].weights, atol=1e-4, rtol=1e-4)
    for key in results[0].buffers:
        torch.testing.assert_close(
            results[0].buffers[key], results[1].buffers[key], atol=1e-4, rtol=1e-4
        )


@pytest.mark.parametrize("kind", [TINY, IMAGES])
def test_one_epoch_is_what_torch_optim_sgd_does(kind):
    problem, spec = make(**kind)
    bundle = one_epoch(
        problem,
        spec,
        OneAtATime(problem),
        Bundle.of(copy.deepcopy(problem.network), problem.layout),
    )
    problem, spec = make(**kind)
    network = problem.network.train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, weight_decay=0.01)
    for x, y in epoch_batches(problem, [(spec.seed, ("t", 0))], epoch=1, size=spec.batch):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(x[0]), y[0]).backward()
        optimizer.step()
    expected = problem.layout.flatten(dict(network.named_parameters()))
    torch.testing.assert_close(bundle.weights[0], expected, atol=1e-5, rtol=1e-4)
    for key, value in network.named_buffers():
        torch.testing.assert_close(bundle.buffers[key][0], value, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", ENGINES)
def test_a_diverged_trajectory_leaves_its_neighbours_bit_identical(name):
    problem, spec = make()
    engine = ENGINES[name](problem)
    harmless = Bundle.of(problem.network, problem.layout).repeated(3)
    poisoned = Bundle.of(problem.network, problem.layout).repeated(3)
    poisoned.weights[1] = float("nan")
    one_epoch(problem, spec, engine, harmless, seeds=(0, 1, 2))
    one_epoch(problem, spec, engine, poisoned, seeds=(0, 1, 2))
    assert torch.equal(harmless.weights[[0, 2]], poisoned.weights[[0, 2]])
    marks = score(problem, engine, poisoned, anchor=harmless.weights[0])["scores.diverged"]
    assert marks.tolist() == [0, 1, 0]


def test_scores_are_the_networks_own():
    problem, _ = make(**IMAGES)
    network = problem.network
    bundle = Bundle.of(network, problem.layout)
    row = score(problem, Batched(problem), bundle, anchor=bundle.weights[0])
    network.eval()
    with torch.no_grad():
        logits, probe = network(problem.x_train), network(problem.x_test[problem.probe]).softmax(-1)
    losses = torch.nn.functional.cross_entropy(logits, problem.y_train, reduction="none")
    assert row["scores.train_loss"][0] == pytest.approx(float(losses.mean()), rel=1e-5)
    assert row["scores.train_accuracy"][0] == float(
        (logits.argmax(1) == problem.y_train).double().mean()
    )
    torch.testing.assert_close(torch.from_numpy(row["probe"][0]), probe)
    torch.testing.assert_close(
        torch.from_numpy(row["train_probe"][0]), logits.softmax(-1)[problem.train_probe]
    )
    torch.testing.assert_close(
        torch.from_numpy(row["losses"][0]), losses[problem.loss_rows], atol=1e-5, rtol=1e-4
    )
    assert row["scores.distance"][0] == 0


def test_all_step_sizes_of_a_seed_share_their_direction():
    problem, spec = make()
    anchor = Bundle.of(problem.network, problem.layout)
    bundle = jump(problem, spec, Batched(problem), anchor, trajectories=spec.trajectories)
    for index, (seed, step) in enumerate(spec.trajectories):
        longest = bundle.weights[spec.trajectories.index((seed, 1.0))] - anchor.weights[0]
        torch.testing.assert_close(
            bundle.weights[index] - anchor.weights[0], step * longest, atol=1e-6, rtol=1e-4
        )
    controls = [i for i, (_, step) in enumerate(spec.trajectories) if step == 0]
    assert torch.equal(bundle.weights[controls], anchor.weights.expand(len(controls), -1))


@pytest.mark.parametrize("engine", [Batched, OneAtATime])
def test_reestimated_statistics_are_the_mean_over_batches_and_controls_keep_theirs(engine):
    problem, spec = make(**IMAGES, batchnorm="re-estimate")
    anchor = Bundle.of(problem.network, problem.layout)
    bundle = jump(problem, spec, engine(problem), anchor, trajectories=[(0, 0.0), (0, 0.5)])
    assert torch.equal(bundle.buffers["1.running_mean"][0], anchor.buffers["1.running_mean"][0])
    first = problem.network[0]
    slots = problem.layout.views(bundle.weights[1])
    with torch.no_grad():
        outs = [
            torch.nn.functional.conv2d(x, slots["0.weight"], slots["0.bias"], padding=first.padding)
            for x in problem.x_train.split(spec.batch)
        ]
    expected = torch.stack([out.mean((0, 2, 3)) for out in outs]).mean(0)
    torch.testing.assert_close(bundle.buffers["1.running_mean"][1], expected, atol=1e-5, rtol=1e-4)


def test_chunks_cover_every_epoch_once_and_the_first_holds_the_jump():
    for epochs in range(1, 23):
        covered = [epoch for first, last in chunks(epochs, 5) for epoch in range(first, last + 1)]
        assert covered == list(range(epochs + 1))
    assert chunks(40, 5)[0] == (0, 5)


def test_going_on_from_any_chunk_is_bit_for_bit_the_same():
    problem, spec = make(**{**TINY, "epochs": 9})
    anchor = Bundle.of(problem.network, problem.layout)
    wanted = chunks(spec.epochs, 3)

    def sample(start, pending):
        kept = {}
        retrain(
            problem, spec, Batched(problem), anchor, trajectories=spec.trajectories, start=start,
            pending=pending,
            sink=lambda first, last, tensors: kept.__setitem__((first, last), tensors),
            progress=Silent(),
        )  # fmt: skip
        return kept

    whole = sample(None, wanted)
    for cut in range(1, len(wanted)):
        rest = sample(Bundle.from_state(whole[wanted[cut - 1]]), wanted[cut:])
        for chunk, tensors in rest.items():
            assert all((tensors[name] == whole[chunk][name]).all() for name in tensors)


class Branches(torch.nn.Module):
    """Control flow that depends on the data."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x) if x.sum().item() > -1e9 else x


def test_a_network_that_cannot_be_batched_falls_back_and_says_why():
    problem, _ = make()
    network = Branches(problem.network)
    names, reasons = usable(
        dataclasses.replace(problem, network=network, layout=Layout.of(network))
    )
    assert names == ["one at a time"]
    assert set(reasons) == {"chain", "batched", "batched, scored singly"}


@pytest.mark.parametrize(("kind", "expected"), [(TINY, "chain"), (IMAGES, "batched")])
def test_trying_the_engines_leaves_the_network_as_it_was(kind, expected):
    problem, _ = make(**kind)
    before = copy.deepcopy(problem.network.state_dict())
    names, _ = usable(problem)
    assert names[0] == expected
    assert all(
        torch.equal(before[key], value) for key, value in problem.network.state_dict().items()
    )


LINEAR, RELU = torch.nn.Linear(5, 5), torch.nn.ReLU()
CHAINS = [
    torch.nn.Sequential(torch.nn.Linear(5, 4, bias=False), torch.nn.Linear(4, 3)),
    torch.nn.Sequential(
        torch.nn.Sequential(torch.nn.Linear(5, 4), RELU), torch.nn.Identity(), torch.nn.Linear(4, 3)
    ),
]
NO_CHAINS = [
    torch.nn.Sequential(LINEAR, torch.nn.Tanh(), torch.nn.Linear(5, 3)),
    torch.nn.Sequential(torch.nn.Linear(5, 3), RELU),
    torch.nn.Sequential(RELU, torch.nn.Linear(5, 3)),
    torch.nn.Linear(5, 3),
]


@pytest.mark.parametrize("network", CHAINS)
def test_a_chains_gradient_is_autograds(network):
    problem = of_network(network)
    x, y = problem.x_train[None].expand(2, -1, -1), problem.y_train[None].expand(2, -1)
    bundle = Bundle.of(problem.network, problem.layout).repeated(2)
    mine, losses = Chain(problem).gradient(bundle, x, y)
    theirs, expected = OneAtATime(problem).gradient(bundle, x, y)
    torch.testing.assert_close(mine, theirs, atol=1e-7, rtol=1e-5)
    torch.testing.assert_close(losses, expected)


@pytest.mark.parametrize("network", NO_CHAINS)
def test_what_is_no_chain_is_refused(network):
    with pytest.raises(ModelError):
        Chain(of_network(network))


def of_network(network):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 5)).astype(np.float32), np.arange(12) % 3
    return Problem.of(network, Dataset("made", x, y, x, y, classes=3), augmentation=False)


def test_shifts_move_by_at_most_one_pixel_and_lose_nothing_else():
    images = torch.zeros(200, 1, 5, 5)
    images[:, :, 2, 2] = 1
    moved = shifted(images, torch_stream(0, "shift"))
    where = moved.flatten(1).argmax(1)
    assert (moved.sum((1, 2, 3)) == 1).all()
    assert set(where.tolist()) == {r * 5 + c for r in (1, 2, 3) for c in (1, 2, 3)}


def test_named_state_round_trips():
    problem, _ = make(**IMAGES)
    bundle = Bundle.of(problem.network, problem.layout)
    again = from_named_state(named_state(bundle, problem.layout), problem.layout)
    assert torch.equal(bundle.weights, again.weights)
    assert all(torch.equal(bundle.buffers[key], again.buffers[key]) for key in bundle.buffers)
