"""Laws of what a run was begun with: it is kept once, found where the folder goes, and nothing else
is ever taken for it.
"""

from __future__ import annotations

import json
import shutil
import sys

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app import explore
from landscape_app.cli.main import main
from landscape_app.errors import DataError
from landscape_app.jobs.state import state
from landscape_app.networks.construction import create
from landscape_app.pipeline.curvature import curvature
from landscape_app.pipeline.run import execute
from landscape_app.pipeline.user_objects import UserObjects
from landscape_app.records.dataset import Dataset
from landscape_app.records.progress import Silent
from landscape_app.settings import RunSpec, parse
from landscape_app.store import catalogue, shared_data, sources
from landscape_app.store.run import RunFolder

pytestmark = pytest.mark.slow

QUICK = ["--train-epochs", "1", "--epochs", "2", "--seeds", "1", "--no-analyse"]


def saved(folder, shift=0.0, name="table.npz"):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 4)).astype(np.float32) + np.float32(shift)
    np.savez(
        folder / name,
        x_train=x[:24],
        y_train=np.arange(24) % 2,
        x_test=x[24:],
        y_test=np.arange(16) % 2,
    )
    return folder / name


def made(folder, *, id="own"):
    """A run in folder/runs of a file and a checkpoint that lie beside them in folder/files."""
    (folder / "files").mkdir(exist_ok=True)
    data, weights = saved(folder / "files"), folder / "files" / "weights.pt"
    torch.save(create("mlp-small", (4,), 2, seed=5).state_dict(), weights)
    named = ["--data", f"npz:{data}", "--network", "mlp-small", "--checkpoint", str(weights)]
    assert main(["run", "--runs", str(folder / "runs"), "--id", id, *named, *QUICK]) == 0
    return RunFolder.open(folder / "runs", id)


def passed(capsys, run, *names):
    capsys.readouterr()
    main(["verify", run.id, "--runs", str(run.path.parent), "--json"])
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    return [checks[name]["passed"] for name in names]


def resumed(run):
    with run.lock():
        execute(run, Silent())


def lost_chunk(run):
    """The run without one of its chunks."""
    (run.path / run.committed("chunk")[-1]["file"]).unlink()
    return run


def test_a_folder_that_has_moved_can_be_verified_and_resumed_without_the_files(tmp_path, capsys):
    run = made(tmp_path)
    before = run.digest()
    shutil.rmtree(tmp_path / "files")
    (tmp_path / "runs").rename(tmp_path / "elsewhere")
    moved = lost_chunk(RunFolder.open(tmp_path / "elsewhere", "own"))
    resumed(moved)
    assert moved.digest() == before
    assert not moved.damaged()
    assert passed(capsys, moved, "data", "anchor_loss") == [True, True]
    assert curvature_of(moved)


def curvature_of(run, given=None):
    from landscape_app.settings import CurvatureSpec

    spec = CurvatureSpec(
        eigenvalues=1, probes=2, steps=2, trace_products=6, draws=2, ends=2, points=3
    )
    with run.lock():
        return curvature(run, spec, Silent(), given).meta["measures"]


def test_equal_files_are_kept_once_and_go_with_the_last_run(tmp_path):
    first, second = made(tmp_path), made(tmp_path, id="again")
    other = saved(tmp_path, name="other-name.npz")
    assert (
        main(
            [
                "run",
                "--runs",
                str(tmp_path / "runs"),
                "--id",
                "third",
                "--data",
                f"npz:{other}",
                "--network",
                "mlp-small",
                *QUICK,
            ]
        )
        == 0
    )
    data = first.prepared()["sources"]["data"]
    assert data["sha256"] == second.prepared()["sources"]["data"]["sha256"]
    assert sorted(
        path.name for path in (tmp_path / "runs" / "_data" / data["sha256"]).iterdir()
    ) == ["other-name.npz", "table.npz"]
    assert len(list((tmp_path / "runs" / "_data").iterdir())) == 2
    assert {run.id for run in catalogue.list_runs(tmp_path / "runs")} == {"own", "again", "third"}
    for id, left in (("own", 2), ("again", 1), ("third", 0)):
        catalogue.delete(tmp_path / "runs", id)
        assert len(list((tmp_path / "runs" / "_data").iterdir())) == left


