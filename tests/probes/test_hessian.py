"""Laws of Hessian-vector products: closed forms, torch.func's own Hessian, symmetry."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app.objectives import named_loss
from landscape_app.objectives.named_losses import cross_entropy
from landscape_app.probes.hessian import product
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


def test_frozen_parameters_have_no_part():
    network, x, y, hessian = least_squares(5)
    network.bias.requires_grad_(False)
    times = product(network, named_loss("squared_error"), x, y, rows=64)
    whole = np.stack([times(row) for row in np.eye(5)])
    np.testing.assert_allclose(whole, hessian[:5, :5], rtol=1e-5, atol=1e-6)


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
