"""The anchor made again, and its losses: by a path that shares nothing with sampling but the
network's definition.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from landscape_app.networks.construction import of_spec
from landscape_app.networks.copies import in_mode
from landscape_app.objectives import Objective
from landscape_app.records.dataset import Dataset
from landscape_app.records.pixels import Inputs
from landscape_app.records.pulse import pulse
from landscape_app.settings import RunSpec

ROWS = 256  # of a block


def restored(spec: RunSpec, data: Dataset, stored: Mapping[str, np.ndarray]) -> nn.Module:
    """The network of `spec` with the stored "param.KEY" and "buffer.KEY" tensors, in float64 and
    eval mode.
    """
    network = of_spec(spec, data)
    values = {
        name.partition(".")[2]: torch.from_numpy(np.array(value))
        for name, value in stored.items()
        if name.startswith(("param.", "buffer."))
    }
    # frozen weights are not stored: they are the initial ones
    network.load_state_dict(values, strict=False)
    return in_mode(network.double(), False)


def mean_loss(network: nn.Module, objective: Objective, x: Inputs, y: np.ndarray) -> float:
    """The recorded loss over the rows x (row, *shape), y (row, …), a block at a time, in
    float64.
    """
    total, block = 0.0, objective.block(ROWS, len(x))
    with torch.no_grad():
        for first in range(0, len(x), block):
            pulse()
            part = slice(first, first + block)
            total += float(objective.total(network(double(x[part])), double(y[part])))
    return total / objective.norm(torch.from_numpy(y))


def work(network: nn.Module, x: Inputs) -> float:
    """Floating-point operations that one row takes on its way through `network`, as torch counts
    them.
    """
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(double(x[:1]))
    return float(counter.get_total_flops())


def double(array: np.ndarray) -> Tensor:
    """`array` as a tensor, real numbers in float64."""
    tensor = torch.from_numpy(np.ascontiguousarray(array))
    return tensor.double() if tensor.is_floating_point() else tensor
