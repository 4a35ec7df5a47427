"""Laws of the axes of planes: random ones are filter-normalised, the Hessian's curve as the loss
does.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch

from landscape_app.errors import AnalysisError
from landscape_app.objectives import Objective
from landscape_app.records.snapshots import Matrix
from landscape_app.sampling import planes_kinds
from landscape_app.sampling.jumps import jump
from landscape_app.sampling.planes_kinds import unit
from landscape_app.sampling.planes_projection import project
from landscape_app.training.engine import OneAtATime
from landscape_app.training.scores import score
from tests.sampling.planes import evaluated, plane_of, problem_of
from tests.sampling.problems import IMAGES


@pytest.mark.parametrize("batchnorm", ["keep", "re-estimate"])
def test_jumps_lie_on_the_axes_of_the_random_plane_with_their_loss(batchnorm):
    problem, spec, anchor = problem_of(**{**IMAGES, "batchnorm": batchnorm})
    engine = OneAtATime(problem.copied())
    bundle = jump(problem, spec, engine, anchor, trajectories=[(0, 0.5), (1, 0.25), (0, 0.0)])
    plane = plane_of("random", problem, spec, anchor)
    at = np.array([[0.5, 0.0], [0.0, 0.25], [0.0, 0.0]])
    scores = evaluated(problem, spec, anchor, plane.directions, at)
    recorded = score(problem, engine, bundle, anchor=anchor.weights[0])
    np.testing.assert_allclose(scores["train_loss"], recorded["scores.train_loss"], rtol=1e-5)
    np.testing.assert_allclose(scores["test_accuracy"], recorded["scores.test_accuracy"])
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
