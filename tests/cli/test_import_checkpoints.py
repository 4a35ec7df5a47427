"""A folder of checkpoints becomes a run: its states are those of the files, in their order, and the
last one is the minimum that it explores.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from landscape_app import open_run
from landscape_app.cli.main import main
from landscape_app.networks.construction import create
from landscape_app.pipeline.checkpoint_folder import listed
from landscape_app.store import path_states

FLAGS = ["--network", "mlp-small", "--data", "blobs", "--seeds", "2", "--epochs", "2"]
FLAGS += ["--step-sizes", "0.5", "--no-analyse", "--quiet", "--rate", "0.01"]


def network(seed):
    return create("mlp-small", (2,), 3, seed=seed)


def lightning(folder, number):
    torch.save(
        {"state_dict": network(number).state_dict(), "epoch": number},
        folder / f"epoch={number}-step={number * 10}.ckpt",
    )


def hugging_face(folder, number):
    (folder / f"checkpoint-{number * 10}").mkdir()
    save_file(network(number).state_dict(), folder / f"checkpoint-{number * 10}/model.safetensors")


def plain(folder, number):
    torch.save(network(number).state_dict(), folder / f"weights_v2_{number * 10}.pt")


@pytest.mark.parametrize("save", [lightning, hugging_face, plain])
def test_the_states_are_those_of_the_files_in_the_order_of_their_numbers(tmp_path, save):
    folder, runs = tmp_path / "files", tmp_path / "runs"
    folder.mkdir()
    for number in (0, 2, 11):
        save(folder, number)
    (folder / "best.pt").write_bytes(b"no number, so it is not read")
    argv = ["import-checkpoints", str(folder), "--runs", str(runs), "--id", "mine", *FLAGS]
    assert main(argv) == 0
    run = open_run(runs / "mine")
    states = path_states.recorded(run.folder.inventory())
    assert [state.step for state in states] == [0, 20, 110]
    assert [state.epoch for state in states] == ([0, 2, 11] if save is lightning else [None] * 3)
    for state, seed in zip(states, (0, 2, 11), strict=True):
        stored = run.folder.tensors(state.file)
        for name, value in network(seed).state_dict().items():
            assert np.array_equal(stored[f"param.{name}"], value)
    last = run.folder.tensors("anchor.safetensors")
    for name, value in network(11).state_dict().items():
        assert np.array_equal(last[f"param.{name}"], value)
    path = run.result("training_path").arrays
    assert path["distance"][-1] == 0
    assert path["test_loss"][-1] == pytest.approx(run.snapshots().column("test_loss")[0])


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (["model-1.pt", "model-10.pt", "model-9.pt"], [1, 9, 10]),
        (["epoch_3.pth", "epoch_20.pth"], [3, 20]),
        (["run7-step100.pt", "run7-step20.pt"], [20, 100]),
        (["resnet18_epoch1.pt", "resnet18_epoch2.pt"], [1, 2]),
        (["checkpoint-5/pytorch_model.bin", "checkpoint-50/pytorch_model.bin"], [5, 50]),
    ],
)
def test_numbers_of_names(tmp_path, names, numbers):
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [file.number for file in listed(tmp_path)[0]] == numbers


def test_what_is_no_path_is_said(tmp_path, capsys):
    def told(*more):
        folder = str(tmp_path / "files")
        assert main(["import-checkpoints", folder, "--runs", str(tmp_path / "r"), *more]) == 2
        return capsys.readouterr().err

    assert "There is no folder" in told(*FLAGS)
    (tmp_path / "files" / "a").mkdir(parents=True)
    (tmp_path / "files" / "last.pt").write_bytes(b"x")
    assert "number in its name" in told(*FLAGS)
    for name in ("a/step-3.pt", "step-3.pt"):
        (tmp_path / "files" / name).write_bytes(b"x")
    assert "the same number (3)" in told(*FLAGS)
    assert "checkpoint: the last file" in told(*FLAGS, "--checkpoint", "x.pt")
    assert not (tmp_path / "r" / "mine").exists()
