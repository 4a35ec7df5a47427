"""Laws of a run's name: it is given to one network, loss and optimizer; another one is told so, and
nothing that is there is lost.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

from landscape_app.cli.main import main
from landscape_app.errors import LandscapeError, ModelError, ResumeError, RunExistsError
from landscape_app.settings import AnalysisSpec
from landscape_app.store import catalogue
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder
from tests.bring.names import TABLE, network, sgd, tried, weighted


def shifted(part):
    made = network()
    with torch.no_grad():
        dict([*made.named_parameters(), *made.named_buffers()])[part].view(-1)[0] += 0.5
    return made


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with the run "my-network", one of a callable loss and optimizer, and one with a
    frozen layer.
    """
    folder = tmp_path_factory.mktemp("runs")
    tried(folder)
    tried(folder, name="callables", loss=weighted(1.0), retrain_optimizer=sgd(0.1))
    tried(folder, name="frozen", model=network(frozen=True))
    return folder


OTHERS = {
    "initial weights": (lambda: {"model": network(1)}, "the initial weights"),
    "one bias": (lambda: {"model": shifted("4.bias")}, "the initial weights"),
    "a buffer": (lambda: {"model": shifted("1.running_mean")}, "the buffers"),
    "an activation": (lambda: {"model": network(act=nn.GELU)}, "network.2"),
    "a momentum": (lambda: {"model": network(norm=0.3)}, "network.1.momentum was 0.1, is 0.3"),
    "a dropout": (lambda: {"model": network(drop=0.3)}, "network.3.p was 0.0, is 0.3"),
    "what is frozen": (lambda: {"model": network(frozen=True)}, "trainable tensors differ"),
    "a frozen weight": (
        lambda: {"name": "frozen", "model": network(1, frozen=True)},
        "the frozen weights",
    ),
    "a closure value": (
        lambda: {"name": "callables", "loss": weighted(2.0), "retrain_optimizer": sgd(0.1)},
        "loss.alpha was 1.0, is 2.0",
    ),
    "an optimizer's rate": (
        lambda: {"name": "callables", "loss": weighted(1.0), "retrain_optimizer": sgd(0.2)},
        "rate was 0.1, is 0.2",
    ),
    "a loss's code": (
        lambda: {"name": "callables", "loss": nn.CrossEntropyLoss(), "retrain_optimizer": sgd(0.1)},
        "loss was weighted.<locals>.<lambda>, is torch.nn.modules.loss.CrossEntropyLoss",
    ),
    "a partial": (
        lambda: {
            "name": "callables",
            "loss": weighted(1.0),
            "retrain_optimizer": functools.partial(torch.optim.SGD, lr=0.1),
        },
        "retrain_optimizer",
    ),
    "the data": (lambda: {"train": (TABLE[0] + 1, TABLE[1])}, "other data"),
    "a setting": (lambda: {"epochs": 2}, "other settings (epochs: 1 there, 2 here)"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_another_run_under_the_same_name_is_refused_and_says_what_differs_and_what_to_do(
    runs, name
):
    changes, words = OTHERS[name]
    before = {line["file"] for line in RunFolder.open(runs, "my-network").committed()}
    with pytest.raises(ResumeError) as refusal:
        tried(runs, **changes())
    told = str(refusal.value)
    assert words in told
    assert "Give another name, or fresh=True" in told
    assert ("init='stored'" in told) == ("weights" in words or "buffers" in words)
    assert {line["file"] for line in RunFolder.open(runs, "my-network").committed()} == before


def test_the_same_made_again_goes_on(runs):
    for changes in (
        {},
        {"name": "callables", "loss": weighted(1.0), "retrain_optimizer": sgd(0.1)},
        {"name": "frozen", "model": network(frozen=True)},
    ):
        run = RunFolder.open(runs, changes.get("name", "my-network"))
        before = run.digest()
        assert tried(runs, **changes).folder.digest() == before


class Drawn(TensorDataset):
    """Rows that are others at each reading."""

    rng = np.random.default_rng()

    def __getitem__(self, index):
        x, y = super().__getitem__(index)
        return x + self.rng.random(), y


def test_rows_that_are_others_at_each_reading_are_named_as_the_reason(tmp_path):
    tried(tmp_path, train=Drawn(*TABLE))
    with pytest.raises(ResumeError, match="other rows at each reading: give tensors"):
        tried(tmp_path, train=Drawn(*TABLE))


@pytest.mark.slow
def test_fresh_keeps_every_run_that_was_there(tmp_path):
    first = tried(tmp_path)
    digests = [first.folder.digest()]
    for seed in (1, 2):
        digests.append(tried(tmp_path, model=network(seed), fresh=True).folder.digest())
    stored = [
        RunFolder.open(tmp_path, name).digest()
        for name in ("my-network-1", "my-network-2", "my-network")
    ]
    assert stored == digests
    assert len(set(stored)) == 3


def test_a_fresh_run_that_fails_leaves_everything_as_it_was(tmp_path):
    before = tried(tmp_path).folder.digest()
    with pytest.raises(LandscapeError):
        tried(tmp_path, loss=lambda outputs, targets: outputs @ targets, fresh=True)
    assert [run.id for run in catalogue.list_runs(tmp_path)] == ["my-network"]
    assert RunFolder.open(tmp_path, "my-network").digest() == before


def test_a_run_that_a_study_compares_is_not_renamed(tmp_path):
    tried(tmp_path)
    StudyFolder.create(tmp_path, "both", ["my-network"], AnalysisSpec())
    with pytest.raises(RunExistsError, match="The study 'both' compares"):
        tried(tmp_path, model=network(1), fresh=True)


@pytest.mark.slow
def test_the_stored_weights_take_a_run_on_after_a_restart(tmp_path):
    # there is none yet
    first = tried(tmp_path, model=network(3, frozen=True), init="stored", train_epochs=1)
    before = first.folder.digest()
    for file in (first.path / "anchor.safetensors", *first.path.glob("chunks/*")):
        file.unlink()
    again = tried(tmp_path, model=network(4, frozen=True), init="stored", train_epochs=1)
    assert again.folder.digest() == before
    assert not again.folder.damaged()
    by_file = tried(
        tmp_path,
        model=network(5, frozen=True),
        init=first.path / "init.safetensors",
        train_epochs=1,
    )
    assert by_file.folder.digest() == before
    by_tensors = tried(
        tmp_path,
        model=network(6, frozen=True),
        init=first.folder.tensors("init.safetensors"),
        train_epochs=1,
    )
    assert by_tensors.folder.digest() == before
    with pytest.raises(ModelError, match="init does not fit the network: Error"):
        tried(tmp_path, init={"weight": torch.zeros(3)})
    with pytest.raises(ModelError, match="it is not in the network"):
        tried(tmp_path, model=nn.Sequential(nn.Linear(4, 2)), init="stored", train_epochs=1)


@pytest.mark.slow
def test_a_file_of_weights_is_what_a_run_begins_with(tmp_path):
    torch.save(network(7).state_dict(), tmp_path / "seven.pt")
    run = tried(tmp_path / "runs", model=network(0), init=tmp_path / "seven.pt")
    stored = run.folder.tensors("init.safetensors")
    assert np.array_equal(stored["param.0.weight"], network(7)[0].weight.detach().numpy())


def test_what_is_no_run_is_said_in_words(tmp_path):
    StudyFolder.create(tmp_path, "study", ["my-network"], AnalysisSpec())
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "letter.txt").write_text("dear")
    (tmp_path / "file").write_text("dear")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name, words in {
        "study": "is a study",
        "folder": "holds no run",
        "file": "is a file",
        "link": "is a link",
    }.items():
        for fresh in (False, True):
            with pytest.raises(RunExistsError, match=words):
                tried(tmp_path, name=name, fresh=fresh)


def test_the_command_line_holds_a_module_against_what_it_was(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    text = (
        "import torch\ndef make(shape, outputs): return torch.nn.Sequential(torch.nn.Linear(2, 4),"
        " torch.nn.{}(), torch.nn.Linear(4, 3))\n"
    )
    (tmp_path / "held_against.py").write_text(text.format("ReLU"))
    quick = ["--train-epochs", "1", "--epochs", "1", "--seeds", "1", "--no-analyse"]
    assert (
        main(["run", "--id", "own", "--network", "held_against:make", "--data", "blobs", *quick])
        == 0
    )
    monkeypatch.delitem(__import__("sys").modules, "held_against")
    (tmp_path / "held_against.py").write_text(text.format("Sigmoid"))
    capsys.readouterr()
    assert main(["resume", "own"]) == 2
    told = capsys.readouterr().err
    assert "network.1" in told
    assert "Restore what the run was started with, or start a new run." in told
    assert main(["curvature", "own"]) == 2


BROKEN = {
    "a loss that fails": lambda: {"loss": lambda outputs, targets: outputs @ targets},
    "data that do not fit": lambda: {"model": nn.Sequential(nn.Linear(5, 2))},
    "bfloat16 on a processor": lambda: {"precision": "bfloat16", "device": "cpu"},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_call_that_fails_before_training_leaves_no_run_behind(tmp_path, name):
    with pytest.raises(LandscapeError):
        tried(tmp_path, **BROKEN[name]())
    assert not list(tmp_path.iterdir())
