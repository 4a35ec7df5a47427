"""Laws of products, the trace and the point they are taken at: closed forms in float64, and nothing
touched.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app.errors import AnalysisError, Cancelled
from landscape_app.objectives import named_loss
from landscape_app.objectives.named_losses import cross_entropy
from landscape_app.probes import lanczos
from landscape_app.probes.point import Point
from landscape_app.probes.trace import trace
from landscape_app.seeds import numpy_stream
from tests.probes.bowls import CLOSED, image_network, least_squares, normal, rotated, seeded


@pytest.mark.parametrize("name", CLOSED)
def test_products_eigenvalues_and_trace_have_their_closed_forms(name):
    point, hessian = CLOSED[name]()
    times = point.product()
    np.testing.assert_allclose(
        np.stack([times(row) for row in np.eye(point.size)]), hessian, rtol=1e-8, atol=1e-12
    )
    values = np.linalg.eigvalsh(hessian)[::-1]
    found = lanczos.top(times, point.size, count=3, seed=0)
    np.testing.assert_allclose(found.values, values[:3], rtol=1e-8)
    assert found.converged
    exact = trace(times, point.size, products=3 * point.size, seed=0)
    assert exact.value == pytest.approx(values.sum(), rel=1e-8)
    assert exact.error == 0
    density = lanczos.density(times, point.size, probes=2, steps=point.size, seed=0)
    nonzero = values[np.abs(values) > 1e-9]  # a softmax does not see what moves all classes at once
    for value in nonzero:
        assert np.abs(density.nodes - value).min() < 1e-8 * values[0]


# torch's own, inside of torch.func.hessian
@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_a_tiny_networks_eigenvalues_are_those_of_torch_func():
    network = seeded(nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 3)))
    x, y = normal(30, 3), torch.arange(30) % 3
    keys, shapes = zip(*((key, p.shape) for key, p in network.named_parameters()), strict=True)

    def loss(*parts):
        return cross_entropy(
            torch.func.functional_call(network, dict(zip(keys, parts, strict=True)), (x,)), y
        ).mean()

    blocks = torch.func.hessian(loss, argnums=tuple(range(len(keys))))(
        *(p.detach() for p in network.parameters())
    )
    sizes = [shape.numel() for shape in shapes]
    whole = torch.cat(
        [
            torch.cat([b.reshape(n, m) for b, m in zip(row, sizes, strict=True)], 1)
            for row, n in zip(blocks, sizes, strict=True)
        ]
    )
    point = Point(network, named_loss("cross_entropy"), x, y, 7)
    found = lanczos.top(point.product(), point.size, count=5, seed=1)
    np.testing.assert_allclose(found.values, np.linalg.eigvalsh(whole.numpy())[::-1][:5], rtol=1e-8)
    assert trace(
        point.product(), point.size, products=3 * point.size, seed=0
    ).value == pytest.approx(float(whole.trace()), rel=1e-8)


def test_the_trace_is_within_its_standard_error_and_that_is_honest():
    values = np.r_[numpy_stream(0, "t").standard_normal(280), 40.0 * np.ones(5)]
    matrix = rotated(values)
    found = [trace(lambda v: matrix @ v, len(values), products=45, seed=seed) for seed in range(40)]
    off = np.array([(one.value - values.sum()) / one.error for one in found])
    assert (np.abs(off) < 2.2).mean() > 0.85
    assert np.abs(off).max() < 6
    assert all(one.products == 45 for one in found)


def test_the_layers_traces_add_up_and_are_the_blocks_traces():
    values = np.r_[np.linspace(0, 1, 110), 30, 50.0]
    matrix = rotated(values)
    owner = np.arange(112) % 5
    layers = {f"layer {k}": owner == k for k in range(5)}
    found = trace(lambda v: matrix @ v, 112, products=60, seed=0, layers=layers)
    assert math.fsum(value for value, _ in found.layers.values()) == pytest.approx(
        found.value, rel=1e-10
    )
    for name, mask in layers.items():
        value, error = found.layers[name]
        assert value == pytest.approx(np.diag(matrix)[mask].sum(), abs=5 * error)
    # of rank below the sketch's: nothing is left to chance
    low = rotated(np.r_[np.zeros(108), 3, 4, 5, 6.0])
    exact = trace(lambda v: low @ v, 112, products=30, seed=0, layers=layers)
    assert exact.value == pytest.approx(18, rel=1e-10)
    assert exact.layers["layer 2"][0] == pytest.approx(
        np.diag(low)[layers["layer 2"]].sum(), rel=1e-8
    )


def test_the_same_seed_gives_the_same_bytes():
    matrix = rotated(np.linspace(0, 3, 70))
    for compute in (
        lambda seed: lanczos.top(
            lambda v: matrix @ v, 70, count=2, seed=seed, steps=10
        ).values.tobytes(),
        lambda seed: lanczos.density(
            lambda v: matrix @ v, 70, probes=2, steps=10, seed=seed
        ).weights.tobytes(),
        lambda seed: trace(lambda v: matrix @ v, 70, products=12, seed=seed).value,
    ):
        assert compute(0) == compute(0)
        assert compute(0) != compute(1)


def test_the_network_and_every_modules_mode_are_left_as_they_were():
    point = image_network()
    point.network.train()
    point.network[1].eval()
    before = {key: value.clone() for key, value in point.network.state_dict().items()}
    modes = [module.training for module in point.network.modules()]
    lanczos.top(point.product(), point.size, count=1, seed=0, steps=4)
    point.gradient()
    here = point.loss()
    with point.at(point.weights() + 1):
        assert point.loss() != here
    with pytest.raises(ZeroDivisionError), point.at(point.weights() + 1):
        raise ZeroDivisionError
    assert [module.training for module in point.network.modules()] == modes
    assert all(torch.equal(value, before[key]) for key, value in point.network.state_dict().items())
    assert all(p.grad is None for p in point.network.parameters())


def test_blocks_do_not_matter_to_loss_gradient_or_products():
    point = image_network()
    whole = Point(point.network, point.objective, point.x, point.y, 50)
    v = numpy_stream(0, "test").standard_normal(point.size)
    assert point.loss() == pytest.approx(whole.loss(), rel=1e-12)
    assert point.accuracy() == whole.accuracy()
    np.testing.assert_allclose(point.gradient(), whole.gradient(), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(point.product()(v), whole.product()(v), rtol=1e-10, atol=1e-13)


class Once(nn.Module):
    """A layer of which torch has no second derivative."""

    def forward(self, x):
        return torch.cdist(x, x.new_zeros(1, x.shape[1]), p=3.0)


def test_what_cannot_be_measured_is_said_and_a_cancel_comes_through():
    point, _ = least_squares()
    with pytest.raises(AnalysisError, match="no 9 eigenvalues"):
        lanczos.top(point.product(), point.size, count=9, seed=0)
    once = Point(nn.Sequential(point.network, Once()), point.objective, point.x, point.y, 25)
    with pytest.raises(AnalysisError, match="differentiated twice"):
        once.product()(np.ones(point.size))
    endless = Point(point.network, point.objective, point.x * torch.inf, point.y, 25)
    with pytest.raises(AnalysisError, match="Hessian is not finite"):
        endless.product()(np.ones(point.size))
    with pytest.raises(AnalysisError, match="gradient is not finite"):
        endless.gradient()

    def stop():
        raise Cancelled

    stopped = Point(point.network, point.objective, point.x, point.y, 25, check=stop)
    for one in (stopped.loss, stopped.gradient, lambda: stopped.product()(np.ones(point.size))):
        with pytest.raises(Cancelled):
            one()
