"""Files of weights: what training scripts, Lightning and the hubs write, and what is no checkpoint
at all.
"""

from __future__ import annotations

import argparse
import gzip
import os
import pickle
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
from tests.bring.case import Case

TITLE = "Checkpoints"
ABOUT = (
    "`--checkpoint FILE` with `--network`: weights saved by `torch.save`, or safetensors. Nothing"
    " in the file is ever run."
)

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


def _safetensors(folder: Path) -> None:
    save_file(SAVED.state_dict(), folder / "model.safetensors")
    agree(folder / "model.safetensors")


def _misnamed(folder: Path) -> None:
    save_file(SAVED.state_dict(), folder / "pytorch_model.bin")
    agree(folder / "pytorch_model.bin")


def _lightning() -> State:
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


def _half(folder: Path) -> None:
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


def _double(folder: Path) -> None:
    loads(
        {
            key: value.double() if value.is_floating_point() else value
            for key, value in SAVED.state_dict().items()
        }
    )(folder)


def _eighth(folder: Path) -> None:
    short = {
        key: value.to(torch.float8_e4m3fn) if value.is_floating_point() else value
        for key, value in SAVED.state_dict().items()
    }
    torch.save(short, folder / "short.pt")
    network = Net(2)
    load_into(network, str(folder / "short.pt"))
    assert torch.equal(network.body.weight, short["body.weight"].float())


def _tied(folder: Path) -> None:
    source, target = Tied(), Tied()
    save_file(
        {key: value for key, value in source.state_dict().items() if key != "outer.weight"},
        folder / "tied.safetensors",
    )
    load_into(target, str(folder / "tied.safetensors"))
    assert target.outer.weight is target.inner.weight
    assert torch.equal(target.outer.weight, source.inner.weight)


def _untied(folder: Path) -> None:
    torch.save({**Tied().state_dict(), "outer.weight": torch.zeros(4, 4)}, folder / "untied.pt")
    load_into(Tied(), str(folder / "untied.pt"))


def _weight_norm(folder: Path) -> None:
    source, target = nn.Linear(4, 3), parametrizations.weight_norm(nn.Linear(4, 3))
    norm = source.weight.detach().norm(dim=1, keepdim=True)
    torch.save(
        {"bias": source.bias.detach(), "weight_g": norm, "weight_v": source.weight.detach()},
        folder / "old.pt",
    )
    load_into(target, str(folder / "old.pt"))
    torch.testing.assert_close(target.weight, source.weight)


def _lazy(folder: Path) -> None:
    source, target = nn.Linear(4, 3), nn.LazyLinear(3)
    torch.save(source.state_dict(), folder / "lazy.pt")
    load_into(target, str(folder / "lazy.pt"))
    assert torch.equal(target.weight, source.weight)


