"""The weights that explore begins with: the model's own, those of a file, or those that a run of
this name began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from landscape_app.errors import ModelError
from landscape_app.limits import Reading
from landscape_app.networks.checkpoint import load_into
from landscape_app.networks.copies import private
from landscape_app.pipeline.identity import FILE
from landscape_app.store import folder, names
from landscape_app.store.run import RunFolder

STORED = "stored"
KINDS = ("param.", "buffer.", "frozen.")  # before a tensor's key in a run's files


Weights = Mapping[str, Any]  # a state_dict, or the tensors of a run's file


def initial(
    model: nn.Module, runs: Path, name: str, init: str | Path | Weights | None
) -> nn.Module:
    """`model`, or a copy of it that holds the weights that `init` names. Raises ModelError where
    they do not fit it.

    init: None: the model's own. "stored": those that the run `name` in `runs` began with; the
    model's own while there are none. A path: a file of weights, or a run's init.safetensors or
    anchor.safetensors. A mapping: a state_dict, or a run's tensors.
    """
    if init is None:
        return model
    if init == STORED:
        stored = _of_run(runs, name)
        return model if stored is None else _holding(model, stored, f"Run {name}")
    if isinstance(init, Mapping):
        own = any(
            str(key).startswith("param.") and hasattr(value, "shape") for key, value in init.items()
        )
        return _holding(model, init, "init") if own else _with_state(model, init)
    path = Path(init).expanduser()
    carried = _of_file(path)
    if carried is not None:
        return _holding(model, carried, f"The file {path}")
    copy = private(model)
    load_into(copy, str(path))
    return copy


def _with_state(model: nn.Module, state: Weights) -> nn.Module:
    copy = private(model)
    try:
        copy.load_state_dict(dict(state))
    except (RuntimeError, TypeError, AttributeError) as error:
        raise ModelError(
            f"init does not fit the network: {' '.join(str(error).split())}"
        ) from error
    return copy


def _of_run(runs: Path, name: str) -> Mapping[str, np.ndarray] | None:
    if not folder.is_id(name) or not names.is_folder(runs / name):
        return None
    run = RunFolder.open(runs, name)
    return run.tensors(FILE) if any(line["file"] == FILE for line in run.committed()) else None


def _of_file(path: Path) -> Mapping[str, np.ndarray] | None:
    """The tensors of a file that a run has written; None for any other file."""
    from landscape_app.store.tensors import TensorFile

    if path.suffix != ".safetensors" or not path.is_file():
        return None
    with Reading(path, ModelError, f"The file {path}") as reading:
        reading.hold(reading.bytes, "has")
    file = TensorFile.open(path, own=True)
    named = [name for name in file.tensors if name.startswith(KINDS)]
    return (
        {name: file.read(name) for name in named}
        if any(name.startswith("param.") for name in named)
        else None
    )


def _holding(model: nn.Module, stored: Weights, whose: str) -> nn.Module:
    """A copy of `model` with the tensors that are stored as "param.KEY", "buffer.KEY" and
    "frozen.KEY".
    """
    copy = private(model)
    own = {**dict(copy.named_parameters()), **dict(copy.named_buffers())}
    for name, value in stored.items():
        key = name.partition(".")[2]
        if not name.startswith(KINDS):
            continue
        if key not in own or tuple(own[key].shape) != value.shape:
            there = (
                f"has shape {tuple(own[key].shape)} in the network"
                if key in own
                else "is not in the network"
            )
            raise ModelError(
                f"{whose} begins with '{key}' of shape {value.shape}; it {there}. Give the same"
                " network, or another name."
            )
        with torch.no_grad():
            own[key].copy_(torch.from_numpy(np.array(value)))
    return copy
