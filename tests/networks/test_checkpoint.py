"""Laws of checkpoints: what was saved is what is loaded; anything that does not fit is refused by
key or shape; nothing is run.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from landscape_app.errors import ModelError
from landscape_app.networks.checkpoint import load_into
from landscape_app.networks.construction import create


def network(seed):
    return create("mlp-small", (4,), 3, seed=seed)


def saved(folder, suffix, state):
    path = folder / f"weights{suffix}"
    save_file(state, path) if suffix == ".safetensors" else torch.save(state, path)
    return str(path)


@pytest.mark.parametrize("suffix", [".safetensors", ".pt", ".pth"])
def test_what_was_saved_is_loaded(tmp_path, suffix):
    source, target = network(1), network(2)
    load_into(target, saved(tmp_path, suffix, source.state_dict()))
    assert all(
        torch.equal(value, target.state_dict()[key]) for key, value in source.state_dict().items()
    )


def test_wrapped_and_parallel_state_dicts_are_understood(tmp_path):
    source, target = network(1), network(2)
    state = {f"module.{key}": value for key, value in source.state_dict().items()}
    load_into(target, saved(tmp_path, ".pt", {"epoch": 3, "model_state_dict": state}))
    assert all(
        torch.equal(value, target.state_dict()[key]) for key, value in source.state_dict().items()
    )


def test_missing_and_extra_keys_and_shapes_are_named(tmp_path):
    state = network(1).state_dict()
    key = next(iter(state))
    with pytest.raises(ModelError, match=f"lacks '{key}'"):
        load_into(network(0), saved(tmp_path, ".pt", {k: v for k, v in state.items() if k != key}))
    with pytest.raises(ModelError, match="has 'spare'"):
        load_into(network(0), saved(tmp_path, ".pt", {**state, "spare": torch.zeros(1)}))
    with pytest.raises(ModelError, match=r"has shape \(2, 2\)"):
        load_into(network(0), saved(tmp_path, ".safetensors", {**state, key: torch.zeros(2, 2)}))


class Bomb:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_a_file_that_would_run_code_is_refused_and_runs_none(tmp_path):
    (tmp_path / "bomb.pt").write_bytes(pickle.dumps(Bomb(tmp_path / "exploded")))
    torch.save({"weight": Bomb(tmp_path / "exploded")}, tmp_path / "bomb.pth")
    for name in ("bomb.pt", "bomb.pth"):
        with pytest.raises(ModelError, match=r"reading it could run code|a plain pickle"):
            load_into(network(0), str(tmp_path / name))
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pt", None, "no checkpoint"),
        ("a.txt", b"x", "it is text: “x”"),
        ("a.safetensors", b"junk", "cannot be read"),
        ("a.pt", b"", "it is empty"),
    ],
)
def test_what_is_no_checkpoint_is_said(tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=words):
        load_into(network(0), str(tmp_path / name))


def with_norm(seed):
    return torch.nn.Sequential(create("mlp-small", (4,), 3, seed=seed), torch.nn.BatchNorm1d(3))


def test_the_usual_place_wins_also_where_it_lacks_counters(tmp_path, caplog):
    source, target = with_norm(1), with_norm(2)
    model = {key: value for key, value in source.state_dict().items() if "num_batches" not in key}
    caplog.set_level("INFO", "landscape")
    load_into(target, saved(tmp_path, ".pt", {"model": model, "ema": with_norm(3).state_dict()}))
    assert all(
        torch.equal(value, target.state_dict()[key]) for key, value in source.state_dict().items()
    )
    assert "'ema', which are not used" in caplog.text


def test_a_file_of_torch_save_may_be_called_safetensors(tmp_path):
    source, target = network(1), network(2)
    torch.save(source.state_dict(), tmp_path / "w.safetensors")
    load_into(target, str(tmp_path / "w.safetensors"))
    assert all(
        torch.equal(value, target.state_dict()[key]) for key, value in source.state_dict().items()
    )


def test_a_buffer_that_is_not_finite_is_refused_but_for_one_that_the_network_makes_so(tmp_path):
    state = with_norm(1).state_dict()
    state["1.running_var"][0] = float("inf")
    with pytest.raises(ModelError, match=r"'1.running_var' with values that are not finite"):
        load_into(with_norm(2), saved(tmp_path, ".pt", state))
    masked = torch.nn.Linear(2, 2)
    masked.register_buffer("mask", torch.full((2, 2), -torch.inf).triu(1))
    load_into(masked, saved(tmp_path, ".pt", masked.state_dict()))


@pytest.mark.slow
def test_a_process_with_more_than_1024_open_files_reads_checkpoints(tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(2, 1).state_dict(), tmp_path / "a.pt")
    script = (
        "import os, resource, sys, torch\n"
        "from landscape_app.networks.checkpoint import load_into\n"
        "hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2000), hard))\n"
        "held = [os.dup(2) for _ in range(1100 if hard >= 2000 else 0)]\n"
        "load_into(torch.nn.Linear(2, 1), sys.argv[1])\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "a.pt")], check=True)
