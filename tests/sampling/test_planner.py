"""Laws of planning: a bounded part of the work is tried, whatever the size of the data, and it
stands for the whole.
"""

from __future__ import annotations

import dataclasses
import threading

import pytest
import torch
from torch import nn

from landscape_app.errors import Cancelled
from landscape_app.records.progress import Silent
from landscape_app.sampling.machine import Machine
from landscape_app.sampling.planner import plan
from landscape_app.sampling.trial import BYTES, Size, epoch_seconds, part, size
from landscape_app.training.base import trial
from landscape_app.training.problem import Problem
from landscape_app.training.scores import layer_sizes
from landscape_app.weights.layout import Layout
from tests.sampling.problems import IMAGES, TINY, make

MACHINE = Machine(("cpu",), 2, 2**33)


class Counting(nn.Module):
    """A network that counts the rows which pass through it or its copies."""

    rows = 0

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x):
        Counting.rows += len(x)
        return self.inner(x)


def large(problem: Problem, rows: int) -> Problem:
    """`problem` with its first rows repeated, in no more memory."""
    x, y = (
        problem.x_train[:1].expand(rows, *problem.x_train.shape[1:]),
        problem.y_train[:1].expand(rows),
    )
    return dataclasses.replace(problem, x_train=x, y_train=y, x_test=x, y_test=y)


@pytest.mark.slow
def test_a_plan_tries_as_many_rows_of_a_large_data_set_as_of_a_larger_one(monkeypatch):
    monkeypatch.setattr("landscape_app.sampling.trial.BYTES", 2**21)
    monkeypatch.setattr("landscape_app.training.scores.BYTES", 2**20)
    for rows in (100_000, 1_000_000):
        problem, spec = make(**IMAGES)
        network = Counting(problem.network)
        problem = dataclasses.replace(
            large(problem, rows), network=network, layout=Layout.of(network)
        )
        Counting.rows = 0
        plan(problem, spec, MACHINE)
        trial(problem, spec)
        assert Counting.rows < 100_000


def test_a_trial_holds_a_bounded_number_of_bytes_and_is_the_whole_where_that_is_small():
    problem, spec = make(**TINY)
    whole = size(problem, spec, 4)
    assert (whole.trajectories, whole.step_rows) == (4, spec.batch)
    assert whole.scored_rows >= max(len(problem.x_train), len(problem.x_test))
    images, spec = make(**IMAGES)
    images, each = large(images, 10**6), 4 * sum(layer_sizes(images))
    for batch in (128, 5_000, 65_536):
        tried: Size = size(images, spec.model_copy(update={"batch": batch}), 20)
        assert tried.trajectories * tried.step_rows * each <= BYTES
        assert tried.trajectories * tried.scored_rows * 4 * max(layer_sizes(images)) <= BYTES
    assert (tried.trajectories, tried.step_rows) == (1, BYTES // each)


def test_a_part_of_a_problem_keeps_its_positions():
    problem, _ = make(**TINY)
    few = part(problem, 7)
    assert len(few.x_train) == len(few.y_train) == len(few.x_test) == 7
    assert int(torch.cat([few.probe, few.train_probe, few.loss_rows]).max()) < 7


def test_a_plan_can_be_cancelled_between_trials():
    problem, spec = make(**TINY)

    class Asked(Silent):
        def check(self) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        plan(problem, spec, MACHINE, progress=Asked())


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_a_trial_raises_is_carried_and_printed_nowhere_else(monkeypatch, capfd):
    problem, spec = make(**TINY)

    def fails(*arguments):
        if threading.current_thread().name.endswith("_0"):
            raise RuntimeError("no kernel for this")
        return epoch_seconds(*arguments)

    monkeypatch.setattr("landscape_app.sampling.planner.epoch_seconds", fails)
    with pytest.raises(RuntimeError, match="no kernel for this"):
        plan(problem, spec, MACHINE)
    assert not capfd.readouterr().err


def test_a_way_that_fails_is_left_out_with_its_reason(monkeypatch):
    problem, spec = make(**TINY)

    def fails(problem, spec, name, *rest):
        if name != "one at a time":
            raise RuntimeError("no kernel for this")
        return epoch_seconds(problem, spec, name, *rest)

    monkeypatch.setattr("landscape_app.sampling.planner.epoch_seconds", fails)
    chosen = plan(problem, spec, MACHINE)
    assert chosen.engine == "one at a time"
    assert "'chain' cannot be used: no kernel for this" in chosen.why
