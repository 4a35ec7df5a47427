"""Laws of what a check can tell: a curvature or a potential that is a little off is noticed,
layouts that are equally good are no fault.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist, squareform
from torch import nn

from landscape_app.analysis import diffusion
from landscape_app.check_table import CHECKS
from landscape_app.checks import anchor, curvature, phate_package
from landscape_app.objectives import Objective, named_loss
from landscape_app.probes.point import Point
from landscape_app.store.run import RunFolder
from tests.checks.tampered import WAYS, answers, of_result, set_meta


@pytest.mark.parametrize(
    "wrong", [lambda hv, v: 1.00001 * hv, lambda hv, v: hv + 1e-6 * v, lambda hv, v: hv[::-1]]
)
def test_a_hessian_product_that_is_a_little_off_is_noticed(wrong: Any) -> None:
    generator = torch.Generator().manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 4)).double()
    with torch.no_grad():
        for p in network.parameters():
            p.copy_(torch.randn(p.shape, generator=generator, dtype=torch.float64))
    x, y = (
        torch.randn(20, 3, generator=generator, dtype=torch.float64),
        torch.randint(0, 4, (20,), generator=generator),
    )
    exact = Point(network, named_loss("cross_entropy"), x, y, rows=curvature.BLOCK).product()
    limit = CHECKS["hvp"].settings["most"]
    assert curvature.apart(exact, network, named_loss("cross_entropy"), x, y) <= limit
    assert (
        curvature.apart(lambda v: wrong(exact(v), v), network, named_loss("cross_entropy"), x, y)
        > limit
    )


def test_double_backward_is_the_hessian_of_linear_least_squares() -> None:
    rng = np.random.default_rng(0)
    x, v = rng.standard_normal((9, 4)), rng.standard_normal(4)
    network = nn.Linear(4, 1, bias=False).double()
    losses = lambda outputs, targets: (outputs[:, 0] - targets) ** 2  # noqa: E731
    found = curvature.double_backward(
        network,
        Objective("given", losses),
        torch.from_numpy(x),
        torch.zeros(9, dtype=torch.float64),
        v,
    )
    np.testing.assert_allclose(found, 2 * x.T @ x @ v / 9, rtol=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda u: u + 1e-9,
        lambda u: -np.log(np.exp(-u) + 1e-9),
        lambda u: u[::-1],
        lambda u: np.full_like(u, np.nan),
    ],
)
def test_a_potential_that_is_a_little_off_the_package_s_is_noticed(
    wrong: Any, monkeypatch: Any
) -> None:
    at = np.random.default_rng(2).standard_normal((40, 3))
    distances = squareform(pdist(at))
    limit = CHECKS["phate_package"].settings["most"]
    assert phate_package.compared(distances, k=5, decay=40.0)[0] <= limit
    exact = diffusion.potential
    monkeypatch.setattr(diffusion, "potential", lambda power: wrong(exact(power)))
    assert phate_package.compared(distances, k=5, decay=40.0)[0] > limit


def test_more_snapshots_than_the_package_can_quickly_do_are_not_compared(
    run: RunFolder, monkeypatch: Any
) -> None:
    monkeypatch.setattr(phate_package, "MOST", 10)
    answer = answers(run)["phate_package"]
    assert answer["passed"] is None
    assert "up to 10 are compared" in answer["detail"]


@pytest.mark.slow
def test_where_all_rows_would_take_too_long_the_stored_losses_of_some_are_held_against(
    run: RunFolder, monkeypatch: Any
) -> None:
    monkeypatch.setattr(anchor, "WORK", 0.0)
    sound = answers(run)["anchor_loss"]
    assert sound["passed"]
    assert "train rows" in sound["detail"]
    WAYS["other weights"][0](run)
    assert answers(run)["anchor_loss"]["passed"] is False


def test_layouts_that_are_equally_good_are_no_fault_and_a_better_one_is(run: RunFolder) -> None:
    picture = {"method": "phate", "dims": 3}
    of_result(
        "embedding", set_meta(stability=0.4, stress=0.1009, stability_misfit=0.1010), **picture
    )(run)
    said = answers(run)["stability"]
    assert (said["passed"], said["value"]) == (None, 0.4)
    assert "of equal quality (stress 0.101, this one 0.101)" in said["detail"]
    of_result(
        "embedding", set_meta(stability=0.4, stress=0.1040, stability_misfit=0.1010), **picture
    )(run)
    assert answers(run)["stability"]["passed"] is False
