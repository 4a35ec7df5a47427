"""The anchor's losses computed again, by a path that shares nothing with sampling but the network's definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from landscape_app.datasets import recipe
from landscape_app.networks.create import create
from landscape_app.settings import RunSpec


def losses(spec: RunSpec, tensors: Sequence[Mapping[str, Any]], stored: Mapping[str, np.ndarray]) -> tuple[float, float]:
    """(train, test) mean cross-entropy in nats of the network of `spec` with the stored "param.KEY" and "buffer.KEY" tensors."""
    data = recipe.load(spec)
    network = create(spec.network, data.shape, data.classes, seed=spec.seed)
    state = {
        name.split(".", 1)[1]: torch.from_numpy(np.array(value))
        for name, value in stored.items()
        if name.split(".", 1)[0] in ("param", "buffer")
    }
    network.load_state_dict(state)
    network.double().eval()
    with torch.no_grad():
        train, test = (
            torch.nn.functional.cross_entropy(network(torch.from_numpy(x).double()), torch.from_numpy(y)).item()
            for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test))
        )
    return train, test
