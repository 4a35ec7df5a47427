"""Laws of curvature: closed forms, torch.func's own Hessian, symmetry, and what must not be
touched.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app.errors import AnalysisError, Cancelled
from landscape_app.objectives import Objective, named_loss
from landscape_app.objectives.named_losses import cross_entropy
from landscape_app.probes.hessian import product, top
from landscape_app.seeds import torch_stream


def normal(*shape, name="x"):
    return torch.randn(*shape, generator=torch_stream(0, "test", name))


def seeded(network):
    with torch.no_grad():
        for key, parameter in network.named_parameters():
            parameter.copy_(0.5 * normal(*parameter.shape, name=key))
    return network


def least_squares(features):
    """A linear network, its data, and the Hessian 2·AᵀA/n of its squared error, A = [X 1]."""
    x, y = normal(200, features) * torch.linspace(0.5, 3, features), normal(200, 1, name="y")
    a = np.c_[x.double().numpy(), np.ones(200)]
    return seeded(nn.Linear(features, 1)), x, y, 2 * a.T @ a / 200


@pytest.mark.parametrize("features", [5, 40])  # the whole Hessian, and Lanczos
def test_least_squares_has_the_eigenvectors_of_its_normal_equations(features):
    network, x, y, hessian = least_squares(features)
    found = top(network, named_loss("squared_error"), x, y, count=2, seed=0, rows=64)
    values, vectors = np.linalg.eigh(hessian)
    np.testing.assert_allclose(found.values, values[::-1][:2], rtol=1e-5)
    for mine, theirs in zip(found.vectors, vectors.T[::-1], strict=False):
        assert abs(mine @ theirs) > 1 - 1e-6
        assert mine[np.abs(mine).argmax()] > 0
    np.testing.assert_allclose(found.vectors @ found.vectors.T, np.eye(2), atol=1e-6)
    assert found.residuals.max() < 1e-4 * found.values[0]


def test_least_squares_products_are_the_normal_equations():
    network, x, y, hessian = least_squares(7)
    v = np.arange(8.0)
    np.testing.assert_allclose(
        product(network, named_loss("squared_error"), x, y, rows=33)(v), hessian @ v, rtol=1e-5
    )


@pytest.mark.parametrize("active", [nn.ReLU, nn.Tanh])
def test_products_are_those_of_torch_func_on_a_tiny_network(active):
    network = seeded(nn.Sequential(nn.Linear(3, 4), active(), nn.Linear(4, 3))).double()
    x, y = normal(30, 3).double(), torch.arange(30) % 3
    parameters = {key: p.detach() for key, p in network.named_parameters()}

    def loss(flat):
        views, start = {}, 0
        for key, value in parameters.items():
            views[key] = flat[start : start + value.numel()].view_as(value)
            start += value.numel()
        return cross_entropy(torch.func.functional_call(network, views, (x,)), y).mean()

    whole = torch.func.jacrev(torch.func.grad(loss))(
        torch.cat([p.reshape(-1) for p in parameters.values()])
    ).numpy()
    mine = product(network, named_loss("cross_entropy"), x, y, rows=30)
    np.testing.assert_allclose(
        np.stack([mine(row) for row in np.eye(len(whole))]), whole, atol=1e-10
    )
    values = np.linalg.eigvalsh(whole)[::-1][:2]
    np.testing.assert_allclose(
        top(network, named_loss("cross_entropy"), x, y, count=2, seed=1, rows=30).values,
        values,
        rtol=1e-4,
    )


def image_network():
    network = seeded(
        nn.Sequential(
            nn.Conv2d(1, 3, 3),
            nn.BatchNorm2d(3),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Flatten(),
            nn.Linear(48, 4),
        )
    )
    return network, normal(50, 1, 6, 6), torch.arange(50) % 4


def test_products_do_not_depend_on_the_blocks_and_are_symmetric():
    network, x, y = image_network()
    network.eval()
    size = sum(p.numel() for p in network.parameters())
    u, v = np.random.default_rng(0).standard_normal((2, size))
    whole, parts = (
        product(network, named_loss("cross_entropy"), x, y, rows=50),
        product(network, named_loss("cross_entropy"), x, y, rows=7),
    )
    np.testing.assert_allclose(parts(v), whole(v), rtol=1e-4, atol=1e-6)
    assert u @ whole(v) == pytest.approx(v @ whole(u), rel=1e-4)


def test_the_same_seed_gives_the_same_vectors_and_another_the_same_plane():
    network, x, y = image_network()
    first, again, other = (
        top(network, named_loss("cross_entropy"), x, y, count=2, seed=seed, rows=20)
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.vectors, again.vectors)
    np.testing.assert_allclose(first.values, other.values, rtol=1e-4)
    assert np.linalg.svd(first.vectors @ other.vectors.T)[1].min() > 1 - 1e-4


def test_the_network_is_left_as_it_was():
    network, x, y = image_network()
    network.train()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    top(network, named_loss("cross_entropy"), x, y, count=1, seed=0, rows=20)
    assert network.training
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
    assert all(p.grad is None for p in network.parameters())


def test_frozen_parameters_have_no_part():
    network, x, y, hessian = least_squares(5)
    network.bias.requires_grad_(False)
    found = top(network, named_loss("squared_error"), x, y, count=1, seed=0, rows=64)
    assert found.values[0] == pytest.approx(np.linalg.eigvalsh(hessian[:5, :5])[-1], rel=1e-5)


@pytest.mark.parametrize("features", [5, 40])
def test_where_nothing_curves_that_is_said(features):
    network, x, y, _ = least_squares(features)
    with pytest.raises(AnalysisError, match="zero"):
        top(
            network,
            Objective("first output", lambda outputs, targets: outputs[..., 0]),
            x,
            y,
            count=2,
            seed=0,
            rows=64,
        )


def test_what_has_no_curvature_is_refused_in_words():
    network, x, y, _ = least_squares(5)
    with pytest.raises(AnalysisError, match="no 9 eigenvectors"):
        top(network, named_loss("squared_error"), x, y, count=9, seed=0, rows=64)
    with pytest.raises(AnalysisError, match="not finite"):
        top(network, named_loss("squared_error"), x * torch.inf, y, count=2, seed=0, rows=64)
    with pytest.raises(AnalysisError, match="differentiated twice"):
        top(
            nn.Sequential(network, Once()),
            named_loss("squared_error"),
            x,
            y,
            count=2,
            seed=0,
            rows=64,
        )


class Once(nn.Module):
    """A layer of which torch has no second derivative."""

    def forward(self, x):
        return torch.cdist(x, x.new_zeros(1, x.shape[1]), p=3.0)


def test_a_cancel_comes_through_and_every_product_asks():
    network, x, y, _ = least_squares(40)
    asked = []
    found = top(
        network,
        named_loss("squared_error"),
        x,
        y,
        count=2,
        seed=0,
        rows=64,
        check=lambda: asked.append(None),
    )
    assert found.products == len(asked)

    def stop():
        if len(asked) > 3:
            raise Cancelled
        asked.append(None)

    asked.clear()
    with pytest.raises(Cancelled):
        top(network, named_loss("squared_error"), x, y, count=2, seed=0, rows=64, check=stop)


def test_a_kept_graph_is_that_of_the_weights_and_buffers_there_are_now():
    network = (
        seeded(nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 3)))
        .double()
        .eval()
    )
    x, y = normal(30, 4).double(), torch.arange(30) % 3
    v = np.linspace(-1, 1, sum(p.numel() for p in network.parameters()))
    kept, blocks = (
        product(network, named_loss("cross_entropy"), x, y, rows=30),
        product(network, named_loss("cross_entropy"), x, y, rows=7),
    )
    before = kept(v)
    np.testing.assert_allclose(before, blocks(v), rtol=1e-10, atol=1e-14)
    np.testing.assert_array_equal(kept(v), before)
    with torch.no_grad():
        network[0].weight.mul_(1.5)
    moved = kept(v)
    assert np.abs(moved - before).max() > 1e-3
    np.testing.assert_allclose(moved, blocks(v), rtol=1e-10, atol=1e-14)
    network[1].running_var.mul_(2.0)
    np.testing.assert_allclose(kept(v), blocks(v), rtol=1e-10, atol=1e-14)
    assert np.abs(kept(v) - moved).max() > 1e-4
