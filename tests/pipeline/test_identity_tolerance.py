"""Laws of what is the same network, loss and data: last digits, versions and counters make no other
run on another machine.
"""

from __future__ import annotations

import platform

import pytest
import torch
from torch import nn

from landscape_app.errors import ResumeError
from tests.bring.names import forgotten, network, sgd, tried


@pytest.mark.slow
def test_a_loss_that_counts_its_calls_is_the_same_loss(tmp_path):
    calls = []

    def loss(outputs, targets):
        calls.append(len(targets))
        return nn.functional.cross_entropy(outputs, targets)

    tried(tmp_path, loss=loss)
    assert calls
    tried(tmp_path, loss=loss)
    calls.append("another")
    tried(tmp_path, loss=loss)


def test_a_run_of_an_earlier_version_is_accepted_with_a_note(tmp_path, caplog):
    caplog.set_level("INFO", "landscape")
    forgotten(tried(tmp_path))
    tried(tmp_path)
    assert "they are taken to be the same." in caplog.text
    assert "Its initial weights are not" not in caplog.text
    tried(tmp_path, model=network(1))
    assert "Its initial weights are not those of the network now" in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "words"), [("0.weight", "the initial weights"), ("1.running_mean", "the buffers")]
)
def test_numbers_that_differ_in_their_last_digits_are_others_but_on_another_machine_or_version(
    tmp_path, monkeypatch, caplog, part, words
):
    caplog.set_level("INFO", "landscape")
    before = tried(tmp_path).folder.digest()
    nearly = network()
    with torch.no_grad():
        dict([*nearly.named_parameters(), *nearly.named_buffers()])[part].add_(1e-6)
    with pytest.raises(ResumeError, match=f"different: {words}"):
        tried(tmp_path, model=nearly)
    assert tried(tmp_path).folder.digest() == before
    for place, name, value in (
        (torch, "__version__", "99.0"),
        (platform, "machine", lambda: "other"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, value)
            caplog.clear()
            assert tried(tmp_path, model=nearly).folder.digest() == before
            assert "the same but for rounding" in caplog.text


class Counts(nn.CrossEntropyLoss):
    """A loss that counts its calls in a buffer."""

    def __init__(self):
        super().__init__()
        self.register_buffer("n", torch.zeros(()))

    def forward(self, outputs, targets):
        self.n += 1
        return nn.functional.cross_entropy(outputs, targets)


def test_a_loss_that_counts_its_calls_in_a_buffer_is_left_as_it_is_and_the_same_again(tmp_path):
    loss = Counts()
    before = tried(tmp_path, loss=loss).folder.digest()
    assert loss.n == 0
    assert tried(tmp_path, loss=loss).folder.digest() == before
    loss.n += 1
    with pytest.raises(ResumeError, match=r"loss\.n was"):
        tried(tmp_path, loss=loss)


def test_another_version_that_knows_more_attributes_is_no_other_network(tmp_path, monkeypatch):
    tried(tmp_path, retrain_optimizer=sgd(0.1))
    monkeypatch.setattr(
        nn.ReLU,
        "__setstate__",
        lambda self, state: self.__dict__.update({**state, "new_in_torch": True}),
        raising=False,
    )
    with pytest.raises(ResumeError, match="new_in_torch"):
        tried(tmp_path, retrain_optimizer=sgd(0.1))
    monkeypatch.setattr(torch, "__version__", "99.0")
    tried(tmp_path, retrain_optimizer=sgd(0.1))
