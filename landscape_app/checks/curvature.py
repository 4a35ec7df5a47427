"""Checks of the curvature: the spectral density, and the Hessian-vector product."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from landscape_app.checks.check_subject import CheckSubject, DoesNotApply, Outcome
from landscape_app.errors import AnalysisError, first_line
from landscape_app.seeds import numpy_stream

if TYPE_CHECKING:
    from torch import Tensor, nn

    from landscape_app.objectives import Objective
    from landscape_app.probes.hessian import Product

ROWS = 20  # drawn by seed: enough to make the blocks unequal, few enough for large networks
BLOCK = 8


def spectrum(checked: CheckSubject) -> Outcome:
    """The largest of |mass − 1| over probes, and of the density over its grid; no weight is
    negative.
    """
    result = checked.result(
        "curvature", missing=f"no spectrum is computed yet; {checked.how('curvature')}"
    )
    if "weights" not in result.arrays:
        raise DoesNotApply("its spectrum could not be computed")
    weights, probe = (
        np.asarray(result.arrays["weights"], dtype=np.float64),
        np.asarray(result.arrays["probe"], dtype=np.int64),
    )
    grid, density = np.asarray(result.arrays["grid"]), np.asarray(result.arrays["density"])
    probes = int(probe.max()) + 1
    masses = probes * np.bincount(probe, weights, probes)
    # the grid is the middles of equal cells
    curve = float(density.sum() * (grid[-1] - grid[0]) / (len(grid) - 1))
    sound = bool((weights >= 0).all() and (density >= 0).all())
    worst = float(np.max(np.abs([*(masses - 1), curve - 1])))
    words = f"{probes} probes, {len(weights)} nodes; the curve's mass is {curve:.9g}"
    return Outcome(
        worst, words if sound else f"{words}; some weights are negative", sound, on="curvature"
    )


def hvp(checked: CheckSubject) -> Outcome:
    """‖Hv − H'v‖ / ‖H'v‖ for one Gaussian v, in float64: H by the probes, block by block, H' in one
    piece.
    """
    from landscape_app.probes.anchor import double
    from landscape_app.probes.point import Point

    made = checked.rebuilt
    network, data = made.network(checked.tensors), made.data
    rows = np.sort(numpy_stream(0, "checks", "hvp").permutation(len(data.x_train))[:ROWS])
    x, y = double(data.x_train[rows]), double(data.y_train[rows])
    point = Point(network, made.objective, x, y, BLOCK)
    try:
        value = apart(point.product(), network, made.objective, x, y)
    except (AnalysisError, RuntimeError, NotImplementedError) as error:
        raise DoesNotApply(
            f"the loss of this network cannot be differentiated twice: {first_line(error)}"
        ) from error
    return Outcome(value, f"{len(rows)} train rows, {point.size:,} weights, float64")


def apart(times: Product, network: nn.Module, objective: Objective, x: Tensor, y: Tensor) -> float:
    """‖times(v) − H'v‖ / ‖H'v‖ for a Gaussian v from a stream of its own."""
    size = sum(p.numel() for p in network.parameters() if p.requires_grad)
    v = numpy_stream(0, "checks", "hvp", "direction").standard_normal(size)
    plain = double_backward(network, objective, x, y, v)
    norm = float(np.linalg.norm(plain))
    return float(np.linalg.norm(times(v) - plain)) / (norm or 1.0)


def double_backward(
    network: nn.Module, objective: Objective, x: Tensor, y: Tensor, v: np.ndarray
) -> np.ndarray:
    """∂/∂θ (∂ mean loss/∂θ · v), (parameter,), all rows at once: nothing but two calls of
    autograd.
    """
    import torch

    parameters = [p for p in network.parameters() if p.requires_grad]
    loss = objective.total(network(x), y) / objective.norm(y)
    first = torch.autograd.grad(loss, parameters, create_graph=True, materialize_grads=True)
    slope = torch.cat([g.reshape(-1) for g in first]) @ torch.from_numpy(v).to(loss)
    if not slope.requires_grad:  # the loss is linear in the weights
        return np.zeros(len(v))
    second = torch.autograd.grad(slope, parameters, materialize_grads=True)
    return torch.cat([h.reshape(-1) for h in second]).detach().cpu().numpy()
