"""Check: the Hessian-vector product that our probes use is a plain double backward of the mean
loss, on the run's own network.
"""

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


def check(checked: CheckSubject) -> Outcome:
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
