"""Files of weights as training scripts, Lightning and the hubs write them, and files that are none."""

from __future__ import annotations

import os
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from landscape_app.limits import raised
from landscape_app.networks.checkpoint import load_into

State = dict[str, Any]


class Net(nn.Module):
    """A small network with BatchNorm, made from a seed."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.random.default_generator.manual_seed(seed)
            self.body, self.norm, self.head = nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.norm(self.body(x)).relu())


class Tied(nn.Module):
    """A network whose two layers are one tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.outer = nn.Linear(4, 4), nn.Linear(4, 4)
        self.outer.weight = self.inner.weight


SAVED = Net(1)


def prefixed(prefix: str, of: nn.Module = SAVED) -> State:
    """The weights of `of` with `prefix` before every name."""
    return {f"{prefix}{key}": value for key, value in of.state_dict().items()}


def loads(content: Any, name: str = "weights.pt", **options: Any) -> Callable[[Path], None]:
    """A trial: `content` saved by torch.save is loaded, and gives the weights of `SAVED`."""

    def tried(folder: Path) -> None:
        torch.save(content, folder / name, **options)
        agree(folder / name)

    return tried


def agree(path: Path) -> None:
    """Assert that `path` gives the weights of `SAVED`."""
    network = Net(2)
    load_into(network, str(path))
    for key, value in SAVED.state_dict().items():
        assert torch.equal(value, network.state_dict()[key]), key


def bytes_of(content: bytes, name: str = "weights.pt") -> Callable[[Path], None]:
    """A trial: a file of these bytes."""

    def tried(folder: Path) -> None:
        (folder / name).write_bytes(content)
        load_into(Net(), str(folder / name))

    return tried


def safetensors(folder: Path) -> None:
    save_file(SAVED.state_dict(), folder / "model.safetensors")
    agree(folder / "model.safetensors")


def misnamed(folder: Path) -> None:
    save_file(SAVED.state_dict(), folder / "pytorch_model.bin")
    agree(folder / "pytorch_model.bin")


def lightning() -> State:
    optimizer = torch.optim.Adam(SAVED.parameters())
    return {
        "epoch": 3,
        "global_step": 12,
        "pytorch-lightning_version": "2.2.0",
        "state_dict": {**prefixed("model."), "criterion.weight": torch.ones(3)},
        "optimizer_states": [optimizer.state_dict()],
        "lr_schedulers": [],
        "loops": {"fit_loop": {"state_dict": {}}},
        "hyper_parameters": {"rate": 0.1},
    }


def half(folder: Path) -> None:
    torch.save(
        {
            key: value.half() if value.is_floating_point() else value
            for key, value in SAVED.state_dict().items()
        },
        folder / "half.pt",
    )
    network = Net(2)
    load_into(network, str(folder / "half.pt"))
    assert network.body.weight.dtype == torch.float32
    assert torch.equal(network.body.weight, SAVED.body.weight.half().float())


def double(folder: Path) -> None:
    loads(
        {
            key: value.double() if value.is_floating_point() else value
            for key, value in SAVED.state_dict().items()
        }
    )(folder)


def eighth(folder: Path) -> None:
    short = {
        key: value.to(torch.float8_e4m3fn) if value.is_floating_point() else value
        for key, value in SAVED.state_dict().items()
    }
    torch.save(short, folder / "short.pt")
    network = Net(2)
    load_into(network, str(folder / "short.pt"))
    assert torch.equal(network.body.weight, short["body.weight"].float())


def tied(folder: Path) -> None:
    source, target = Tied(), Tied()
    save_file(
        {key: value for key, value in source.state_dict().items() if key != "outer.weight"},
        folder / "tied.safetensors",
    )
    load_into(target, str(folder / "tied.safetensors"))
    assert target.outer.weight is target.inner.weight
    assert torch.equal(target.outer.weight, source.inner.weight)


