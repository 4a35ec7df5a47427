"""Laws of the library: one call on a network of one's own; the caller's network and torch's
generator are left as they were.
"""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from landscape_app import explore, open_run
from landscape_app.errors import (
    DataError,
    ModelError,
    ResumeError,
    SpecError,
    StorageError,
    UnknownNameError,
)

QUICK = {
    "train_epochs": 3,
    "epochs": 2,
    "seeds": 2,
    "step_sizes": (0.5,),
    "batch": 16,
    "train_batch": 16,
}


def table(rows=40):
    rng = np.random.default_rng(1)
    x = torch.from_numpy(rng.normal(size=(rows, 4)).astype(np.float32))
    return x, (x[:, 0] > 0).long()


def network():
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(0)
        return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))


class Dicts(TensorDataset):
    def __getitem__(self, index):
        x, y = super().__getitem__(index)
        return {"input": x, "label": y}


FORMS = {
    "tensors": lambda x, y: (x, y),
    "arrays": lambda x, y: (x.numpy(), y.numpy()),
    "dataset": TensorDataset,
    "loader": lambda x, y: DataLoader(TensorDataset(x, y), batch_size=7),
    "shuffled loader": lambda x, y: DataLoader(TensorDataset(x, y), batch_size=7, shuffle=True),
    "dicts": lambda x, y: DataLoader(Dicts(x, y), batch_size=7),
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return explore(
        network(), table(), table(24), out=tmp_path_factory.mktemp("runs"), analyse=False, **QUICK
    )


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_same_data_gives_the_same_run_and_leaves_the_caller_alone(
    tmp_path, form, reference
):
    model = network().train()
    before, generator = copy.deepcopy(model.state_dict()), torch.random.get_rng_state()
    run = explore(
        model, FORMS[form](*table()), FORMS[form](*table(24)), out=tmp_path, analyse=False, **QUICK
    )
    assert torch.equal(generator, torch.random.get_rng_state())
    assert all(torch.equal(value, model.state_dict()[key]) for key, value in before.items())
    assert model.training
    assert run.finished
    np.testing.assert_allclose(
        run.snapshots().column("train_loss"), reference.snapshots().column("train_loss"), rtol=1e-3
    )


def test_called_again_it_goes_on_and_other_settings_are_refused(tmp_path, reference):
    arguments = (network(), table(), table(24))
    first = explore(*arguments, out=tmp_path, analyse=False, **QUICK)
    again = explore(*arguments, out=tmp_path, analyse=False, **QUICK)
    assert first.folder.digest() == again.folder.digest()
    with pytest.raises(ResumeError, match="other settings"):
        explore(*arguments, out=tmp_path, analyse=False, **{**QUICK, "epochs": 5})
    with pytest.raises(ResumeError, match="other data"):
        explore(network(), table(30), table(24), out=tmp_path, analyse=False, **QUICK)


def test_regression_dropout_and_objects_of_every_kind(tmp_path):
    x, _ = table()
    y = x[:, :1] * 2 + 1
    model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.2), nn.ReLU(), nn.Linear(8, 1))
    run = explore(
        model, (x, y), (x, y[:, 0]), out=tmp_path, name="numbers", train_optimizer="adam",
        train_rate=0.01,
        retrain_optimizer=lambda parameters: torch.optim.SGD(parameters, lr=0.001), analyse=False,
        **QUICK,
    )  # fmt: skip
    rows = run.snapshots()
    assert np.isnan(rows.column("train_accuracy")).all()
    assert not rows.column("diverged").any()
    outputs = copy.deepcopy(model).eval()
    assert run.spec.optimizer == "given"
    assert outputs(x).shape == (40, 1)


def test_a_regime_that_is_named_is_not_put_aside(tmp_path):
    run = explore(
        network(), table(), table(24), regime="good", out=tmp_path, analyse=False, **QUICK
    )
    assert (run.spec.regime, run.spec.weight_decay) == ("good", 5e-4)


