"""The density has the shares of known spectra, within errors that hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app.objectives import named_loss
from landscape_app.probes import lanczos
from landscape_app.probes.point import Point
from landscape_app.seeds import numpy_stream
from tests.probes.bowls import normal, seeded


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


@pytest.mark.slow
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
