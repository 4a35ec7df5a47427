"""The anchor's losses computed again, by a path that shares nothing with sampling but the network's definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from landscape_app import objectives
from landscape_app.datasets import recipe
from landscape_app.networks.create import of_spec
from landscape_app.settings import RunSpec


def losses(spec: RunSpec, tensors: Sequence[Mapping[str, Any]], stored: Mapping[str, np.ndarray]) -> tuple[float, float]:
    """(train, test) mean loss of the network of `spec` with the stored "param.KEY" and "buffer.KEY" tensors, in float64."""
    data = recipe.load(spec)
    network = of_spec(spec, data)
    values = {
        name.partition(".")[2]: torch.from_numpy(np.array(value))
        for name, value in stored.items()
        if name.startswith(("param.", "buffer."))
    }
    network.load_state_dict(values, strict=False)  # frozen weights are not stored: they are the initial ones
    network.double().eval()
    objective = objectives.named(spec.loss or ("cross_entropy" if data.task == "classification" else "squared_error"))
    with torch.no_grad():
        train, test = (
            float(objective.losses(network(_double(x)), _double(y)).mean())
            for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test))
        )
    return train, test


def _double(array: np.ndarray) -> torch.Tensor:
    tensor = torch.from_numpy(array)
    return tensor.double() if tensor.is_floating_point() else tensor