def test_a_file_that_has_changed_is_said_to_have_and_the_kept_copy_is_used(tmp_path, caplog):
    caplog.set_level("INFO", "landscape")
    run = made(tmp_path)
    before = run.digest()
    saved(tmp_path / "files", shift=1.0)
    resumed(lost_chunk(run))
    assert run.digest() == before
    assert not run.damaged()
    assert "table.npz has changed since: its SHA-256 was" in caplog.text
    assert "The copy that is kept with the run is used" in caplog.text


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A run whose files are too large to be kept."""
    monkeypatch.setattr(shared_data, "MOST", 100)
    return made(tmp_path)


def test_what_is_too_large_to_be_kept_is_found_as_seen_from_the_folder(
    tmp_path, large, monkeypatch
):
    assert not (tmp_path / "runs" / "_data").exists()
    (tmp_path / "whole").mkdir()
    for name in ("runs", "files"):
        (tmp_path / name).rename(tmp_path / "whole" / name)
    spec = sources.located(RunFolder.open(tmp_path / "whole" / "runs", "own"))
    assert spec.data.endswith("table.npz")
    resumed(RunFolder.open(tmp_path / "whole" / "runs", "own"))


def test_what_is_gone_or_has_changed_is_named_with_its_places_and_hash(tmp_path, large, capsys):
    sha256 = large.prepared()["sources"]["data"]["sha256"]
    saved(tmp_path / "files", shift=1.0)
    with pytest.raises(DataError, match=f"has changed since: its SHA-256 was {sha256[:12]}…, is "):
        sources.located(large)
    assert passed(capsys, large, "data") == [False]
    (tmp_path / "files" / "table.npz").unlink()
    with pytest.raises(DataError) as refusal:
        sources.located(large)
    assert str(tmp_path / "files" / "table.npz") in str(refusal.value)
    assert str(tmp_path / "runs") in str(refusal.value)
    assert passed(capsys, large, "data") == [None]
    assert main(["resume", "own", "--runs", str(tmp_path / "runs")]) == 2


def test_a_kept_file_whose_bytes_are_others_or_that_is_a_link_is_not_used(tmp_path):
    run = made(tmp_path)
    data = run.prepared()["sources"]["data"]
    file = tmp_path / "runs" / "_data" / data["sha256"] / "table.npz"
    (tmp_path / "files" / "table.npz").rename(tmp_path / "away.npz")
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"?")
    with pytest.raises(DataError, match="no file with the SHA-256"):
        sources.located(run)
    file.unlink()
    file.symlink_to(tmp_path / "away.npz")
    with pytest.raises(DataError, match="no file with the SHA-256"):
        sources.located(run)


def test_what_explore_was_given_is_kept_once_and_is_enough_for_its_data_check_and_curvature(
    tmp_path, capsys
):
    network = nn.Sequential(nn.Linear(4, 2))
    x, y = torch.arange(96.0).reshape(24, 4) % 7, torch.arange(24) % 2
    for name in ("one", "two"):
        explore(
            network,
            (x, y),
            (x, y),
            name=name,
            out=tmp_path / "runs",
            train_epochs=0,
            epochs=1,
            seeds=1,
            analyse=False,
        )
    assert len(list((tmp_path / "runs" / "_data").iterdir())) == 1
    (tmp_path / "runs").rename(tmp_path / "moved")
    run = RunFolder.open(tmp_path / "moved", "one")
    data = shared_data.arrays(run)
    assert isinstance(data, Dataset)
    assert np.array_equal(data.x_train, x.numpy())
    assert passed(capsys, run, "data", "anchor_loss") == [True, None]
    assert curvature_of(run, UserObjects(network=network))


def test_what_code_made_is_kept_for_when_the_code_is_gone(tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO", "landscape")
    monkeypatch.syspath_prepend(tmp_path)
    code = tmp_path / "gone_by_then.py"
    code.write_text(
        "import torch\ndef data():\n    x = torch.arange(96.).reshape(24, 4) % 7\n    return (x,"
        " torch.arange(24) % 2), (x, torch.arange(24) % 2)\n"
    )
    named = [
        "--data",
        "gone_by_then:data",
        "--network",
        "mlp-small",
        "--train-rows",
        "20",
        "--label-corruption",
        "0.5",
    ]
    assert main(["run", "--runs", str(tmp_path / "runs"), "--id", "coded", *named, *QUICK]) == 0
    run = RunFolder.open(tmp_path / "runs", "coded")
    before = run.digest()
    code.unlink()
    monkeypatch.delitem(sys.modules, "gone_by_then")
    shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
    resumed(lost_chunk(run))
    assert run.digest() == before
    assert not run.damaged()
    assert "The data that are kept with the run are used." in caplog.text


def test_a_command_that_fails_before_training_leaves_no_run_behind(tmp_path, capsys):
    wrong = [
        ["--data", "npz:/no/such.npz"],
        ["--data", "nothing_here:data"],
        ["--data", "blobs", "--network", "cnn"],
        ["--checkpoint", "no.pt"],
    ]
    for flags in wrong:
        assert main(["run", "--runs", str(tmp_path), *flags, *QUICK]) == 2
    assert {path.name for path in tmp_path.iterdir()} <= {"_slots"}


def test_a_run_that_was_launched_keeps_its_failure_and_its_words(tmp_path):
    RunFolder.create(tmp_path, "launched", parse(RunSpec, {"data": "npz:/no/such.npz"}))
    assert main(["run", "--runs", str(tmp_path), "--id", "launched"]) == 2
    found = state(tmp_path / "launched")
    assert found.state == "failed"
    assert "/no/such.npz" in found.message
