"""Laws of planes: the centre is the anchor, a linear loss is a plane, a jump is a
point of its plane.
"""

from __future__ import annotations

import dataclasses
import math
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from landscape_app.errors import AnalysisError, Cancelled
from landscape_app.objectives import Objective
from landscape_app.records.progress import Silent
from landscape_app.records.snapshots import Matrix
from landscape_app.sampling import planes_kinds, planes_worker
from landscape_app.sampling.jumps import jump
from landscape_app.sampling.planes import SCORES, grid
from landscape_app.sampling.planes_kinds import unit
from landscape_app.sampling.planes_projection import project
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
    found = evaluated(
        problem, spec, anchor, plane.directions, points([-0.5, 0.0, 0.5], [-1.0, 0.0, 1.0])
    )
    recorded = score(problem, OneAtATime(problem.copied()), anchor, anchor=anchor.weights[0])
    for name in ("train_loss", "test_loss"):
        assert found[name][4] == pytest.approx(
            float(recorded[f"scores.{name}"][0]), rel=1e-6, abs=1e-6
        )
    for name in ("train_accuracy", "test_accuracy"):
        np.testing.assert_array_equal(found[name][4], recorded[f"scores.{name}"][0])


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


@pytest.mark.parametrize("batchnorm", ["keep", "re-estimate"])
def test_jumps_lie_on_the_axes_of_the_random_plane_with_their_loss(batchnorm):
    problem, spec, anchor = problem_of(**{**IMAGES, "batchnorm": batchnorm})
    engine = OneAtATime(problem.copied())
    bundle = jump(problem, spec, engine, anchor, trajectories=[(0, 0.5), (1, 0.25), (0, 0.0)])
    plane = plane_of("random", problem, spec, anchor)
    at = np.array([[0.5, 0.0], [0.0, 0.25], [0.0, 0.0]])
    found = evaluated(problem, spec, anchor, plane.directions, at)
    recorded = score(problem, engine, bundle, anchor=anchor.weights[0])
    np.testing.assert_allclose(found["train_loss"], recorded["scores.train_loss"], rtol=1e-5)
    np.testing.assert_allclose(found["test_accuracy"], recorded["scores.test_accuracy"])
    coordinates, residual = project(
        Matrix.of((bundle.weights - anchor.weights).numpy()), plane.directions.numpy()
    )
    np.testing.assert_allclose(coordinates, at, atol=1e-6)
    assert residual.max() < 1e-6 * unit(anchor, problem.layout)


def test_random_directions_are_filter_normalised_nearly_orthogonal_and_one_unit_long():
    problem, spec, anchor = problem_of(network="cnn", data="digits", train_rows=50)
    plane = plane_of("random", problem, spec, anchor, seed=3)
    u, v = plane.directions
    assert abs(torch.cosine_similarity(u, v, dim=0)) < 6 / math.sqrt(problem.layout.parameters)
    for slot in problem.layout.slots:
        moved, theta = slot.view(plane.directions), slot.view(anchor.weights[0])
        if theta.dim() >= 2:
            torch.testing.assert_close(
                moved.flatten(2).norm(dim=2), theta.flatten(1).norm(dim=1).expand(2, -1)
            )
        else:
            assert not moved.any()
    np.testing.assert_allclose(
        plane.directions.norm(dim=1), unit(anchor, problem.layout), rtol=1e-5
    )
    line = plane_of("line", problem, spec, anchor, seed=4)
    assert torch.equal(line.directions[0], v)


