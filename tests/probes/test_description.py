"""Laws of descriptions: the same object made again has the same words; whatever changes what it
does changes them.
"""

from __future__ import annotations

import functools
import math

import pytest
import torch
from torch import nn

from landscape_app.probes import identity
from landscape_app.probes.description import describe
from landscape_app.registries import imported

SCALE = [1.0]


def cross_entropy(outputs, targets):
    return nn.functional.cross_entropy(outputs, targets)


def times(factor):
    def loss(outputs, targets):
        return factor * cross_entropy(outputs, targets)

    return loss


def defaulted(alpha):
    def loss(outputs, targets, alpha=alpha):
        return alpha * cross_entropy(outputs, targets)

    return loss


class Focal:
    def __init__(self, gamma):
        self.gamma = gamma

    def __call__(self, outputs, targets):
        return ((outputs - targets) ** self.gamma).mean()

    def method(self, outputs, targets):
        return self(outputs, targets)


class OtherFocal(Focal):
    def __call__(self, outputs, targets):
        return ((outputs - targets) ** self.gamma).sum()


class Shy:
    def __getattr__(self, name):
        raise RuntimeError("do not look")


class Own(nn.Module):
    def __init__(self, share):
        super().__init__()
        self.share = share
        self.layer = nn.Linear(3, 2)

    def forward(self, x):
        return nn.functional.dropout(self.layer(x), self.share, self.training)


# name: (makes one, makes another)
CALLABLES = {
    "a closure value": (lambda: times(1.0), lambda: times(2.0)),
    "a default": (lambda: defaulted(1.0), lambda: defaulted(2.0)),
    "a lambda's code": (
        lambda: lambda o, t: (o - t).abs().mean(),
        lambda: lambda o, t: (o - t).square().mean(),
    ),
    "a partial's argument": (
        lambda: functools.partial(nn.functional.huber_loss, delta=1.0),
        lambda: functools.partial(nn.functional.huber_loss, delta=2.0),
    ),
    "a function of torch": (lambda: nn.functional.l1_loss, lambda: nn.functional.mse_loss),
    "a weight": (
        lambda: nn.CrossEntropyLoss(torch.tensor([1.0, 2.0])),
        lambda: nn.CrossEntropyLoss(torch.tensor([1.0, 3.0])),
    ),
    "an attribute of torch's loss": (
        lambda: nn.CrossEntropyLoss(),
        lambda: nn.CrossEntropyLoss(label_smoothing=0.1),
    ),
    "the reduction": (lambda: nn.MSELoss(), lambda: nn.MSELoss(reduction="sum")),
    "an attribute": (lambda: Focal(1), lambda: Focal(2)),
    "the state of a method's object": (lambda: Focal(1).method, lambda: Focal(2).method),
    "a method of a class": (lambda: Focal(1), lambda: OtherFocal(1)),
    "an optimizer's rate": (
        lambda: lambda p: torch.optim.SGD(p, lr=0.1),
        lambda: lambda p: torch.optim.SGD(p, lr=0.2),
    ),
    "an optimizer": (lambda: torch.optim.SGD, lambda: torch.optim.Adam),
    "a function that a package has wrapped": (
        lambda: torch.no_grad()(times(1.0)),
        lambda: torch.no_grad()(times(2.0)),
    ),
}
NETWORKS = {
    "an activation": (
        lambda: nn.Sequential(nn.Linear(3, 2), nn.ReLU()),
        lambda: nn.Sequential(nn.Linear(3, 2), nn.GELU()),
    ),
    "a slope": (lambda: nn.Sequential(nn.LeakyReLU(0.1)), lambda: nn.Sequential(nn.LeakyReLU(0.2))),
    "dropout": (lambda: nn.Sequential(nn.Dropout(0.1)), lambda: nn.Sequential(nn.Dropout(0.2))),
    "the momentum of BatchNorm": (
        lambda: nn.BatchNorm1d(3),
        lambda: nn.BatchNorm1d(3, momentum=0.5),
    ),
    "an attribute of one's own": (lambda: Own(0.1), lambda: Own(0.5)),
}


def words(value, **kinds):
    found = describe("it", value, **kinds)
    return found.fixed, found.changing


@pytest.mark.parametrize("name", CALLABLES)
def test_what_changes_a_callable_changes_its_words_and_the_same_again_has_the_same(name):
    one, other = CALLABLES[name]
    assert words(one()) == words(one())
    assert words(one()) != words(other())


@pytest.mark.parametrize("name", NETWORKS)
def test_what_changes_a_network_beside_its_weights_changes_its_words(name):
    one, other = NETWORKS[name]
    assert words(one(), state=False) == words(one(), state=False)
    assert words(one(), state=False) != words(other(), state=False)


def test_a_global_that_the_code_names_is_part_of_it(monkeypatch):
    def loss(outputs, targets):
        return SCALE[0] * cross_entropy(outputs, targets)

    before = words(loss)
    monkeypatch.setitem(globals(), "SCALE", [2.0])
    assert before != words(loss)
    monkeypatch.setitem(globals(), "SCALE", [1.0])
    assert before == words(loss)


def test_comments_and_layout_are_no_part_of_it(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "plainly_written.py").write_text(
        "def loss(o, t):\n    return (o - t).abs().mean()\n"
    )
    (tmp_path / "richly_written.py").write_text(
        '# words\n\ndef loss(o, t):\n    "More words."\n    # and more\n    return (o - t).abs(\n  '
        "  ).mean()\n"
    )
    assert words(imported("plainly_written:loss", "loss")) == words(
        imported("richly_written:loss", "loss")
    )


def test_a_counter_is_told_apart_from_what_is_fixed():
    calls = []

    def loss(outputs, targets):
        calls.append(1)
        return cross_entropy(outputs, targets)

    before = describe("loss", loss)
    calls.append(1)
    after = describe("loss", loss)
    assert before.fixed == after.fixed
    assert before.changing != after.changing


def test_objects_that_hold_each_other_and_huge_ones_come_to_an_end():
    ring = {"values": list(range(10_000))}
    ring["self"] = ring
    found = describe("ring", ring)
    assert len(found.changing) <= 2_000
    assert math.isfinite(len(found.fixed))


def test_an_object_that_raises_when_it_is_looked_at_is_told_by_its_class():
    assert describe("it", Shy()).fixed["it"] == "Shy"


def test_the_state_of_a_network_is_all_of_its_tensors():
    def made(change):
        with torch.random.fork_rng(devices=[]):
            torch.random.default_generator.manual_seed(0)
            network = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
        network[2].requires_grad_(False)
        with torch.no_grad():
            change(network)
        return identity.state(network)

    same = made(lambda network: None)
    assert same == made(lambda network: None)
    changes = {
        "weights": lambda network: network[0].bias[0].add_(1e-6),
        "frozen": lambda network: network[2].weight[0, 0].add_(1e-6),
        "buffers": lambda network: network[1].running_mean[0].add_(1e-6),
    }
    for part, change in changes.items():
        assert [key for key, words in made(change).items() if words != same[key]] == [part]
