"""Laws of planes: the centre is the anchor, a linear loss is a plane, a jump is a
point of its plane.
"""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from landscape_app.errors import Cancelled
from landscape_app.objectives import Objective
from landscape_app.records.progress import Silent
from landscape_app.sampling import planes_worker
from landscape_app.sampling.planes import SCORES, grid
from landscape_app.seeds import torch_stream
from landscape_app.training.engine import OneAtATime
from landscape_app.training.scores import score
from tests.sampling.planes import chain, evaluated, plane_of, points, problem_of, with_network
from tests.sampling.problems import IMAGES


@settings(deadline=None)
@given(half=st.integers(1, 60), extent=st.floats(1e-3, 10))
def test_the_axis_is_even_symmetric_and_has_the_anchor_in_its_middle(half, extent):
    alpha, beta = grid(2 * half + 1, extent, dims=2)
    np.testing.assert_array_equal(alpha, -alpha[::-1])
    assert alpha[half] == 0.0
    assert alpha[-1] == pytest.approx(extent)
    np.testing.assert_allclose(np.diff(alpha), extent / half, rtol=1e-9)
    np.testing.assert_array_equal(alpha, beta)
    assert grid(2 * half + 1, extent, dims=1)[1].tolist() == [0.0]


@pytest.mark.parametrize(
    "changes",
    [{}, IMAGES, {**IMAGES, "network": "wrn-16-1", "train_rows": 40}, {"data": "diabetes"}],
)
def test_the_centre_is_the_anchor(changes):
    problem, spec, anchor = problem_of(**changes)
    plane = plane_of("random", problem, spec, anchor)
    scores = evaluated(
        problem, spec, anchor, plane.directions, points([-0.5, 0.0, 0.5], [-1.0, 0.0, 1.0])
    )
    recorded = score(problem, OneAtATime(problem.copied()), anchor, anchor=anchor.weights[0])
    for name in ("train_loss", "test_loss"):
        assert scores[name][4] == pytest.approx(
            float(recorded[f"scores.{name}"][0]), rel=1e-6, abs=1e-6
        )
    for name in ("train_accuracy", "test_accuracy"):
        np.testing.assert_array_equal(scores[name][4], recorded[f"scores.{name}"][0])


def test_a_loss_linear_in_the_weights_has_its_slopes_and_zero_second_differences_in_both_axes():
    problem, spec, anchor = problem_of(data="diabetes", network="mlp", depth=0)
    problem = dataclasses.replace(
        problem, objective=Objective("first output", lambda outputs, _: outputs[..., 0])
    )
    generator = torch_stream(0, "slopes")
    directions = torch.stack(
        [
            torch.randn(problem.layout.parameters, generator=generator),
            torch.rand(problem.layout.parameters, generator=generator),
        ]
    )
    alpha, beta = grid(9, 1.0, dims=2)
    losses = evaluated(problem, spec, anchor, directions, points(alpha, beta))[
        "train_loss"
    ].reshape(9, 9)
    scale = np.abs(losses).max()
    assert np.abs(np.diff(losses, 2, axis=0)).max() < 1e-5 * scale
    assert np.abs(np.diff(losses, 2, axis=1)).max() < 1e-5 * scale
    # the loss is mean·(weights, bias)
    mean = np.append(problem.x_train.double().mean(0).numpy(), 1.0)
    slopes = directions.double().numpy() @ mean
    expected = (
        float(anchor.weights[0].double().numpy() @ mean)
        + alpha[None, :] * slopes[0]
        + beta[:, None] * slopes[1]
    )
    np.testing.assert_allclose(losses, expected, atol=1e-5 * scale)


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes", [{}, IMAGES, {**IMAGES, "network": "wrn-16-1", "train_rows": 40}]
)
def test_a_point_alone_equals_the_point_in_the_grid_whatever_the_workers(changes):
    problem, spec, anchor = problem_of(**changes)
    directions = plane_of("random", problem, spec, anchor).directions
    at = points(*grid(7, 1.0, dims=2))
    whole, single = (
        evaluated(problem, spec, anchor, directions, at, workers=workers) for workers in (2, 1)
    )
    for position in (0, 24, 31, 48):
        alone = evaluated(problem, spec, anchor, directions, at[position : position + 1])
        for name in SCORES:
            np.testing.assert_array_equal(whole[name], single[name])
            np.testing.assert_allclose(alone[name][0], whole[name][position], rtol=1e-5)


def test_values_that_are_not_finite_are_kept_and_do_not_spread():
    problem, spec, anchor = problem_of(**IMAGES)
    directions = plane_of("random", problem, spec, anchor).directions
    at = points([0.0, 0.5, 1.0], [0.0, 0.5])
    clean = evaluated(problem, spec, anchor, directions, at)
    wild = at.copy()
    wild[2] = 1e30, 1e30
    scores = evaluated(problem, spec, anchor, directions, wild)
    assert not np.isfinite(scores["train_loss"][2])
    assert scores["train_accuracy"][2] == 0
    others = np.arange(len(at)) != 2
    for name in SCORES:
        np.testing.assert_array_equal(scores[name][others], clean[name][others])


