"""Files of weights: what training scripts, Lightning and the hubs write, and what is no checkpoint
at all.
"""

from __future__ import annotations

import argparse
import gzip
import pickle

import numpy as np
import torch
from torch import nn

from landscape_app.networks.checkpoint import load_into
from tests.bring.case import Case
from tests.bring.checkpoint_files import (
    SAVED,
    Net,
    a_folder,
    bytes_of,
    cut_off,
    cut_off_safetensors,
    deflated,
    double,
    eighth,
    half,
    larger,
    larger_safetensors,
    lazy,
    lightning,
    link,
    loads,
    misnamed,
    npz,
    pipe,
    prefixed,
    safetensors,
    script,
    tied,
    untied,
    weight_norm,
    without,
    zip_bomb,
    zip_of_weights,
)

TITLE = "Checkpoints"
ABOUT = (
    "`--checkpoint FILE` with `--network`: weights saved by `torch.save`, or safetensors. Nothing"
    " in the file is ever run."
)

OTHER = Net(5).state_dict()
HTML = b"<!DOCTYPE html>\n<html><title>Google Drive - Virus scan warning</title></html>"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"

CASES = [
    Case("a state_dict: `.pt`, `.pth`, `.th`, `.bin`, `.pth.tar`, any name", "works", loads(SAVED.state_dict(), "model_best.pth.tar")),
    Case("a state_dict in the form of torch before 1.6", "works", loads(SAVED.state_dict(), _use_new_zipfile_serialization=False)),
    Case("a state_dict in a compressed archive", "works", deflated),
    Case("safetensors", "works", safetensors),
    Case("safetensors under a name of torch.save", "works", misnamed),
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
    Case("Lightning `.ckpt`: `state_dict` with `model.`, beside the loss's own weights", "works, and says so", loads(lightning(), "last.ckpt"),
         "under 'state_dict.model' are used; 'criterion.weight' beside them left out"),
    Case("Lightning with another attribute: `state_dict` with `net._orig_mod.`", "works, and says so",
         loads({"state_dict": prefixed("net._orig_mod.")}, "last.ckpt"), "under 'state_dict.net._orig_mod' are used"),
    Case("`{'model': …, 'ema': …}`: the weights and their average", "works, and says so", loads({"ema": OTHER, "model": SAVED.state_dict()}),
         "it also holds weights under 'ema', which are not used"),
    Case("an averaged model (`torch.optim.swa_utils`)", "works, and says so", loads({**prefixed("module."), "n_averaged": torch.tensor(4)}),
         "'n_averaged' beside them left out"),
    Case("without BatchNorm's `num_batches_tracked`", "works", loads(without("num_batches"))),
    Case("`weight_g`, `weight_v` of the old weight norm, for the new one", "works", weight_norm),
    Case("safetensors that leave out a tied tensor", "works", tied),
    Case("weights for a lazy layer", "works", lazy),
    Case("float16 or bfloat16 weights", "works, and says so", half, "float16 became float32"),
    Case("float64 weights", "works, and says so", double, "float64 became float32"),
    Case("float8 weights", "works, and says so", eighth, "float8_e4m3fn became float32"),
    Case("float64 weights too large for float32", "refused", loads({**SAVED.state_dict(), "body.weight": torch.full((5, 4), 1e300, dtype=torch.float64)}),
         "are not finite"),
    Case("a name is missing", "refused", loads(without("head.bias")), "lacks 'head.bias'"),
    Case("a name too many", "refused", loads({**SAVED.state_dict(), "spare": torch.ones(2)}), "has 'spare', which the network has not"),
    Case("another shape", "refused", loads({**SAVED.state_dict(), "head.weight": torch.ones(9, 5)}),
         "its 'head.weight' has shape (9, 5); the network's has (3, 5)"),
    Case("weights of another network", "refused", loads(nn.Conv2d(1, 2, 3).state_dict()), "lacks 'body.weight', 'body.bias'"),
    Case("two sets of weights that fit, neither under a usual name", "refused", loads({"teacher": OTHER, "student": SAVED.state_dict()}),
         "several sets of weights that fit: under 'teacher' and under 'student'"),
    Case("two sets of weights behind prefixes", "refused", loads({**prefixed("teacher.", Net(5)), **prefixed("student.")}),
         "several sets of weights that fit"),
    Case("tensors that the network ties, with different numbers", "refused", untied, "which are one tensor in the network"),
    Case("weights of a quantized network", "refused", loads({**SAVED.state_dict(), "body.weight": torch.ones(5, 4, dtype=torch.int8)}),
         "those of a quantized network do not fit"),
    Case("complex weights for real ones", "refused", loads({**SAVED.state_dict(), "body.weight": torch.ones(5, 4) * 1j}), "as complex64"),
    Case("meta tensors", "refused", loads({**SAVED.state_dict(), "body.weight": torch.ones(5, 4, device="meta")}), "without its numbers"),
    Case("NaN among the weights", "refused", loads({**SAVED.state_dict(), "body.weight": torch.full((5, 4), torch.nan)}), "are not finite"),
    Case("settings beside the weights (argparse, omegaconf, Path, …)", "refused", loads({"args": argparse.Namespace(a=1), "model": OTHER}),
         "holds an object of 'argparse.Namespace', not only weights"),
    Case("a number of numpy beside the weights", "refused", loads({"best": np.float64(0.9), "model": OTHER}), "multiarray.scalar"),
    Case("a whole model, pickled", "refused", loads(SAVED), "holds an object of 'tests.bring.checkpoint_files.Net'"),
    Case("a whole model, pickled in the older form", "refused", loads(SAVED, _use_new_zipfile_serialization=False),
         "Save the weights alone: torch.save(model.state_dict(), 'weights.pt')"),
    Case("a plain pickle", "refused", bytes_of(pickle.dumps({"weight": [1.0]}), "weights.pkl"), "it is a plain pickle"),
    Case("torch.save with another pickle protocol", "refused", loads(OTHER, pickle_protocol=4), "a pickle protocol that could run code"),
    Case("an optimizer's state alone", "refused", loads(torch.optim.Adam(SAVED.parameters()).state_dict()), "It holds the names 'state', 'param_groups'"),
    Case("only numbers and words", "refused", loads({"epoch": 3, "accuracy": 0.9}), "It holds the names 'epoch', 'accuracy'"),
    Case("one tensor", "refused", loads(torch.ones(3, 4)), "It holds a tensor (3, 4)"),
    Case("a TorchScript archive", "refused", script, "it is a TorchScript archive"),
    Case("a Git LFS pointer", "refused", bytes_of(POINTER), "a Git LFS pointer: the file itself was not downloaded"),
    Case("an HTML page", "refused", bytes_of(HTML), "an HTML page, perhaps what a web site answered"),
    Case("text", "refused", bytes_of(b"404: Not Found"), "it is text: “404: Not Found”"),
    Case("an index of a checkpoint in parts", "refused", bytes_of(b'{"weight_map": {"a": "part-1.bin"}}', "model.bin.index.json"), "in parts"),
    Case("an empty file", "refused", bytes_of(b""), "it is empty (0 bytes)"),
    Case("a file that is cut off", "refused", cut_off, "its end is missing"),
    Case("safetensors that are cut off", "refused", cut_off_safetensors, "it is damaged"),
    Case("a file compressed by gzip", "refused", bytes_of(gzip.compress(b"x"), "weights.pt.gz"), "compressed by gzip. Unpack it first"),
    Case("a zip archive around the file", "refused", zip_of_weights, "a zip archive of 'out/best.pth'. Unpack it"),
    Case("npz", "refused", npz, "an npz file of numpy arrays"),
    Case("HDF5 (Keras)", "refused", bytes_of(b"\x89HDF\r\n\x1a\n" + bytes(100), "model.h5"), "an HDF5 file (Keras, h5py)"),
    Case("ONNX", "refused", bytes_of(b"\x08\x07\x12\x07pytorch\x1a\x052.0.1:\x8a", "model.onnx"), "an ONNX file"),
    Case("GGUF", "refused", bytes_of(b"GGUF\x03" + bytes(100), "model.gguf"), "a GGUF file (llama.cpp)"),
    Case("a TensorFlow checkpoint", "refused", bytes_of(b"\x00\x00\x07\x02" + bytes(range(100, 200)), "model.ckpt.index"), "a TensorFlow file"),
    Case("other bytes", "refused", bytes_of(bytes(range(200, 256)) * 9), "of an unknown form"),
    Case("a folder", "refused", a_folder, "is a folder. Give a file in it: pytorch_model.bin"),
    Case("a link to nothing", "refused", link, "gone.pt, which is not there"),
    Case("a web address", "refused", lambda _: load_into(Net(), "https://example.org/w.pt"), "a web address: download the file first"),
    Case("an archive that would unpack to 20 GiB", "refused", zip_bomb, "To allow this size: --max-data-gib 20.1"),
    Case("a file larger than `--max-data-gib` allows (0.01 here)", "refused", larger, "has 16.0 MiB; at most 10.2 MiB are read"),
    Case("safetensors larger than `--max-data-gib` allows (0.01 here)", "refused", larger_safetensors, "has 16.0 MiB; at most 10.2 MiB are read"),
    Case("a pipe", "refused", pipe, "neither a file nor a folder"),
]  # fmt: skip
