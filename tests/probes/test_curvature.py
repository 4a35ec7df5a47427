"""Laws of Lanczos, the density, the trace and the point they are taken at: closed forms in float64,
known spectra, nothing touched.
"""

from __future__ import annotations

import math
import tracemalloc

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


@pytest.mark.parametrize(
    "values",
    [np.r_[np.linspace(-1, 1, 295), 5, 8, 8, 20, 30.0], np.geomspace(1e-6, 10, 300), np.ones(60)],
)
def test_top_eigenvalues_are_numpys_as_often_as_they_occur(values):
    matrix = rotated(values)
    found = lanczos.top(
        lambda v: matrix @ v, len(values), count=4, seed=2, steps=120, tolerance=1e-9
    )
    expected = np.sort(values)[::-1][:4]
    if len(np.unique(expected)) == 4:
        np.testing.assert_allclose(found.values, expected, rtol=1e-8)
    assert found.products <= 124
    for value, error in zip(found.values, found.errors, strict=True):
        assert np.abs(values - value).min() <= error + 1e-9 * abs(expected[0])


def test_a_spaces_every_repeated_eigenvalue_is_found_where_it_is_searched_to_the_end():
    values = np.r_[np.zeros(40), 2, 7, 7, 7.0]
    matrix = rotated(values)
    found = lanczos.top(lambda v: matrix @ v, len(values), count=4, seed=0, steps=44)
    np.testing.assert_allclose(found.values, [7, 7, 7, 2], atol=1e-8)


def test_unconverged_eigenvalues_come_with_an_error_that_holds():
    values = np.linspace(0, 1, 400)
    matrix = rotated(values)
    found = lanczos.top(lambda v: matrix @ v, 400, count=5, seed=0, steps=20)
    assert not found.converged
    assert found.errors.max() > 1e-3
    assert all(
        np.abs(values - value).min() <= error
        for value, error in zip(found.values, found.errors, strict=True)
    )


# name -> spectrum: dense where it is searched, repeated, negative, or nothing but a few outliers
SPECTRA = {
    "dense": np.linspace(0, 1, 600),
    "dense and negative": np.r_[np.linspace(-3, 1, 598), 1.02, 1.03],
    "all negative": -np.geomspace(0.1, 1, 300),
    "repeated": np.r_[np.linspace(-1, 1, 595), 2, 2, 2, 3, 3.0],
    "outliers": np.r_[numpy_stream(0, "bulk").standard_normal(597) * 0.01, 0.3, 0.5, 1.0],
}


@pytest.mark.parametrize("name", SPECTRA)
def test_a_search_in_little_memory_finds_what_one_without_bound_does(name, monkeypatch):
    values = SPECTRA[name]
    size, matrix = len(values), rotated(values)

    def search():
        return lanczos.top(lambda v: matrix @ v, size, count=2, seed=0, steps=900, tolerance=1e-6)

    free = search()
    monkeypatch.setattr(lanczos, "MEMORY", 20 * 8 * size)
    restarted = search()
    assert free.converged
    assert restarted.converged
    scale = np.abs(values).max()
    np.testing.assert_allclose(restarted.values, free.values, atol=1e-9 * scale)
    assert restarted.errors.max() < 2e-6 * scale
    assert restarted.products >= free.products
    for value, vector in zip(restarted.values, restarted.vectors, strict=True):
        assert np.abs(values - value).min() < 1e-9 * scale
        assert np.linalg.norm(matrix @ vector - value * vector) < 2e-6 * scale
        assert vector[np.abs(vector).argmax()] > 0
    np.testing.assert_allclose(restarted.vectors @ restarted.vectors.T, np.eye(2), atol=1e-9)


def test_a_searchs_memory_is_bounded(monkeypatch):
    size, values = 100_000, np.r_[np.linspace(0, 1, 99_999), 1.5]
    monkeypatch.setattr(lanczos, "MEMORY", 20 * 8 * size)
    tracemalloc.start()
    largest = lanczos.top(lambda v: values * v, size, count=2, seed=0, steps=60)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert largest.products == 62
    assert peak < 28 * 8 * size  # the basis, the vectors of the answer, and a few for one step
    assert largest.values[0] == pytest.approx(1.5, rel=1e-12)


def test_a_restarted_search_that_ends_early_has_errors_that_hold(monkeypatch):
    values = np.linspace(0, 1, 400)
    monkeypatch.setattr(lanczos, "MEMORY", 12 * 8 * 400)
    largest = lanczos.top(lambda v: values * v, 400, count=3, seed=0, steps=40)
    assert not largest.converged
    assert largest.products == 43
    assert (np.diff(largest.values) <= 0).all()
    for value, error in zip(largest.values, largest.errors, strict=True):
        assert np.abs(values - value).min() <= error


def test_a_restart_where_the_space_is_exhausted_goes_on_outside_of_it(monkeypatch):
    values = np.r_[np.zeros(190), np.repeat([1.0, 2.0], 4), 7, 7]
    monkeypatch.setattr(lanczos, "MEMORY", 14 * 8 * 200)
    largest = lanczos.top(lambda v: values * v, 200, count=4, seed=0, steps=60)
    np.testing.assert_allclose(largest.values, [7, 7, 2, 2], atol=1e-8)