def untied(folder: Path) -> None:
    torch.save({**Tied().state_dict(), "outer.weight": torch.zeros(4, 4)}, folder / "untied.pt")
    load_into(Tied(), str(folder / "untied.pt"))


def weight_norm(folder: Path) -> None:
    source, target = nn.Linear(4, 3), parametrizations.weight_norm(nn.Linear(4, 3))
    norm = source.weight.detach().norm(dim=1, keepdim=True)
    torch.save(
        {"bias": source.bias.detach(), "weight_g": norm, "weight_v": source.weight.detach()},
        folder / "old.pt",
    )
    load_into(target, str(folder / "old.pt"))
    torch.testing.assert_close(target.weight, source.weight)


def lazy(folder: Path) -> None:
    source, target = nn.Linear(4, 3), nn.LazyLinear(3)
    torch.save(source.state_dict(), folder / "lazy.pt")
    load_into(target, str(folder / "lazy.pt"))
    assert torch.equal(target.weight, source.weight)


def deflated(folder: Path) -> None:
    torch.save(SAVED.state_dict(), folder / "stored.pt")
    with (
        zipfile.ZipFile(folder / "stored.pt") as source,
        zipfile.ZipFile(folder / "small.pt", "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    agree(folder / "small.pt")


def zip_of_weights(folder: Path) -> None:
    torch.save(SAVED.state_dict(), folder / "best.pth")
    with zipfile.ZipFile(folder / "weights.zip", "w") as archive:
        archive.write(folder / "best.pth", "out/best.pth")
    load_into(Net(), str(folder / "weights.zip"))


def npz(folder: Path) -> None:
    np.savez(folder / "weights.npz", weight=np.zeros(3))
    load_into(Net(), str(folder / "weights.npz"))


def cut_off(folder: Path) -> None:
    torch.save(SAVED.state_dict(), folder / "whole.pt")
    bytes_of((folder / "whole.pt").read_bytes()[:1_000])(folder)


def cut_off_safetensors(folder: Path) -> None:
    save_file(SAVED.state_dict(), folder / "whole.safetensors")
    bytes_of((folder / "whole.safetensors").read_bytes()[:-40], "cut.safetensors")(folder)


def script(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls it deprecated
        torch.jit.trace(nn.Linear(4, 3), torch.zeros(1, 4)).save(str(folder / "script.pt"))
    load_into(Net(), str(folder / "script.pt"))


def a_folder(folder: Path) -> None:
    torch.save(SAVED.state_dict(), folder / "pytorch_model.bin")
    load_into(Net(), str(folder))


def link(folder: Path) -> None:
    (folder / "weights.pt").symlink_to(folder / "gone.pt")
    load_into(Net(), str(folder / "weights.pt"))


def zip_bomb(folder: Path) -> None:
    """An archive of 17 GiB of zeros, of which only the size is written."""
    torch.save(SAVED.state_dict(), folder / "bomb.pt")
    content = bytearray((folder / "bomb.pt").read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (2**32 - 2).to_bytes(4, "little")
    for _ in range(4):  # several members of almost 4 GiB each
        entry = content.rindex(b"PK\x01\x02", 0, entry)
        content[entry + 24 : entry + 28] = (2**32 - 2).to_bytes(4, "little")
    bytes_of(bytes(content))(folder)


def larger(folder: Path) -> None:
    torch.save({"weight": torch.zeros(2**22)}, folder / "large.pt")
    with raised(0.01):
        load_into(Net(), str(folder / "large.pt"))


def larger_safetensors(folder: Path) -> None:
    save_file({"weight": torch.zeros(2**22)}, folder / "large.safetensors")
    with raised(0.01):
        load_into(Net(), str(folder / "large.safetensors"))


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "weights.pt")
    load_into(Net(), str(folder / "weights.pt"))


def without(part: str) -> State:
    return {key: value for key, value in SAVED.state_dict().items() if part not in key}
