"""Laws of base training: an epoch uses each row once, resumed equals uninterrupted, and every
regime of digits interpolates.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from landscape_app.errors import ModelError
from landscape_app.records.progress import Silent
from landscape_app.training import base
from landscape_app.training.batches import epoch_batches
from landscape_app.training.engine import OneAtATime
from landscape_app.training.scores import score
from landscape_app.weights.bundle import Bundle
from tests.sampling.problems import TINY, make


@pytest.mark.parametrize("size", [7, 40, 1000])
def test_an_epoch_shows_every_row_once_to_every_stream(size):
    problem, _ = make(**TINY)
    streams = [(0, ("a",)), (0, ("b",))]
    x = torch.cat([x for x, _ in epoch_batches(problem, streams, epoch=3, size=size)], dim=1)
    assert x.shape[:2] == (2, len(problem.x_train))
    for one in x:
        assert torch.equal(one.sort(0).values, problem.x_train.sort(0).values)
    assert not torch.equal(x[0], x[1])


def test_the_order_of_an_epoch_depends_on_stream_and_epoch_alone():
    problem, _ = make(**TINY)

    def order(name, epoch):
        return torch.cat(
            [x[0] for x, _ in epoch_batches(problem, [(0, (name,))], epoch=epoch, size=40)]
        )

    assert torch.equal(order("a", 1), order("a", 1))
    assert not torch.equal(order("a", 1), order("a", 2))


def test_the_rate_is_cut_to_a_tenth_at_half_and_three_quarters():
    _, spec = make(**{**TINY, "train_epochs": 200, "train_rate": 0.1})
    rates = [base.rate_at(spec, epoch) for epoch in (1, 100, 101, 150, 151, 200)]
    assert rates == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])


def test_training_taken_up_at_any_chunk_is_bit_for_bit_the_same(monkeypatch):
    monkeypatch.setattr(base, "CHUNK", 2)
    problem, spec = make(**TINY)
    start = Bundle.of(problem.network, problem.layout)

    def train(bundle, done):
        kept = {}
        base.train(
            problem,
            spec,
            bundle,
            done=done,
            sink=lambda first, last, tensors: kept.__setitem__(last, tensors),
            progress=Silent(),
        )
        return kept

    whole = train(start.repeated(1), 0)
    assert list(whole) == [1, 2, 4, 6], "the early epochs too"
    for cut in (1, 2, 4):
        rest = train(Bundle.from_state(whole[cut]), cut)
        for last, tensors in rest.items():
            assert all(np.array_equal(tensors[name], whole[last][name]) for name in tensors)


def test_a_rate_at_which_training_diverges_is_said():
    problem, spec = make(**{**TINY, "train_rate": 10.0, "momentum": 0.99, "train_epochs": 200})
    poisoned = Bundle.of(problem.network, problem.layout)
    poisoned.weights[:] = 1e30
    with pytest.raises(ModelError, match="Lower the learning rate"):
        base.train(problem, spec, poisoned, done=0, sink=lambda *_: None, progress=Silent())


@pytest.mark.parametrize(
    ("regime", "gap"),
    [
        pytest.param("good", (0.0, 0.08), marks=pytest.mark.exhaustive),  # see test_presets.py
        pytest.param("plain", (0.0, 0.08), marks=pytest.mark.exhaustive),
        ("poor", (0.28, 0.5)),
    ],
)
def test_every_regime_of_digits_interpolates_and_its_gap_is_that_of_the_protocol(regime, gap):
    problem, spec = make(
        data="digits",
        network="mlp",
        regime=regime,
        train_epochs=200,
        train_batch=50,
        train_rate=0.1,
    )
    bundle = base.train(
        problem,
        spec,
        Bundle.of(problem.network, problem.layout),
        done=0,
        sink=lambda *_: None,
        progress=Silent(),
    )
    scores = score(problem, OneAtATime(problem), bundle, anchor=bundle.weights[0])
    train, test = scores["scores.train_accuracy"][0], scores["scores.test_accuracy"][0]
    assert train >= 0.99
    assert gap[0] < train - test < gap[1]