def _deflated(folder: Path) -> None:
    torch.save(SAVED.state_dict(), folder / "stored.pt")
    with (
        zipfile.ZipFile(folder / "stored.pt") as source,
        zipfile.ZipFile(folder / "small.pt", "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    agree(folder / "small.pt")


def _zip_of_weights(folder: Path) -> None:
    torch.save(SAVED.state_dict(), folder / "best.pth")
    with zipfile.ZipFile(folder / "weights.zip", "w") as archive:
        archive.write(folder / "best.pth", "out/best.pth")
    load_into(Net(), str(folder / "weights.zip"))


def _npz(folder: Path) -> None:
    np.savez(folder / "weights.npz", weight=np.zeros(3))
    load_into(Net(), str(folder / "weights.npz"))


def _cut_off(folder: Path) -> None:
    torch.save(SAVED.state_dict(), folder / "whole.pt")
    bytes_of((folder / "whole.pt").read_bytes()[:1_000])(folder)


def _cut_off_safetensors(folder: Path) -> None:
    save_file(SAVED.state_dict(), folder / "whole.safetensors")
    bytes_of((folder / "whole.safetensors").read_bytes()[:-40], "cut.safetensors")(folder)


def _script(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls it deprecated
        torch.jit.trace(nn.Linear(4, 3), torch.zeros(1, 4)).save(str(folder / "script.pt"))
    load_into(Net(), str(folder / "script.pt"))


def _folder(folder: Path) -> None:
    torch.save(SAVED.state_dict(), folder / "pytorch_model.bin")
    load_into(Net(), str(folder))


def _link(folder: Path) -> None:
    (folder / "weights.pt").symlink_to(folder / "gone.pt")
    load_into(Net(), str(folder / "weights.pt"))


def _zip_bomb(folder: Path) -> None:
    """An archive of 17 GiB of zeros, of which only the size is written."""
    torch.save(SAVED.state_dict(), folder / "bomb.pt")
    content = bytearray((folder / "bomb.pt").read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (2**32 - 2).to_bytes(4, "little")
    for _ in range(4):  # several members of almost 4 GiB each
        entry = content.rindex(b"PK\x01\x02", 0, entry)
        content[entry + 24 : entry + 28] = (2**32 - 2).to_bytes(4, "little")
    bytes_of(bytes(content))(folder)


def _larger(folder: Path) -> None:
    torch.save({"weight": torch.zeros(2**22)}, folder / "large.pt")
    with raised(0.01):
        load_into(Net(), str(folder / "large.pt"))


def _larger_safetensors(folder: Path) -> None:
    save_file({"weight": torch.zeros(2**22)}, folder / "large.safetensors")
    with raised(0.01):
        load_into(Net(), str(folder / "large.safetensors"))


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "weights.pt")
    load_into(Net(), str(folder / "weights.pt"))


def _without(part: str) -> State:
    return {key: value for key, value in SAVED.state_dict().items() if part not in key}


OTHER = Net(5).state_dict()
HTML = b"<!DOCTYPE html>\n<html><title>Google Drive - Virus scan warning</title></html>"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"

CASES = [
    Case("a state_dict: `.pt`, `.pth`, `.th`, `.bin`, `.pth.tar`, any name", "works", loads(SAVED.state_dict(), "model_best.pth.tar")),
    Case("a state_dict in the form of torch before 1.6", "works", loads(SAVED.state_dict(), _use_new_zipfile_serialization=False)),
    Case("a state_dict in a compressed archive", "works", _deflated),
    Case("safetensors", "works", _safetensors),
    Case("safetensors under a name of torch.save", "works", _misnamed),
    Case("nn.Parameters instead of tensors", "works", loads(dict(SAVED.named_parameters()) | dict(SAVED.named_buffers()))),
    Case("`{'epoch': 3, 'model_state_dict': …, 'optimizer': …}`", "works, and says so",
         loads({"epoch": 3, "model_state_dict": SAVED.state_dict(), "optimizer": torch.optim.SGD(SAVED.parameters(), lr=0.1).state_dict()}),
         "under 'model_state_dict' are used"),
    *(Case(f"`{{'{name}': …}}`", "works, and says so", loads({name: SAVED.state_dict(), "epoch": 3}), f"under '{name}' are used")
      for name in ("net", "model_state", "params", "weights", "network")),
    Case("wrappers in wrappers: `{'checkpoint': {'model': {'state_dict': …}}}`", "works, and says so",
         loads({"checkpoint": {"model": {"state_dict": SAVED.state_dict()}, "step": 1}}), "under 'checkpoint.model.state_dict' are used"),
    Case("`module.` before every name (DataParallel)", "works, and says so", loads(prefixed("module.")), "under 'module' are used"),
    Case("`_orig_mod.` before every name (torch.compile)", "works, and says so", loads(prefixed("_orig_mod.")), "under '_orig_mod' are used"),
    Case("`module._orig_mod.` before every name", "works, and says so", loads(prefixed("module._orig_mod.")), "'module._orig_mod'"),
    Case("`module.` inside of the names (a part was parallel)", "works",
         loads({key.replace("body.", "body.module."): value for key, value in SAVED.state_dict().items()})),
    Case("Lightning `.ckpt`: `state_dict` with `model.`, beside the loss's own weights", "works, and says so", loads(_lightning(), "last.ckpt"),
         "under 'state_dict.model' are used; 'criterion.weight' beside them left out"),
    Case("Lightning with another attribute: `state_dict` with `net._orig_mod.`", "works, and says so",
         loads({"state_dict": prefixed("net._orig_mod.")}, "last.ckpt"), "under 'state_dict.net._orig_mod' are used"),
    Case("`{'model': …, 'ema': …}`: the weights and their average", "works, and says so", loads({"ema": OTHER, "model": SAVED.state_dict()}),
         "it also holds weights under 'ema', which are not used"),
    Case("an averaged model (`torch.optim.swa_utils`)", "works, and says so", loads({**prefixed("module."), "n_averaged": torch.tensor(4)}),
         "'n_averaged' beside them left out"),
    Case("without BatchNorm's `num_batches_tracked`", "works", loads(_without("num_batches"))),
    Case("`weight_g`, `weight_v` of the old weight norm, for the new one", "works", _weight_norm),
    Case("safetensors that leave out a tied tensor", "works", _tied),
    Case("weights for a lazy layer", "works", _lazy),
    Case("float16 or bfloat16 weights", "works, and says so", _half, "float16 became float32"),
    Case("float64 weights", "works, and says so", _double, "float64 became float32"),
    Case("float8 weights", "works, and says so", _eighth, "float8_e4m3fn became float32"),
    Case("float64 weights too large for float32", "refused", loads({**SAVED.state_dict(), "body.weight": torch.full((5, 4), 1e300, dtype=torch.float64)}),
         "are not finite"),
    Case("a name is missing", "refused", loads(_without("head.bias")), "lacks 'head.bias'"),
    Case("a name too many", "refused", loads({**SAVED.state_dict(), "spare": torch.ones(2)}), "has 'spare', which the network has not"),
    Case("another shape", "refused", loads({**SAVED.state_dict(), "head.weight": torch.ones(9, 5)}),
         "its 'head.weight' has shape (9, 5); the network's has (3, 5)"),
    Case("weights of another network", "refused", loads(nn.Conv2d(1, 2, 3).state_dict()), "lacks 'body.weight', 'body.bias'"),
    Case("two sets of weights that fit, neither under a usual name", "refused", loads({"teacher": OTHER, "student": SAVED.state_dict()}),
         "several sets of weights that fit: under 'teacher' and under 'student'"),
    Case("two sets of weights behind prefixes", "refused", loads({**prefixed("teacher.", Net(5)), **prefixed("student.")}),
         "several sets of weights that fit"),
    Case("tensors that the network ties, with different numbers", "refused", _untied, "which are one tensor in the network"),
    Case("weights of a quantized network", "refused", loads({**SAVED.state_dict(), "body.weight": torch.ones(5, 4, dtype=torch.int8)}),
         "those of a quantized network do not fit"),
    Case("complex weights for real ones", "refused", loads({**SAVED.state_dict(), "body.weight": torch.ones(5, 4) * 1j}), "as complex64"),
    Case("meta tensors", "refused", loads({**SAVED.state_dict(), "body.weight": torch.ones(5, 4, device="meta")}), "without its numbers"),
    Case("NaN among the weights", "refused", loads({**SAVED.state_dict(), "body.weight": torch.full((5, 4), torch.nan)}), "are not finite"),
    Case("settings beside the weights (argparse, omegaconf, Path, …)", "refused", loads({"args": argparse.Namespace(a=1), "model": OTHER}),
         "holds an object of 'argparse.Namespace', not only weights"),
    Case("a number of numpy beside the weights", "refused", loads({"best": np.float64(0.9), "model": OTHER}), "multiarray.scalar"),
    Case("a whole model, pickled", "refused", loads(SAVED), "holds an object of 'tests.bring.checkpoints.Net'"),
    Case("a whole model, pickled in the older form", "refused", loads(SAVED, _use_new_zipfile_serialization=False),
         "Save the weights alone: torch.save(model.state_dict(), 'weights.pt')"),
    Case("a plain pickle", "refused", bytes_of(pickle.dumps({"weight": [1.0]}), "weights.pkl"), "it is a plain pickle"),
    Case("torch.save with another pickle protocol", "refused", loads(OTHER, pickle_protocol=4), "a pickle protocol that could run code"),
    Case("an optimizer's state alone", "refused", loads(torch.optim.Adam(SAVED.parameters()).state_dict()), "It holds the names 'state', 'param_groups'"),
    Case("only numbers and words", "refused", loads({"epoch": 3, "accuracy": 0.9}), "It holds the names 'epoch', 'accuracy'"),
    Case("one tensor", "refused", loads(torch.ones(3, 4)), "It holds a tensor (3, 4)"),
    Case("a TorchScript archive", "refused", _script, "it is a TorchScript archive"),
    Case("a Git LFS pointer", "refused", bytes_of(POINTER), "a Git LFS pointer: the file itself was not downloaded"),
    Case("an HTML page", "refused", bytes_of(HTML), "an HTML page, perhaps what a web site answered"),
    Case("text", "refused", bytes_of(b"404: Not Found"), "it is text: “404: Not Found”"),
    Case("an index of a checkpoint in parts", "refused", bytes_of(b'{"weight_map": {"a": "part-1.bin"}}', "model.bin.index.json"), "in parts"),
    Case("an empty file", "refused", bytes_of(b""), "it is empty (0 bytes)"),
    Case("a file that is cut off", "refused", _cut_off, "its end is missing"),
    Case("safetensors that are cut off", "refused", _cut_off_safetensors, "it is damaged"),
    Case("a file compressed by gzip", "refused", bytes_of(gzip.compress(b"x"), "weights.pt.gz"), "compressed by gzip. Unpack it first"),
    Case("a zip archive around the file", "refused", _zip_of_weights, "a zip archive of 'out/best.pth'. Unpack it"),
    Case("npz", "refused", _npz, "an npz file of numpy arrays"),
    Case("HDF5 (Keras)", "refused", bytes_of(b"\x89HDF\r\n\x1a\n" + bytes(100), "model.h5"), "an HDF5 file (Keras, h5py)"),
    Case("ONNX", "refused", bytes_of(b"\x08\x07\x12\x07pytorch\x1a\x052.0.1:\x8a", "model.onnx"), "an ONNX file"),
    Case("GGUF", "refused", bytes_of(b"GGUF\x03" + bytes(100), "model.gguf"), "a GGUF file (llama.cpp)"),
    Case("a TensorFlow checkpoint", "refused", bytes_of(b"\x00\x00\x07\x02" + bytes(range(100, 200)), "model.ckpt.index"), "a TensorFlow file"),
    Case("other bytes", "refused", bytes_of(bytes(range(200, 256)) * 9), "of an unknown form"),
    Case("a folder", "refused", _folder, "is a folder. Give a file in it: pytorch_model.bin"),
    Case("a link to nothing", "refused", _link, "gone.pt, which is not there"),
    Case("a web address", "refused", lambda _: load_into(Net(), "https://example.org/w.pt"), "a web address: download the file first"),
    Case("an archive that would unpack to 20 GiB", "refused", _zip_bomb, "To allow this size: --max-data-gib 20.1"),
    Case("a file larger than `--max-data-gib` allows (0.01 here)", "refused", _larger, "has 16.0 MiB; at most 10.2 MiB are read"),
    Case("safetensors larger than `--max-data-gib` allows (0.01 here)", "refused", _larger_safetensors, "has 16.0 MiB; at most 10.2 MiB are read"),
    Case("a pipe", "refused", _pipe, "neither a file nor a folder"),
]  # fmt: skip