def test_along_the_hessians_axes_the_loss_rises_as_the_quadratic_model_says():
    # linear least squares: the model is the loss
    problem, spec, anchor = problem_of(data="diabetes", network="mlp", depth=0)
    a = np.c_[problem.x_train.double().numpy(), np.ones(len(problem.x_train))]
    solution = np.linalg.lstsq(a, problem.y_train.double().numpy()[:, 0])[0]
    anchor.weights[0] = torch.from_numpy(solution)
    plane = plane_of("hessian", problem, spec, anchor)
    values, vectors = np.linalg.eigh(2 * a.T @ a / len(a))
    longest = unit(anchor, problem.layout)
    lengths = np.minimum(longest, np.sqrt(2 / values[::-1][:2]))
    for mine, theirs, length in zip(
        plane.directions.double().numpy(), vectors.T[::-1], lengths, strict=False
    ):
        assert abs(mine @ theirs) == pytest.approx(length, rel=1e-4)
    losses = evaluated(
        problem, spec, anchor, plane.directions, [[0, 0], [1, 0], [0, 1], [-1, 0], [1, 1]]
    )["train_loss"]
    rises = values[::-1][:2] * lengths**2 / 2
    np.testing.assert_allclose(
        losses[1:] - losses[0], [rises[0], rises[1], rises[0], rises.sum()], rtol=1e-4
    )
    np.testing.assert_allclose(plane.facts["quadratic_rise_at_one_unit"], rises, rtol=1e-4)


def test_the_hessians_plane_is_the_same_from_every_start():
    problem, spec, anchor = problem_of(**IMAGES)
    plane = plane_of("hessian", problem, spec, anchor)
    again, other = (plane_of("hessian", problem, spec, anchor, seed=seed) for seed in (0, 1))
    assert torch.equal(plane.directions, again.directions)
    values = plane.facts["eigenvalues"]
    np.testing.assert_allclose(other.facts["eigenvalues"], values, rtol=1e-5)
    np.testing.assert_allclose(other.directions, plane.directions, rtol=1e-2, atol=1e-3)
    assert max(plane.facts["eigenvector_residuals"]) < 1e-5 * values[0]
    assert plane.facts["hessian_products"] < 100


def test_where_no_direction_curves_there_is_no_hessian_plane():
    problem, spec, anchor = problem_of(data="diabetes", network="mlp", depth=0)
    flat = Objective("first output", lambda outputs, targets: outputs[..., 0])
    with pytest.raises(AnalysisError, match="Hessian is zero"):
        plane_of("hessian", dataclasses.replace(problem, objective=flat), spec, anchor)


def test_a_search_for_the_hessians_plane_that_does_not_converge_is_refused(monkeypatch):
    problem, spec, anchor = problem_of(**IMAGES)
    monkeypatch.setattr(planes_kinds, "PRODUCTS", 4)
    with pytest.raises(AnalysisError, match="not settled after 6 products"):
        plane_of("hessian", problem, spec, anchor)


def test_values_that_are_not_finite_are_kept_and_do_not_spread():
    problem, spec, anchor = problem_of(**IMAGES)
    directions = plane_of("random", problem, spec, anchor).directions
    at = points([0.0, 0.5, 1.0], [0.0, 0.5])
    clean = evaluated(problem, spec, anchor, directions, at)
    wild = at.copy()
    wild[2] = 1e30, 1e30
    found = evaluated(problem, spec, anchor, directions, wild)
    assert not np.isfinite(found["train_loss"][2])
    assert found["train_accuracy"][2] == 0
    others = np.arange(len(at)) != 2
    for name in SCORES:
        np.testing.assert_array_equal(found[name][others], clean[name][others])


def test_running_statistics_move_everywhere_but_at_the_anchor():
    problem, spec, anchor = problem_of(**{**IMAGES, "batchnorm": "re-estimate"})
    kept = spec.model_copy(update={"batchnorm": "keep"})
    directions, at = plane_of("random", problem, spec, anchor).directions, [[0.0, 0.0], [0.5, 0.0]]
    moved, still = (
        evaluated(problem, one, anchor, directions, at)["train_loss"] for one in (spec, kept)
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
    found = evaluated(
        problem, spec, anchor, plane_of("line", problem, spec, anchor).directions, [[0.0], [1.0]]
    )
    assert np.isnan(found["train_accuracy"]).all()
    assert np.isnan(found["test_accuracy"]).all()
    assert np.isfinite(found["train_loss"]).all()


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
