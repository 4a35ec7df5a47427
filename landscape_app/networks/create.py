"""From a spec to a freshly initialised network, without touching torch's global generator."""

from __future__ import annotations

import torch
from torch import nn

from landscape_app.registries import NETWORKS, find
from landscape_app.seeds import stream_seed


def create(name: str, shape: tuple[int, ...], classes: int, *, seed: int) -> nn.Module:
    """The network `name` for rows of `shape`, initialised from the stream "init" of `seed`.

    torch's initialisers draw from the global generator only: its state is put back as it was.
    """
    entry = find("network", NETWORKS, name)
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(stream_seed(seed, "init"))
        network: nn.Module = entry.load()(shape, classes, **entry.settings)
    return network
