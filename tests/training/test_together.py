"""Laws of training several networks as one batch: each has the bytes that it has alone with the
same engine, whatever its rate, weight decay, seed, labels and augmentation; after a stop it goes on
to the same bytes, beside others or alone; one that diverges does not touch its neighbours; and the
steps are those of a plain loop up to rounding.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from landscape_app.errors import ModelError
from landscape_app.pipeline.problem import problem_of
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.progress import Silent
from landscape_app.settings import RunSpec, parse
from landscape_app.training import together
from landscape_app.training.base import train
from landscape_app.training.chain import Chain
from landscape_app.training.engine import OneAtATime
from landscape_app.training.together import BatchMember, kind, train_together
from landscape_app.weights.bundle import Bundle

BASE = {"data": "digits", "train_epochs": 4, "train_batch": 96, "train_rows": 200, "network": "mlp"}
CELLS = [
    {"regime": "plain"},
    {"regime": "poor", "seed": 1},
    {"regime": "good", "seed": 2},
    {"regime": "plain", "train_rate": 0.03, "weight_decay": 1e-3, "train_schedule": "cosine"},
    {"regime": "good", "train_rate": 0.03},
]


def spec_of(**changes):
    return parse(RunSpec, BASE | changes)


def start(problem):
    return Bundle.of(problem.network, problem.layout)


def member(spec, *, bundle=None, done=0):
    """(a member, the list that its chunks go to)."""
    problem, _ = problem_of(spec, UserObjects())
    chunks = []
    sink = lambda first, last, tensors: chunks.append((first, last, tensors))  # noqa: E731
    return BatchMember(problem, spec, bundle or start(problem), done, sink, Silent()), chunks


def alone(spec, *, make=Chain, bundle=None, done=0):
    """(the bundle, the chunks) of the same training with nobody beside it."""
    problem, _ = problem_of(spec, UserObjects())
    chunks = []
    sink = lambda first, last, tensors: chunks.append((first, last, tensors))  # noqa: E731
    begun = bundle or start(problem)
    return train(problem, spec, begun, done=done, sink=sink, progress=Silent(), make=make), chunks


def assert_same(ours, theirs):
    assert [chunk[:2] for chunk in ours] == [chunk[:2] for chunk in theirs]
    for (*_, mine), (*_, other) in zip(ours, theirs, strict=True):
        assert mine.keys() == other.keys()
        for name in mine:
            assert mine[name].dtype == other[name].dtype
            np.testing.assert_array_equal(mine[name], other[name], err_msg=name)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_each_network_has_the_bytes_that_it_has_alone(monkeypatch, optimizer):
    monkeypatch.setattr("landscape_app.training.base.CHUNK", 2)
    monkeypatch.setattr("landscape_app.training.base.EARLY", ())
    specs = [spec_of(train_optimizer=optimizer, **cell) for cell in CELLS]
    members = [member(spec) for spec in specs]
    assert len({kind(one) for one, _ in members}) == 1
    bundles = train_together([one for one, _ in members])
    for spec, bundle, (_, chunks) in zip(specs, bundles, members, strict=True):
        single, expected = alone(spec)
        assert_same(chunks, expected)
        assert len(chunks) == 2
        assert torch.equal(bundle.weights, single.weights)


def test_it_does_not_matter_who_trains_beside_it():
    few, many = ([member(spec_of(**cell)) for cell in cells] for cells in (CELLS[:2], CELLS))
    first = train_together([one for one, _ in few])
    second = train_together([one for one, _ in reversed(many)])[::-1]
    for one, other in zip(first, second, strict=False):
        assert torch.equal(one.weights, other.weights)


def test_it_goes_on_after_a_stop_to_the_same_bytes(monkeypatch):
    monkeypatch.setattr("landscape_app.training.base.EARLY", (2,))
    specs = [spec_of(**cell) for cell in CELLS]
    whole = [member(spec) for spec in specs]
    ends = train_together([one for one, _ in whole])
    middle = [Bundle.from_state(chunks[0][2]) for _, chunks in whole]
    again = [
        member(spec, bundle=bundle, done=2)[0] for spec, bundle in zip(specs, middle, strict=True)
    ]
    for one, other in zip(train_together(again), ends, strict=True):
        assert torch.equal(one.weights, other.weights)
    on, _ = alone(specs[3], bundle=Bundle.from_state(whole[3][1][0][2]), done=2)
    assert torch.equal(on.weights, ends[3].weights)


def test_one_that_diverges_does_not_touch_the_others():
    specs = [spec_of(**cell) for cell in CELLS[:3]]
    specs.insert(1, spec_of(regime="plain").model_copy(update={"train_rate": 1e30}))
    members = [member(spec) for spec in specs]
    results = train_together([one for one, _ in members])
    assert isinstance(results[1], ModelError)
    assert "diverged in epoch" in str(results[1])
    assert members[1][1] == []
    for place in (0, 2, 3):
        single, expected = alone(specs[place])
        assert torch.equal(results[place].weights, single.weights)
        assert_same(members[place][1], expected)


def test_the_steps_are_those_of_the_plain_loop_up_to_rounding():
    specs = [spec_of(**(cell | {"train_epochs": 1})) for cell in CELLS]
    for spec, bundle in zip(
        specs, train_together([member(spec)[0] for spec in specs]), strict=True
    ):
        plain, _ = alone(spec, make=OneAtATime)
        assert float((bundle.weights - plain.weights).abs().max()) < 1e-4
        assert not torch.equal(bundle.weights, start(member(spec)[0].problem).weights)


@pytest.mark.parametrize(
    "change",
    [
        {"train_batch": 50},
        {"train_epochs": 5},
        {"network": "mlp-small"},
        {"train_rows": 300},
        {"train_optimizer": "adam"},
        {"momentum": 0.5},
    ],
    ids=str,
)
def test_other_shapes_or_steps_are_another_kind(change):
    assert kind(member(spec_of())[0]) != kind(member(spec_of(**change))[0])


def test_what_cannot_train_beside_others_is_told():
    spec = spec_of()
    problem, _ = problem_of(spec, UserObjects())
    assert together.batchable(problem, spec)
    assert not together.batchable(dataclasses.replace(problem, stochastic=True), spec)
    assert not together.batchable(problem, spec.model_copy(update={"train_epochs": 0}))
    weighted = dataclasses.replace(problem.objective, weights=torch.ones_like)
    assert not together.batchable(dataclasses.replace(problem, objective=weighted), spec)
