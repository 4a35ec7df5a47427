"""A newly initialised network, from a name or from settings. The state of torch's global random
generator is restored afterwards.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from torch import nn

from landscape_app.errors import LandscapeError, ModelError, first_line
from landscape_app.networks.checkpoint import load_into
from landscape_app.networks.copies import private
from landscape_app.records.dataset import Dataset
from landscape_app.registries import NETWORKS, ended, find, imported
from landscape_app.seeds import lent_generators, stream_seed
from landscape_app.settings import RunSpec


def create(
    name: str, shape: tuple[int, ...], outputs: int, *, seed: int, **given: Any
) -> nn.Module:
    """The network `name` for rows of `shape`, initialised from the stream "init" of `seed`; (batch,
    *shape) -> (batch, outputs).

    `given` (width, depth, dropout) replaces the network's own settings; None keeps one. Raises
    ModelError for a setting that the network does not have, and where the network cannot be built
    for `shape`. torch's initialisers use the global generator only, so its state is saved and
    restored.
    """
    entry = find("network", NETWORKS, name)
    chosen = {key: value for key, value in given.items() if value is not None}
    for key in chosen:
        if key not in entry.settings:
            raise ModelError(
                f"The network '{name}' has no setting '{key}'; it accepts"
                f" {', '.join(entry.settings)}."
            )
    if chosen.get("width", 1) < 1:
        raise ModelError(
            f"The network '{name}' cannot have width {chosen['width']}: it must be at least 1."
        )
    with lent_generators(stream_seed(seed, "init")):
        network: nn.Module = entry.load()(shape, outputs, **{**entry.settings, **chosen})
    return network


def of_spec(spec: RunSpec, data: Dataset) -> nn.Module:
    """The initial network of a run on `data`: a network of the table, or the result of the callable
    "module:name"; with the weights of the checkpoint, if one is set.
    """
    settings = {"width": spec.width, "depth": spec.depth, "dropout": spec.dropout}
    if ":" in spec.network:
        chosen = {key: value for key, value in settings.items() if value is not None}
        network = _imported(spec.network, data, seed=spec.seed, settings=chosen)
    else:
        network = create(spec.network, data.shape, data.outputs, seed=spec.seed, **settings)
    if spec.checkpoint is not None:
        load_into(network, spec.checkpoint)
    return network


def _imported(target: str, data: Dataset, *, seed: int, settings: Mapping[str, Any]) -> nn.Module:
    """The network called "module:name", or the result of the callable of this name. It is called
    with (shape, outputs), or without arguments if it takes none.
    """
    make = imported(target, "network")
    if isinstance(make, nn.Module):
        if settings:
            raise ModelError(
                f"'{target}' is a network that is made already: it takes no setting"
                f" '{next(iter(settings))}'."
            )
        return private(make)
    arguments = _arguments(target, make, data, settings)
    with lent_generators(stream_seed(seed, "init")):
        try:
            network = make(*arguments, **settings)
        except LandscapeError:
            raise
        except SystemExit as error:
            raise ModelError(f"{ended(target, error)} when it was called.") from error
        except Exception as error:  # any error of the user's function
            given = (
                f"with shape {arguments[0]} and {arguments[1]} outputs"
                if arguments
                else "with nothing"
            )
            raise ModelError(
                f"'{target}' fails when it is called {given}: {type(error).__name__}:"
                f" {first_line(error)}"
            ) from error
    if not isinstance(network, nn.Module):
        raise ModelError(f"'{target}' made a {type(network).__name__}; it must make an nn.Module.")
    return network


def _check_settings(
    target: str, parameters: Mapping[str, inspect.Parameter], settings: Mapping[str, Any]
) -> None:
    """Raise ModelError for a setting that the callable does not accept."""
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return
    for key in settings:
        if key not in parameters:
            raise ModelError(
                f"'{target}' has no setting '{key}'. Leave it out, or let the callable take it"
                " by that name."
            )


def _arguments(
    target: str, make: Any, data: Dataset, settings: Mapping[str, Any]
) -> tuple[Any, ...]:
    """(shape, outputs) where `make` requires arguments, else nothing. Raises ModelError where
    `make` cannot be called with them.
    """
    try:
        parameters = inspect.signature(make).parameters
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"'{target}' is a {type(make).__name__}; it must be an nn.Module, or a callable that"
            " makes one."
        ) from error
    positional = [
        p for p in parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    required = [
        p.name
        for p in parameters.values()
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    takes_two = len(positional) >= 2 or any(p.kind is p.VAR_POSITIONAL for p in parameters.values())
    if required and (not takes_two or len(set(required) - set(settings)) > 2):
        raise ModelError(
            f"'{target}' must be given {', '.join(required)}; it is called with (shape, outputs),"
            " or with nothing."
        )
    _check_settings(target, parameters, settings)
    return (data.shape, data.outputs) if required else ()
