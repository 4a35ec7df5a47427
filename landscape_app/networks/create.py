"""From a name, or a spec, to a freshly initialised network, without touching torch's global generator."""

from __future__ import annotations

import inspect
from typing import Any

from torch import nn

from landscape_app.errors import ModelError
from landscape_app.networks.checkpoint import load_into
from landscape_app.records.dataset import Dataset
from landscape_app.registries import NETWORKS, find, imported
from landscape_app.seeds import lent_generators, stream_seed
from landscape_app.settings import RunSpec


def create(name: str, shape: tuple[int, ...], outputs: int, *, seed: int, **given: Any) -> nn.Module:
    """The network `name` for rows of `shape`, initialised from the stream "init" of `seed`; (batch, *shape) -> (batch, outputs).

    `given` (width, depth, dropout) replaces the network's own settings; None leaves one as it is. Raises ModelError for a setting
    that the network does not have, and where the network cannot be built for `shape`. torch's initialisers draw from the
    global generator only: its state is put back as it was.
    """
    entry = find("network", NETWORKS, name)
    chosen = {key: value for key, value in given.items() if value is not None}
    for key in chosen:
        if key not in entry.settings:
            raise ModelError(f"The network '{name}' has no setting '{key}'; it accepts {', '.join(entry.settings)}.")
    if chosen.get("width", 1) < 1:
        raise ModelError(f"The network '{name}' cannot have width {chosen['width']}: it must be at least 1.")
    with lent_generators(stream_seed(seed, "init")):
        network: nn.Module = entry.load()(shape, outputs, **{**entry.settings, **chosen})
    return network


def of_spec(spec: RunSpec, data: Dataset) -> nn.Module:
    """The initial network of a run on `data`: of the table, or what the callable "module:name" makes; with a checkpoint's weights."""
    if ":" in spec.network:
        network = _imported(spec.network, data, seed=spec.seed)
    else:
        network = create(spec.network, data.shape, data.outputs, seed=spec.seed, width=spec.width, depth=spec.depth, dropout=spec.dropout)
    if spec.checkpoint is not None:
        load_into(network, spec.checkpoint)
    return network


def _imported(target: str, data: Dataset, *, seed: int) -> nn.Module:
    """The network that "module:name" is, or makes: called with (shape, outputs), or with nothing if it takes nothing."""
    make = imported(target, "network")
    if isinstance(make, nn.Module):
        return make
    required = [
        p
        for p in inspect.signature(make).parameters.values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    with lent_generators(stream_seed(seed, "init")):
        network = make(data.shape, data.outputs) if required else make()
    if not isinstance(network, nn.Module):
        raise ModelError(f"'{target}' made a {type(network).__name__}; it must make an nn.Module.")
    return network
