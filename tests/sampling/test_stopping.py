"""Laws of stopping training and sampling: at any batch and any block, not only between epochs."""

from __future__ import annotations

import dataclasses
import math

import pytest

from landscape_app.errors import Cancelled
from landscape_app.records.progress import Silent
from landscape_app.records.pulse import listening
from landscape_app.sampling.retrain import retrain
from landscape_app.training.base import train
from landscape_app.training.engine import OneAtATime
from landscape_app.training.scores import score
from landscape_app.weights.bundle import Bundle
from tests.sampling.problems import TINY, make


class Counting(Silent):
    """Counts checks and epochs, and cancels after `last` checks."""

    def __init__(self, last: float = math.inf) -> None:
        self.count, self.epochs, self.last = 0, 0, last

    def advance(self, steps: int = 1) -> None:
        self.epochs += 1

    def check(self) -> None:
        self.count += 1
        if self.count > self.last:
            raise Cancelled


@pytest.fixture
def ingredients():
    problem, spec = make(**TINY)
    return problem, spec, Bundle.of(problem.network, problem.layout)


def test_training_asks_at_every_batch_and_stops_within_an_epoch(ingredients):
    problem, spec, bundle = ingredients
    progress = Counting()
    with listening(progress):
        train(problem, spec, bundle, done=0, sink=lambda *_: None, progress=progress)
    batches = math.ceil(len(problem.x_train) / spec.train_batch)
    assert batches > 2
    assert progress.count >= spec.train_epochs * batches
    progress = Counting(1)
    with pytest.raises(Cancelled), listening(progress):
        train(problem, spec, bundle, done=0, sink=lambda *_: None, progress=progress)
    assert progress.epochs == 0


def test_retraining_asks_at_every_batch_of_every_trajectory_and_stops_within_an_epoch(ingredients):
    problem, spec, anchor = ingredients

    def sampled(progress: Counting) -> None:
        retrain(
            problem, spec, OneAtATime(problem), anchor, trajectories=spec.trajectories, start=None,
            pending=[(0, 2)],
            sink=lambda *_: None, progress=progress,
        )  # fmt: skip

    progress = Counting()
    sampled(progress)
    assert progress.count >= 2 * len(spec.trajectories) * math.ceil(
        len(problem.x_train) / spec.batch
    )
    progress = Counting(len(spec.trajectories) + 3)
    with pytest.raises(Cancelled):
        sampled(progress)
    assert progress.epochs <= 1


def test_scoring_asks_at_every_block_of_rows(ingredients):
    problem, _, anchor = ingredients
    progress = Counting()
    with listening(progress):
        score(problem, OneAtATime(problem), anchor, anchor=anchor.weights[0], rows=10)
    assert progress.count >= len(problem.x_train) // 10
    few = dataclasses.replace(problem, x_train=problem.x_train[:10], y_train=problem.y_train[:10])
    with pytest.raises(Cancelled), listening(Counting(0)):
        score(few, OneAtATime(few), anchor, anchor=anchor.weights[0], rows=5)
