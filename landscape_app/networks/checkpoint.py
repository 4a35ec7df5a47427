"""A trained network from a file: safetensors, or a .pt of plain weights; nothing in the file is ever run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from landscape_app.errors import ModelError

SUFFIXES = (".safetensors", ".pt", ".pth", ".bin")
MOST_BYTES = 16 * 2**30
WRAPPERS = ("state_dict", "model_state_dict", "model")  # under which training scripts put the weights in a .pt


def load_into(network: nn.Module, path: str) -> None:
    """Give `network` the weights in the file `path`, in place; a parallel wrapper's "module." in front of every key is dropped.

    Raises ModelError: no such file, another format, missing or extra keys, another shape; each by name.
    """
    state = _read(Path(path).expanduser())
    if state and all(key.startswith("module.") for key in state):
        state = {key.removeprefix("module."): value for key, value in state.items()}
    own = network.state_dict()
    missing, extra = [key for key in own if key not in state], [key for key in state if key not in own]
    if missing or extra:
        parts = [f"lacks {_some(missing)}"] if missing else []
        parts += [f"has {_some(extra)}, which the network has not"] if extra else []
        raise ModelError(f"The checkpoint {Path(path).name} {' and '.join(parts)}. Use the network that it was saved from.")
    for key, value in state.items():
        if value.shape != own[key].shape:
            raise ModelError(
                f"In the checkpoint {Path(path).name}, '{key}' has shape {tuple(value.shape)}; the network's has {tuple(own[key].shape)}."
            )
    network.load_state_dict(dict(state))


def _read(path: Path) -> Mapping[str, Tensor]:
    if not path.is_file():
        raise ModelError(f"There is no checkpoint {path}.")
    if path.suffix not in SUFFIXES:
        raise ModelError(f"The checkpoint {path.name} ends in '{path.suffix}'; it must be one of {', '.join(SUFFIXES)}.")
    if path.stat().st_size > MOST_BYTES:
        raise ModelError(f"The checkpoint {path.name} has {path.stat().st_size / 2**30:.1f} GiB; at most {MOST_BYTES // 2**30} are read.")
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        return _tensors(path, torch.load(path, map_location="cpu", weights_only=True))
    except ModelError:
        raise
    except Exception as error:  # whatever a damaged or hostile file makes the two readers say
        raise ModelError(
            f"The checkpoint {path.name} cannot be read as plain weights: {(str(error) or type(error).__name__).splitlines()[0][:200]}"
        ) from error


def _tensors(path: Path, content: Any) -> Mapping[str, Tensor]:
    for name in WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(name), Mapping):
            content = content[name]
    if not isinstance(content, Mapping) or not all(isinstance(value, Tensor) for value in content.values()):
        raise ModelError(f"The checkpoint {path.name} does not hold a state_dict: {{name: tensor}}.")
    return content


def _some(keys: list[str]) -> str:
    shown = ", ".join(f"'{key}'" for key in keys[:3])
    return shown + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")