def test_a_callable_loss_is_used(tmp_path):
    def loss(outputs, targets):
        return nn.functional.cross_entropy(outputs, targets, label_smoothing=0.5)

    run = explore(network(), table(), table(24), loss=loss, out=tmp_path, analyse=False, **QUICK)
    assert run.spec.loss == "given"
    # smoothing keeps it above the entropy of its targets
    assert run.snapshots().column("train_loss").min() > 0.3


def test_several_labels_a_row_have_the_loss_of_a_plain_loop_and_a_label_accuracy(tmp_path):
    x, _ = table()
    y = (x[:, :2] > 0).float()
    model, loss = network(), nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 30.0]))
    run = explore(
        model,
        (x, y),
        (x, y),
        loss=loss,
        out=tmp_path,
        analyse=False,
        **{**QUICK, "train_epochs": 0},
    )
    snapshots, outputs = run.snapshots(), model.eval()(x).detach()
    assert snapshots.column("train_loss")[0] == pytest.approx(float(loss(outputs, y)), rel=1e-6)
    right = ((outputs > 0) == (y > 0)).float().mean()
    np.testing.assert_array_equal(
        snapshots.column("train_label_accuracy"), snapshots.column("train_accuracy")
    )
    assert snapshots.column("test_label_accuracy")[0] == pytest.approx(float(right))


def test_trained_weights_are_the_minimum_without_training(tmp_path):
    model = network()
    run = explore(
        model, table(), table(24), out=tmp_path, analyse=False, **{**QUICK, "train_epochs": 0}
    )
    anchor = run.folder.tensors("anchor.safetensors")
    assert all(
        np.array_equal(anchor[f"param.{key}"], value.detach().numpy())
        for key, value in model.named_parameters()
    )
    assert open_run(run.path).finished


BAD = [
    (lambda: explore(network(), "here", table()), DataError, "give a pair"),
    (
        lambda: explore(network(), (table()[0], table()[1].cfloat()), table()),
        DataError,
        "labels of train",
    ),
    (lambda: explore(network(), table(), table(), loss="hinge"), SpecError, "loss"),
    (lambda: explore(network(), table(), table(), epohcs=3), SpecError, "Did you mean 'epochs'"),
    (lambda: explore(nn.Linear(5, 2), table(), table()), ModelError, "fails on a batch"),
    (lambda: explore(nn.Linear(4, 1), table(), table()), ModelError, "it needs 2"),
    (lambda: explore(network(), table(), table(), name="../x"), DataError, "cannot be called"),
    (lambda: explore(network().double(), table(), table()), ModelError, "fails on a batch|float32"),
]


@pytest.mark.parametrize(("call", "kind", "words"), BAD)
def test_what_cannot_be_used_is_said_before_any_work(tmp_path, monkeypatch, call, kind, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((kind, UnknownNameError), match=words):
        call()
    assert not (tmp_path / "runs" / "my-network" / "chunks").exists() or not any(
        (tmp_path / "runs").rglob("*.safetensors")
    )


def test_progress_is_printed_or_silent_or_refused_before_any_work(tmp_path, capsys):
    explore(
        network(),
        table(),
        table(24),
        out=tmp_path,
        name="told",
        analyse=False,
        progress=True,
        **QUICK,
    )
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith("landscape: training")][
        -1
    ] == "landscape: training 3 of 3 epochs"
    assert "landscape: preparing" in lines
    explore(
        network(),
        table(),
        table(24),
        out=tmp_path,
        name="silent",
        analyse=False,
        progress=False,
        **QUICK,
    )
    assert "landscape:" not in capsys.readouterr().err
    for wrong in (print, "yes", 3):
        with pytest.raises(SpecError, match="progress: give True"):
            explore(
                network(), table(), table(24), out=tmp_path, name="wrong", progress=wrong, **QUICK
            )
    assert not (tmp_path / "wrong").exists()


def test_a_folder_that_can_be_none_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    for out, words in (
        (tmp_path / "file", "is a file"),
        (tmp_path / ("a" * 300), "File name too long"),
    ):
        with pytest.raises(StorageError, match=words):
            explore(network(), table(), table(24), out=out, **QUICK)
