"""Laws of planes (SCIENCE §2, §8): the centre is the anchor, a linear loss is a plane, a coordinate reproduces its weights."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from landscape_app.datasets import recipe
from landscape_app.errors import AnalysisError, Cancelled, ModelError
from landscape_app.networks.create import of_spec
from landscape_app.objectives import Objective
from landscape_app.records.progress import Silent
from landscape_app.records.snapshots import Matrix
from landscape_app.registries import PLANES
from landscape_app.sampling import planes_worker
from landscape_app.sampling.jumps import jump
from landscape_app.sampling.machine import Machine
from landscape_app.sampling.planes import SCORES, evaluate, grid
from landscape_app.sampling.planes_chain import layers_of
from landscape_app.sampling.planes_columns import Columns
from landscape_app.sampling.planes_engines import choose
from landscape_app.sampling.planes_kinds import Around, unit
from landscape_app.sampling.planes_projection import principal, project
from landscape_app.seeds import numpy_stream, torch_stream
from landscape_app.settings import RunSpec, parse
from landscape_app.training.engine import OneAtATime
from landscape_app.training.problem import Problem
from landscape_app.training.scores import score
from landscape_app.weights.bundle import Bundle
from tests.sampling.problems import IMAGES, TINY, make


def problem_of(**changes):
    """(problem, spec, anchor): an anchor whose running statistics and norm layers are not those of a fresh network."""
    spec = parse(RunSpec, {**TINY, **changes})
    data = recipe.load(spec)
    problem = Problem.of(of_spec(spec, data), data, augmentation=bool(spec.augmentation))
    anchor, generator = Bundle.of(problem.network, problem.layout), torch_stream(1, "anchor")
    anchor.weights += 0.1 * torch.randn(anchor.weights.shape, generator=generator)
    for key, value in anchor.buffers.items():
        if value.is_floating_point():
            value.add_(torch.rand(value.shape, generator=generator))
        else:
            assert key.endswith("num_batches_tracked")
    return problem, spec, anchor


def around(problem, spec, anchor, *, delta=None, seed=0):
    n = np.zeros((1, problem.layout.parameters), np.float32) if delta is None else delta
    return Around(problem, anchor, spec, Matrix.of(n), seed, Silent())


def plane_of(kind, *args, **changes):
    return PLANES[kind].load()(around(*args, **changes))


def evaluated(problem, spec, anchor, directions, at, *, workers=2, progress=None):
    found, _ = evaluate(
        problem,
        anchor,
        directions,
        np.asarray(at, dtype=float),
        spec=spec,
        machine=Machine(("cpu",), workers, 2**30),
        progress=progress or Silent(),
    )
    return found


def points(alpha, beta):
    return np.stack(np.meshgrid(alpha, beta), -1).reshape(-1, 2)


@given(half=st.integers(1, 60), extent=st.floats(1e-3, 10))
def test_the_axis_is_even_symmetric_and_has_the_anchor_in_its_middle(half, extent):
    alpha, beta = grid(2 * half + 1, extent, dims=2)
    np.testing.assert_array_equal(alpha, -alpha[::-1])
    assert alpha[half] == 0.0
    assert alpha[-1] == pytest.approx(extent)
    np.testing.assert_allclose(np.diff(alpha), extent / half, rtol=1e-9)
    np.testing.assert_array_equal(alpha, beta)
    assert grid(2 * half + 1, extent, dims=1)[1].tolist() == [0.0]


@pytest.mark.parametrize("changes", [{}, IMAGES, {**IMAGES, "network": "wrn-16-1", "train_rows": 40}, {"data": "diabetes"}])
def test_the_centre_is_the_anchor(changes):
    problem, spec, anchor = problem_of(**changes)
    plane = plane_of("random", problem, spec, anchor)
    found = evaluated(problem, spec, anchor, plane.directions, points([-0.5, 0.0, 0.5], [-1.0, 0.0, 1.0]))
    recorded = score(problem, OneAtATime(problem.copied()), anchor, anchor=anchor.weights[0])
    for name in ("train_loss", "test_loss"):
        assert found[name][4] == pytest.approx(float(recorded[f"scores.{name}"][0]), rel=1e-6, abs=1e-6)
    for name in ("train_accuracy", "test_accuracy"):
        np.testing.assert_array_equal(found[name][4], recorded[f"scores.{name}"][0])


def test_a_loss_linear_in_the_weights_has_its_slopes_and_zero_second_differences_in_both_axes():
    problem, spec, anchor = problem_of(data="diabetes", network="mlp", depth=0)
    problem = dataclasses.replace(problem, objective=Objective("first output", lambda outputs, _: outputs[..., 0], False))
    generator = torch_stream(0, "slopes")
    directions = torch.stack(
        [torch.randn(problem.layout.parameters, generator=generator), torch.rand(problem.layout.parameters, generator=generator)]
    )
    alpha, beta = grid(9, 1.0, dims=2)
    losses = evaluated(problem, spec, anchor, directions, points(alpha, beta))["train_loss"].reshape(9, 9)
    scale = np.abs(losses).max()
    assert np.abs(np.diff(losses, 2, axis=0)).max() < 1e-5 * scale
    assert np.abs(np.diff(losses, 2, axis=1)).max() < 1e-5 * scale
    mean = np.append(problem.x_train.double().mean(0).numpy(), 1.0)  # the loss is mean·(weights, bias)
    slopes = directions.double().numpy() @ mean
    expected = float(anchor.weights[0].double().numpy() @ mean) + alpha[None, :] * slopes[0] + beta[:, None] * slopes[1]
    np.testing.assert_allclose(losses, expected, atol=1e-5 * scale)


@pytest.mark.parametrize("changes", [{}, IMAGES, {**IMAGES, "network": "wrn-16-1", "train_rows": 40}])
def test_a_point_alone_equals_the_point_in_the_grid_whatever_the_workers(changes):
    problem, spec, anchor = problem_of(**changes)
    directions = plane_of("random", problem, spec, anchor).directions
    at = points(*grid(7, 1.0, dims=2))
    whole, single = (evaluated(problem, spec, anchor, directions, at, workers=workers) for workers in (2, 1))
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
    coordinates, residual = project(Matrix.of((bundle.weights - anchor.weights).numpy()), plane.directions.numpy())
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
            torch.testing.assert_close(moved.flatten(2).norm(dim=2), theta.flatten(1).norm(dim=1).expand(2, -1))
        else:
            assert not moved.any()
    np.testing.assert_allclose(plane.directions.norm(dim=1), unit(anchor, problem.layout), rtol=1e-5)
    line = plane_of("line", problem, spec, anchor, seed=4)
    assert torch.equal(line.directions[0], v)


def test_along_the_hessians_axes_the_loss_rises_as_the_quadratic_model_says():
    problem, spec, anchor = problem_of(data="diabetes", network="mlp", depth=0)  # linear least squares: the model is the loss
    a = np.c_[problem.x_train.double().numpy(), np.ones(len(problem.x_train))]
    solution = np.linalg.lstsq(a, problem.y_train.double().numpy()[:, 0])[0]
    anchor.weights[0] = torch.from_numpy(solution)
    plane = plane_of("hessian", problem, spec, anchor)
    values, vectors = np.linalg.eigh(2 * a.T @ a / len(a))
    longest = unit(anchor, problem.layout)
    lengths = np.minimum(longest, np.sqrt(2 / values[::-1][:2]))
    for mine, theirs, length in zip(plane.directions.double().numpy(), vectors.T[::-1], lengths, strict=False):
        assert abs(mine @ theirs) == pytest.approx(length, rel=1e-4)
    losses = evaluated(problem, spec, anchor, plane.directions, [[0, 0], [1, 0], [0, 1], [-1, 0], [1, 1]])["train_loss"]
    rises = values[::-1][:2] * lengths**2 / 2
    np.testing.assert_allclose(losses[1:] - losses[0], [rises[0], rises[1], rises[0], rises.sum()], rtol=1e-4)
    np.testing.assert_allclose(plane.facts["quadratic_rise_at_one_unit"], rises, rtol=1e-4)


def snapshots(n, width, seed=0):
    """δ of a cloud that is wider along some axes than along others."""
    rng = numpy_stream(seed, "cloud")
    return (rng.standard_normal((n, width)) * np.linspace(1, 0.1, width) + rng.standard_normal((1, width))).astype(np.float32)


@given(seed=st.integers(0, 50), n=st.integers(2, 8), directions=st.integers(1, 2))
def test_projection_and_residual_obey_pythagoras_and_residuals_are_orthogonal(seed, n, directions):
    delta, axes = snapshots(n, 40, seed).astype(np.float64), snapshots(directions, 40, seed + 100).astype(np.float64)
    coordinates, residual = project(Matrix.of(delta), axes)
    inside = coordinates @ axes
    np.testing.assert_allclose(np.square(inside).sum(1) + residual**2, np.square(delta).sum(1), rtol=1e-9)
    np.testing.assert_allclose((delta - inside) @ axes.T, 0, atol=1e-8)


def test_rows_in_the_plane_are_reproduced_by_their_coordinates_even_where_directions_are_not_orthogonal():
    axes = snapshots(2, 300_000).astype(np.float64)  # several blocks of columns
    axes[1] += axes[0]
    at = np.array([[0.5, -0.25], [0.0, 0.0], [2.0, 1.0]])
    coordinates, residual = project(Matrix.of((at @ axes).astype(np.float32)), axes)
    np.testing.assert_allclose(coordinates, at, atol=1e-6)
    assert residual.max() < 1e-6 * np.linalg.norm(at @ axes, axis=1).max()


def test_a_row_that_is_not_finite_has_no_place_and_leaves_the_others_alone():
    delta = snapshots(4, 30)
    clean = project(Matrix.of(delta), delta[:2].astype(float))
    delta[3, 7] = np.inf
    coordinates, residual = project(Matrix.of(delta), delta[:2].astype(float))
    assert np.isnan(coordinates[3]).all()
    assert not np.isfinite(residual[3])
    np.testing.assert_allclose(coordinates[:3], clean[0][:3])
    np.testing.assert_allclose(residual[:3], clean[1][:3])


def test_principal_axes_are_those_of_the_singular_value_decomposition():
    delta = snapshots(9, 500)
    axes, shares = principal(Matrix.of(delta), count=2)
    _, singular, right = np.linalg.svd(delta.astype(np.float64), full_matrices=False)
    np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-10)
    np.testing.assert_allclose(np.abs((axes * right[:2]).sum(1)), 1, rtol=1e-9)
    np.testing.assert_allclose(shares, singular[:2] ** 2 / (singular**2).sum(), rtol=1e-9)
    along = delta @ axes.T
    assert (along[np.abs(along).argmax(0), np.arange(2)] > 0).all()


def test_no_plane_has_less_residual_than_the_principal_one():
    problem, spec, anchor = problem_of(**IMAGES)
    delta = snapshots(12, problem.layout.parameters)
    totals = {}
    for kind in ("pca", "random", "hessian"):
        plane = plane_of(kind, problem, spec, anchor, delta=delta)
        totals[kind] = np.square(project(Matrix.of(delta), plane.directions.numpy())[1]).sum()
    assert totals["pca"] < min(totals["random"], totals["hessian"])
    shares = plane_of("pca", problem, spec, anchor, delta=delta).facts["explained"]
    assert totals["pca"] == pytest.approx((1 - sum(shares)) * np.square(delta, dtype=float).sum(), rel=1e-4)


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_snapshots_on_one_line_have_no_principal_plane(rows):
    problem, spec, anchor = problem_of()
    delta = np.outer(np.arange(1.0, rows + 1), np.ones(problem.layout.parameters)).astype(np.float32)
    with pytest.raises(AnalysisError, match="principal axes"):
        plane_of("pca", problem, spec, anchor, delta=delta)


def chain(*layers):
    return nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(4))


CHAINS = {
    "few inputs, joined": lambda: chain(nn.Conv2d(1, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.Conv2d(3, 5, 3, stride=2)),
    "zeros around the second": lambda: chain(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Conv2d(3, 4, 3, padding=2), nn.BatchNorm2d(4), nn.ReLU()),
    "many inputs": lambda: chain(nn.Conv2d(1, 2, 7, padding=3), nn.ReLU(), nn.Conv2d(2, 5, 3, padding=1, bias=False), nn.ReLU()),
    "three, dilated, oblong": lambda: chain(
        nn.Conv2d(1, 3, (3, 2), padding=(0, 1)), nn.Conv2d(3, 4, 3, dilation=2, padding=1), nn.ReLU(), nn.Conv2d(4, 2, 2, stride=(1, 2))
    ),
    "norms without weights, hidden layer": lambda: nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3, affine=False), nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.LazyLinear(9)),
        nn.BatchNorm1d(9), nn.ReLU(), nn.Linear(9, 4, bias=False),
    ),
    "perceptron": lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 7), nn.ReLU(), nn.Linear(7, 4)),
}  # fmt: skip
OTHERS = {
    "pooling": (lambda: chain(nn.Conv2d(1, 3, 3), nn.MaxPool2d(2)), "'1' is MaxPool2d"),
    "groups": (lambda: chain(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 4, 3, groups=2)), "'1' is Conv2d"),
    "reflection": (lambda: chain(nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect")), "'0' is Conv2d"),
    "norm after ReLU": (lambda: chain(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.BatchNorm2d(2)), "'2' is BatchNorm2d"),
    "no statistics": (lambda: chain(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2, track_running_stats=False)), "no running statistics"),
    "columns of pixels": (lambda: nn.Sequential(nn.Linear(8, 2), nn.Flatten(), nn.LazyLinear(4)), "'0' is Linear"),
}


def with_network(build):
    problem, spec = make(**IMAGES)
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(5)
        network = build()
        network(problem.x_train[:2])
    data = dataclasses.replace(problem, network=network)
    problem = dataclasses.replace(data, layout=type(problem.layout).of(network))
    anchor = Bundle.of(network, problem.layout)
    for value in anchor.buffers.values():
        if value.is_floating_point():
            value.add_(torch.rand(value.shape, generator=torch_stream(0, "statistics")))
    return problem, spec, anchor


@pytest.mark.parametrize("name", CHAINS)
def test_columns_are_the_networks_own_outputs(name):
    problem, _, anchor = with_network(CHAINS[name])
    columns = Columns(problem)
    bundle = anchor.repeated(3)
    bundle.weights += 0.3 * torch.randn(bundle.weights.shape, generator=torch_stream(0, "points"))
    for value in bundle.buffers.values():
        if value.is_floating_point():
            value += torch.rand(value.shape, generator=torch_stream(1, "points"))
    with torch.no_grad():
        theirs = OneAtATime(problem.copied()).outputs(bundle, problem.x_train)
        state = columns.fold(bundle)
        mine = [columns.outputs(state, columns.prepare(block)).clone().transpose(1, 2) for block in problem.x_train.split(33)]
    torch.testing.assert_close(torch.cat(mine, 1), theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_chain_is_named_and_evaluated_one_at_a_time(name):
    build, word = OTHERS[name]
    problem, spec, anchor = with_network(build)
    with pytest.raises(ModelError, match=word):
        layers_of(problem)
    make_evaluator, why = choose(problem, anchor)
    assert make_evaluator(problem).name == OneAtATime.name
    assert "one at a time" in why
    found = evaluated(problem, spec, anchor, torch.ones(1, problem.layout.parameters), [[0.0], [0.01]])
    recorded = score(problem, OneAtATime(problem.copied()), anchor, anchor=anchor.weights[0])
    assert found["train_loss"][0] == pytest.approx(float(recorded["scores.train_loss"][0]), rel=1e-6)


def test_a_frozen_layer_is_no_chain():
    problem, _, _ = with_network(lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 4), nn.ReLU(), nn.Linear(4, 4)))
    problem.network[3].weight.requires_grad_(False)
    with pytest.raises(ModelError, match=r"'3\.weight' is frozen"):
        layers_of(dataclasses.replace(problem, layout=type(problem.layout).of(problem.network)))


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
    moved, still = (evaluated(problem, one, anchor, directions, at)["train_loss"] for one in (spec, kept))
    assert moved[0] == still[0]
    assert abs(moved[1] - still[1]) > 1e-3 * still[1]


def test_a_task_without_accuracy_has_none():
    problem, spec, anchor = problem_of(data="diabetes")
    found = evaluated(problem, spec, anchor, plane_of("line", problem, spec, anchor).directions, [[0.0], [1.0]])
    assert np.isnan(found["train_accuracy"]).all()
    assert np.isnan(found["test_accuracy"]).all()
    assert np.isfinite(found["train_loss"]).all()


def test_data_that_do_not_fit_into_memory_give_the_same_losses(monkeypatch):
    problem, spec, anchor = problem_of(**IMAGES)
    directions, at = plane_of("random", problem, spec, anchor).directions, points([0.0, 0.5], [0.0, 1.0])
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
        evaluated(problem, spec, anchor, directions, points(*grid(51, 1.0, dims=2)), progress=Stopping(40))
    assert torch.equal(anchor.weights, theta)
    assert all(torch.equal(value, before[key]) for key, value in problem.network.state_dict().items())
    assert torch.get_num_threads() == threads
