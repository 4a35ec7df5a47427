"""Sound arrays, weights and tensors in files, and the product's own readers of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.mutations.mutator import Change, Rng


def member(content: bytes, change: Change, rng: Rng) -> bytes:
    """The zip archive `content` with one member changed and its checksum made right."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        packed = {info: archive.read(info) for info in archive.infolist()}
    chosen = list(packed)[rng.integers(len(packed))]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info, member in packed.items():
            archive.writestr(
                info.filename, change(member) if info is chosen else member, info.compress_type
            )
    return out.getvalue()


def _arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 3)).astype(np.float32), np.arange(12) % 3
    return {"x_train": x, "y_train": y, "x_test": x[:6], "y_test": y[:6]}


def npz_files() -> list[bytes]:
    images = _arrays() | {
        "x_train": np.zeros((12, 8, 8), np.uint8),
        "x_test": np.zeros((6, 8, 8), np.uint8),
    }
    turned = _arrays() | {"x_train": np.asfortranarray(_arrays()["x_train"].astype(np.float64))}
    out = []
    for save, arrays in (
        (np.savez, _arrays()),
        (np.savez_compressed, images),
        (np.savez_compressed, turned),
    ):
        buffer = io.BytesIO()
        save(buffer, **arrays)
        out.append(buffer.getvalue())
    return out


def read_npz(path: Path) -> Any:
    from landscape_app.datasets import npz

    return npz.load(str(path))


def _state() -> dict[str, Any]:
    import torch

    return {"body.weight": torch.ones(4, 3), "body.bias": torch.zeros(4, dtype=torch.float16)}


def torch_files(*, old: bool) -> list[bytes]:
    import torch

    out = []
    for content in (_state(), {"epoch": 3, "state_dict": _state(), "rates": [0.1, (0.2, "x")]}):
        buffer = io.BytesIO()
        torch.save(content, buffer, _use_new_zipfile_serialization=not old)
        out.append(buffer.getvalue())
    return out


def read_checkpoint(path: Path) -> Any:
    from torch import nn

    from landscape_app.networks.checkpoint import load_into

    load_into(nn.ModuleDict({"body": nn.Linear(3, 4)}), str(path))


def safetensors_files() -> list[bytes]:
    from safetensors.torch import save

    return [save(_state()), save(_state(), {"format": "pt"})]


def packed_tensors() -> list[bytes]:
    from landscape_app.store.tensors import pack

    return [
        bytes(pack({"delta": np.ones((4, 6), np.float32), "scores.train_loss": np.arange(4.0)})),
        bytes(pack({})),
    ]


def read_tensors(path: Path) -> Any:
    from landscape_app.store.tensors import TensorFile, unpack

    file = TensorFile.open(path)
    return [file.read(name) for name in file.tensors], unpack(
        bytearray(path.read_bytes()), path.name
    )
