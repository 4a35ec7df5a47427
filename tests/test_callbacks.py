"""Callbacks of Lightning and of Hugging Face record what a loop of one's own would."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from landscape_app import record
from landscape_app.callbacks import for_lightning, for_trainer
from landscape_app.errors import SpecError
from landscape_app.store import path_states
from tests.test_library import table
from tests.test_recording import DATA, SAMPLED

EPOCHS, BATCH = 3, 10


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


def kept(recorder, model):
    """[(step, epoch)] of the states, of which the last is what the model is now."""
    states = path_states.recorded(recorder.run.inventory())
    last = recorder.run.tensors(states[-1].file)
    for name, value in model.named_parameters():
        assert np.array_equal(last[f"param.{name}"], value.detach())
    return [(state.step, state.epoch) for state in states]


@pytest.mark.exhaustive
@pytest.mark.filterwarnings("ignore")  # of the package itself
@pytest.mark.parametrize("per", ["epoch", "step"])
def test_lightning_records_every_epoch_or_every_step(tmp_path, per, monkeypatch):
    lightning = pytest.importorskip("lightning")
    monkeypatch.chdir(tmp_path)

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.network = network()

        def forward(self, x):
            return self.network(x)

        def training_step(self, batch, _):
            return nn.functional.cross_entropy(self(batch[0]), batch[1])

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.1)

    module = Module()
    loader = DataLoader(TensorDataset(*table()), batch_size=BATCH)
    with record(module.network, DATA, out=tmp_path, name="mine", **SAMPLED) as recorder:
        trainer = lightning.Trainer(
            max_epochs=EPOCHS, callbacks=[for_lightning(recorder, per=per)], accelerator="cpu",
            logger=False, enable_checkpointing=False, enable_progress_bar=False,
            enable_model_summary=False,
        )  # fmt: skip
        trainer.fit(module, loader)
        states = kept(recorder, module.network)
    if per == "epoch":
        assert states == [(0, None), (1, 1), (2, 2), (3, 3)]
    else:
        assert [step for step, _ in states] == list(range(EPOCHS * 40 // BATCH + 1))


@pytest.mark.exhaustive
@pytest.mark.filterwarnings("ignore")  # of the package itself
@pytest.mark.parametrize("per", ["epoch", "step"])
def test_the_trainer_of_hugging_face_records_every_epoch_or_every_step(tmp_path, per):
    transformers = pytest.importorskip("transformers")

    class Classifier(nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network()

        def forward(self, x, labels=None):
            logits = self.network(x)
            return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}

    class Rows(Dataset):
        def __len__(self):
            return len(table()[0])

        def __getitem__(self, row):
            x, y = table()
            return {"x": x[row], "labels": y[row]}

    model = Classifier()
    with record(model.network, DATA, out=tmp_path / "runs", name="mine", **SAMPLED) as recorder:
        arguments = transformers.TrainingArguments(
            str(tmp_path / "out"), num_train_epochs=EPOCHS, per_device_train_batch_size=BATCH,
            use_cpu=True, report_to=[], save_strategy="no", disable_tqdm=True,
        )  # fmt: skip
        transformers.Trainer(
            model, arguments, train_dataset=Rows(), callbacks=[for_trainer(recorder, per=per)]
        ).train()
        states = kept(recorder, model.network)
    if per == "epoch":
        assert states == [(0, None), (1, 1), (2, 2), (3, 3)]
    else:
        assert [step for step, _ in states] == list(range(EPOCHS * 40 // BATCH + 1))


def test_what_is_missing_or_unknown_is_said(tmp_path, monkeypatch):
    with record(network(), DATA, out=tmp_path, name="mine", **SAMPLED) as recorder:
        for make in (for_lightning, for_trainer):
            with pytest.raises(SpecError, match="epoch or step"):
                make(recorder, per="batch")
        monkeypatch.setitem(sys.modules, "lightning", None)
        monkeypatch.setitem(sys.modules, "transformers", None)
        for make, package in ((for_lightning, "lightning"), (for_trainer, "transformers")):
            with pytest.raises(SpecError, match=rf"landscape-app\[{package}\]"):
                make(recorder)