def test_running_statistics_move_everywhere_but_at_the_anchor():
    problem, spec, anchor = problem_of(**{**IMAGES, "batchnorm": "re-estimate"})
    keep = spec.model_copy(update={"batchnorm": "keep"})
    directions, at = plane_of("random", problem, spec, anchor).directions, [[0.0, 0.0], [0.5, 0.0]]
    moved, still = (
        evaluated(problem, each, anchor, directions, at)["train_loss"] for each in (spec, keep)
    )
    assert moved[0] == still[0]
    assert abs(moved[1] - still[1]) > 1e-3 * still[1]


def test_dropout_does_not_make_running_statistics_a_matter_of_chance():
    problem, spec, anchor = with_network(
        lambda: chain(
            nn.Conv2d(1, 3, 3), nn.Dropout(0.3), nn.Conv2d(3, 3, 3), nn.BatchNorm2d(3), nn.ReLU()
        )
    )
    problem = dataclasses.replace(problem, stochastic=True)
    spec, before = (
        spec.model_copy(update={"batchnorm": "re-estimate"}),
        torch.random.get_rng_state(),
    )
    directions, at = (
        plane_of("random", problem, spec, anchor).directions,
        [[0.5, 0.0], [0.0, 0.5], [1.0, 1.0]],
    )
    whole, alone = (
        evaluated(problem, spec, anchor, directions, at),
        evaluated(problem, spec, anchor, directions, at[2:]),
    )
    np.testing.assert_allclose(whole["train_loss"][2:], alone["train_loss"], rtol=1e-5)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_task_without_accuracy_has_none():
    problem, spec, anchor = problem_of(data="diabetes")
    scores = evaluated(
        problem, spec, anchor, plane_of("line", problem, spec, anchor).directions, [[0.0], [1.0]]
    )
    assert np.isnan(scores["train_accuracy"]).all()
    assert np.isnan(scores["test_accuracy"]).all()
    assert np.isfinite(scores["train_loss"]).all()


def test_data_that_do_not_fit_into_memory_give_the_same_losses(monkeypatch):
    problem, spec, anchor = problem_of(**IMAGES)
    directions, at = (
        plane_of("random", problem, spec, anchor).directions,
        points([0.0, 0.5], [0.0, 1.0]),
    )
    whole = evaluated(problem, spec, anchor, directions, at)
    for name in ("OUTPUTS", "KEPT", "PREPARED"):
        monkeypatch.setattr(planes_worker, name, 1)
    parts = evaluated(problem, spec, anchor, directions, at)
    for name in SCORES:
        np.testing.assert_allclose(parts[name], whole[name], rtol=1e-6)


class Stopping(Silent):
    """A progress that asks for an end after some points."""

    def __init__(self, after):
        self.left = after

    def advance(self, steps=1):
        self.left -= steps
        if self.left <= 0:
            raise Cancelled


def test_a_cancel_ends_it_and_nothing_of_the_caller_is_changed():
    problem, spec, anchor = problem_of(**IMAGES)
    directions = plane_of("random", problem, spec, anchor).directions
    before = {key: value.clone() for key, value in problem.network.state_dict().items()}
    theta, threads = anchor.weights.clone(), torch.get_num_threads()
    with pytest.raises(Cancelled):
        evaluated(
            problem, spec, anchor, directions, points(*grid(51, 1.0, dims=2)), progress=Stopping(40)
        )
    assert torch.equal(anchor.weights, theta)
    assert all(
        torch.equal(value, before[key]) for key, value in problem.network.state_dict().items()
    )
    assert torch.get_num_threads() == threads


class Impatient(Silent):
    """A progress that asks for an end at the first opportunity."""

    def check(self):
        raise Cancelled


def test_a_cancel_reaches_points_that_are_under_way(monkeypatch):
    problem, spec, anchor = problem_of(**IMAGES)
    monkeypatch.setattr(planes_worker, "OUTPUTS", 1)  # many slabs
    counted, plain = [], problem.objective

    def slow(outputs, targets):
        counted.append(None)
        time.sleep(0.02)
        return plain.rows(outputs, targets)

    directions, at = (
        plane_of("line", problem, spec, anchor).directions,
        np.linspace(-1, 1, 32)[:, None],
    )
    slowly = dataclasses.replace(problem, objective=dataclasses.replace(plain, rows=slow))
    evaluated(slowly, spec, anchor, directions, at, workers=1)
    whole = len(counted)
    counted.clear()
    with pytest.raises(Cancelled):
        evaluated(slowly, spec, anchor, directions, at, workers=1, progress=Impatient())
    assert len(counted) < whole
