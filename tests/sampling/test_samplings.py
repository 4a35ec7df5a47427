"""Laws of static samplings: the points are those that their coordinates say, and every column is
what plain torch computes there.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app.datasets import recipe
from landscape_app.directions import filters, of_spec
from landscape_app.records.points import Points
from landscape_app.records.progress import Silent
from landscape_app.registries import SAMPLINGS
from landscape_app.sampling.machine import Machine
from landscape_app.sampling.samplings import displaced, groups, recorded
from landscape_app.settings import RunSpec, SampleSpec, parse
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle
from tests.sampling.planes import problem_of
from tests.sampling.problems import IMAGES, TINY

REGRESSION = {**TINY, "data": "diabetes"}
PROBLEMS = {
    "chain": TINY,
    "images": IMAGES,
    "re-estimated": {**IMAGES, "batchnorm": "re-estimate"},
    "regression": REGRESSION,
}
SMALL = {"directions": 3, "step_sizes": (0.5, 1.0), "lattice": (2, 2, 3)}


def points_of(spec: RunSpec, kind: str, **changes) -> Points:
    return SAMPLINGS[kind].load()(spec, parse(SampleSpec, {"kind": kind, **changes}))


def columns(problem, spec, anchor, points, *, workers=2):
    """Every column of all points."""
    ready, _ = recorded(
        *(problem, anchor, points, groups(points, problem.layout.parameters)),
        spec=spec,
        machine=Machine(("cpu",), workers, 2**30),
        progress=Silent(),
    )
    parts = sorted(ready, key=lambda part: part[0].start)
    return {name: np.concatenate([part[name] for _, part in parts]) for name in parts[0][1]}


def test_naive_has_640_points_on_64_directions_whose_seeds_follow_those_of_the_jumps():
    points = points_of(parse(RunSpec, {"seeds": 4}), "naive")
    assert len(points) == 640
    assert sorted(set(points.seeds.ravel().tolist())) == list(range(4, 68))
    steps = points.coefficients.reshape(64, 10)
    np.testing.assert_allclose(steps, np.tile(np.arange(1, 11) / 10, (64, 1)))
    assert (points.seeds.reshape(64, 10) == points.seeds[::10]).all(), "ten points a direction"


def test_grid_has_640_points_in_three_directions_and_none_is_the_anchor():
    points = points_of(parse(RunSpec, {"seeds": 2}), "grid")
    assert points.coefficients.shape == (640, 3)
    assert [*map(len, map(set, points.coefficients.T.tolist()))] == [8, 8, 10]
    assert len(np.unique(points.coefficients, axis=0)) == 640
    assert (points.seeds == [2, 3, 4]).all()
    assert (points.coefficients.min(), points.coefficients.max()) == (-1, 1)
    assert (points.coefficients != 0).any(1).all()


def test_directions_have_the_filter_norms_of_the_anchor_and_are_unlike_those_of_the_jumps():
    problem, spec, anchor = problem_of()
    theta = anchor.weights[0]
    points = points_of(spec, "naive", directions=2, step_sizes=(1.0,))
    moves = displaced(theta, problem, points, spec) - theta
    for move in moves:
        for slot in problem.layout.slots:
            own, moved = filters(slot, theta, "filters"), filters(slot, move, "filters")
            if own is None:
                assert not move[slot.start : slot.stop].any()
            else:
                torch.testing.assert_close(moved.norm(dim=1), own.norm(dim=1), rtol=1e-4, atol=1e-5)
    jumps = torch.stack([of_spec(theta, problem.layout, spec, seed) for seed in range(spec.seeds)])
    cosine = torch.nn.functional.cosine_similarity(moves[:, None], jumps[None], dim=-1)
    assert cosine.abs().max() < 6 / theta.numel() ** 0.5


@pytest.mark.parametrize("kind", SAMPLINGS)
def test_a_stored_coordinate_reproduces_the_weights(kind):
    problem, spec, anchor = problem_of()
    theta, points = anchor.weights[0], points_of(spec, kind, **SMALL)
    weights = displaced(theta, problem, points, spec)
    for row in range(len(points)):
        again = theta.double().clone()
        for seed, coefficient in zip(points.seeds[row], points.coefficients[row], strict=True):
            again += coefficient * of_spec(theta, problem.layout, spec, int(seed)).double()
        torch.testing.assert_close(weights[row].double(), again, rtol=1e-6, atol=1e-6)


def test_a_loss_linear_in_the_weights_has_zero_second_differences_along_all_three_axes():
    _, spec, _ = problem_of()
    network = nn.Sequential(nn.Flatten(), nn.Linear(2, 1))
    problem = Problem.of(network, recipe.load(spec), augmentation=False)
    linear = dataclasses.replace(
        problem.objective,
        rows=lambda outputs, targets: outputs[..., 0],
        accuracy=None,
        probabilities=False,
    )
    problem = dataclasses.replace(problem, objective=linear)
    points = points_of(spec, "grid", lattice=(4, 5, 6))
    losses = columns(problem, spec, Bundle.of(network, problem.layout), points)["train_loss"]
    cube = losses.reshape(4, 5, 6)
    for axis in range(3):
        assert np.abs(np.diff(cube, axis=axis)).max() > 1e-4, "it rises along the axis"
        np.testing.assert_allclose(np.diff(cube, n=2, axis=axis), 0, atol=1e-6)


@pytest.mark.parametrize("kind", SAMPLINGS)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_column_is_what_plain_torch_computes_point_by_point(problem, kind):
    problem, spec, anchor = problem_of(**PROBLEMS[problem])
    points = points_of(spec, kind, **SMALL)
    found = columns(problem, spec, anchor, points)
    theta, network = anchor.weights[0], problem.copied().network
    for row, weights in enumerate(displaced(theta, problem, points, spec)):
        sides = plainly(network, problem, spec, anchor, weights)
        for side, (answers, y) in sides.items():
            losses = plain_losses(problem, answers, y)
            assert found[f"{side}_loss"][row] == pytest.approx(float(losses.mean()), rel=1e-5)
            right = found[f"{side}_accuracy"][row]
            if problem.objective.probabilities:
                assert right == pytest.approx(float((answers.argmax(1) == y).double().mean()))
            else:
                assert np.isnan(right)
        soft = (lambda a: a.softmax(1)) if problem.objective.probabilities else (lambda a: a)
        for name, (side, rows) in {
            "probe": ("test", problem.probe),
            "train_probe": ("train", problem.train_probe),
        }.items():
            np.testing.assert_allclose(
                found[name][row], soft(sides[side][0][rows]).numpy(), rtol=1e-3, atol=1e-4
            )
        kept = plain_losses(problem, *sides["train"])[problem.loss_rows]
        np.testing.assert_allclose(found["losses"][row], kept.numpy(), rtol=1e-3, atol=1e-4)
        assert found["distance"][row] == pytest.approx(float((weights - theta).norm()), rel=1e-5)
    assert not found["diverged"].any()


def plainly(network, problem, spec, anchor, weights):
    """{side: (outputs, targets)} of the network with these weights."""
    torch.nn.utils.vector_to_parameters(weights, network.parameters())
    for key, value in network.named_buffers():
        value.copy_(anchor.buffers[key][0])
    if spec.batchnorm == "re-estimate":
        network.train()
        for count, x in enumerate(problem.x_train.split(spec.batch), start=1):
            for module in network.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.momentum = 1 / count
            with torch.no_grad():
                network(x)
    network.eval()
    with torch.no_grad():
        return {
            "train": (network(problem.x_train), problem.y_train),
            "test": (network(problem.x_test), problem.y_test),
        }


def plain_losses(problem, answers, y):
    if problem.objective.probabilities:
        return nn.functional.cross_entropy(answers, y, reduction="none")
    return (answers - y).square().mean(1)


def test_points_do_not_depend_on_what_is_evaluated_with_them_or_on_the_threads():
    problem, spec, anchor = problem_of()
    points = points_of(spec, "naive", directions=40, step_sizes=(0.5, 1.0))
    two, one = (columns(problem, spec, anchor, points, workers=n) for n in (2, 1))
    for name in two:
        np.testing.assert_array_equal(two[name], one[name])


def test_weights_that_are_not_finite_are_kept_and_marked():
    problem, spec, anchor = problem_of()
    points = points_of(spec, "naive", directions=2, step_sizes=(1.0,))
    large = dataclasses.replace(points, coefficients=np.array([[1.0], [1e38]]))
    found = columns(problem, spec, anchor, large)
    assert found["diverged"].tolist() == [0, 1]
    assert np.isfinite(found["train_loss"][0])
    assert not np.isfinite(found["train_loss"][1])


def test_columns_of_other_lengths_are_no_points():
    with pytest.raises(ValueError, match="differ"):
        Points(np.zeros((2, 1), np.int64), np.zeros((3, 1)), 1)