def test_an_error_knows_of_products_that_are_rounded():
    matrix = rotated(np.linspace(0, 1, 200) ** 4)
    found = lanczos.top(
        lambda v: (matrix.astype(np.float32) @ v.astype(np.float32)).astype(float),
        200,
        count=3,
        seed=0,
        tolerance=1e-5,
    )
    assert (found.errors > 1e-9).all()
    assert (found.errors < 1e-4).all()


def test_a_spectrum_with_a_tenth_above_five_shows_a_tenth():
    values = np.r_[
        numpy_stream(0, "test", "bulk").uniform(-0.5, 1.5, 900),
        numpy_stream(0, "test", "tail").uniform(5.2, 9, 100),
    ]
    found = lanczos.density(lambda v: values * v, 1000, probes=12, steps=60, seed=0)
    shares = found.share(5, math.inf)
    error = shares.std(ddof=1) / math.sqrt(len(shares))
    assert shares.mean() == pytest.approx(0.1, abs=4 * error)
    assert error < 0.005
    cell = found.grid[1] - found.grid[0]
    assert (found.density[found.grid > 5 - 2 * found.width].sum() * cell) == pytest.approx(
        0.1, abs=4 * error + 0.002
    )
    unweighted = (found.nodes > 5).mean()
    assert abs(unweighted - 0.1) > 0.2  # the mistake that this guards against


def negative(times, size, seed, width):
    """(the share of eigenvalues below −width as the density sees it, its error, the steps
    taken).
    """
    found = lanczos.density(times, size, probes=4, steps=30, seed=seed)
    assert found.width == pytest.approx(width, rel=0.02)
    share, error, bias = found.negative()
    return share, math.hypot(error, bias), found.steps


@pytest.mark.parametrize(
    ("kind", "spread"), [("normal", 0.003), ("normal", 0.004), ("laplace", 0.006), ("normal", 0.01)]
)
def test_the_negative_share_is_within_an_error_that_holds_the_quadratures_own(kind, spread):
    """Eigenvalues are dense where the share is cut off: by 30 steps alone it is off by up to 16 of
    its standard errors.
    """
    values = np.r_[
        getattr(numpy_stream(0, "test", kind), kind)(0, spread, 2000), np.linspace(0.2, 1, 10)
    ]
    width = np.ptp(values) / 150
    found = [negative(lambda v: values * v, len(values), seed, width) for seed in range(4)]
    off = [(share - (values < -width).mean()) / error for share, error, _ in found]
    assert np.abs(off).max() < 2.5
    assert abs(np.mean(off)) < 1.5
    assert all(steps > 30 for *_, steps in found)


def test_the_negative_share_of_a_network_is_that_of_its_whole_hessian():
    network = seeded(
        nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 12), nn.ReLU(), nn.Linear(12, 4)),
        scale=0.3,
    )
    point = Point(network, named_loss("cross_entropy"), normal(150, 5), torch.arange(150) % 4, 150)
    times = point.product()
    values = np.linalg.eigvalsh(np.stack([times(row) for row in np.eye(point.size)]))
    width = np.ptp(values) / 150
    found = [negative(times, point.size, seed, width) for seed in range(3)]
    for share, error, _ in found:
        assert share == pytest.approx((values < -width).mean(), abs=2.5 * error)
        assert error < 0.05


def test_where_nothing_is_negative_no_more_products_are_taken():
    values, taken = np.r_[np.zeros(500), np.linspace(0.1, 1, 20)], []

    def times(v):
        taken.append(None)
        return values * v

    share, error, _ = negative(times, len(values), 0, 1 / 150)
    assert (share, error) == (0, 0)
    assert len(taken) <= 4 * 30


@pytest.mark.parametrize("steps", [3, 50])
def test_the_densitys_mass_is_one(steps):
    values = numpy_stream(1, "test").standard_normal(40)
    found = lanczos.density(lambda v: values * v, 40, probes=3, steps=steps, seed=5)
    assert math.fsum(found.weights) == 1.0
    assert found.density.sum() * (found.grid[1] - found.grid[0]) == pytest.approx(1, rel=1e-12)
    assert (found.weights >= 0).all()
    # nothing curves: all mass at 0
    flat = lanczos.density(lambda v: 0 * v, 40, probes=2, steps=10, seed=0)
    assert math.fsum(flat.weights) == 1.0
    assert not flat.nodes.any()


def test_quadrature_knows_as_many_moments_as_it_has_steps():
    values, start = (
        np.linspace(-1, 2, 200),
        numpy_stream(3, "lanczos", "density", 0).standard_normal(200),
    )
    found = lanczos.density(lambda v: values * v, 200, probes=1, steps=6, seed=3)
    start /= np.linalg.norm(start)
    for power in range(12):  # exact for polynomials of degree 2m − 1
        assert found.weights @ found.nodes**power == pytest.approx(
            start @ (values**power * start), rel=1e-9, abs=1e-12
        )


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
