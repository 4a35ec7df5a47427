"""Laws of a call inside of a script: what the script has set, or drawn, changes no number, and is
afterwards as it was.
"""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from torch import nn

from landscape_app.errors import DataError, LandscapeError, ModelError
from tests.bring.names import TABLE, tried

SHORT = {"train_epochs": 2, "epochs": 2, "seeds": 1}


class Drops(nn.Module):
    """Draws from all three global generators in training; cannot be batched, so that there is one
    way to sample it.
    """

    def __init__(self, *, drops=True):
        super().__init__()
        self.drops = drops
        with torch.random.fork_rng(devices=[]):
            torch.random.default_generator.manual_seed(0)
            self.first, self.last = nn.Linear(4, 6), nn.Linear(6, 2)

    def forward(self, x):
        h = self.first(x).relu()
        if self.training and self.drops:
            h = (
                nn.functional.dropout(h, 0.2) * (1.5 if np.random.rand() < 0.5 else 1.0)
                + 0.1 * random.random()
            )
        return self.last(h if h.sum().item() < 1e9 else h * 0)


class Langevin(torch.optim.SGD):
    """Noise of numpy on every step."""

    def step(self, closure=None):
        super().step()
        for p in self.param_groups[0]["params"]:
            p.data += 0.01 * torch.from_numpy(
                np.random.normal(size=tuple(p.shape)).astype(np.float32)
            )


class LangevinLater(Langevin):
    """The same from its eighth step on, which no trial sees."""

    def step(self, closure=None):
        group = self.param_groups[0]
        group["taken"] = group.get("taken", 0) + 1
        if group["taken"] > 7:
            super().step()


class FailsLate(torch.optim.SGD):
    """Fails at its twelfth step."""

    def step(self, closure=None):
        for group in self.param_groups:
            group["taken"] = group.get("taken", 0) + 1
            if group["taken"] > 11:
                raise ValueError("no more steps\nat all")
        super().step()


def generators():
    return (
        torch.random.get_rng_state().tolist(),
        random.getstate(),
        [
            part if isinstance(part, (str, int, float)) else part.tolist()
            for part in np.random.get_state()
        ],
    )


def numbers(run):
    rows = run.snapshots()
    return rows.delta.whole().tobytes(), rows.column("train_loss").tobytes()


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return numbers(tried(tmp_path_factory.mktemp("runs"), model=Drops(), **SHORT))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_callers_generators_decide_nothing_and_stay(tmp_path, reference, seed):
    for seeded in (torch.random.default_generator.manual_seed, np.random.seed, random.seed):
        seeded(seed)
    before = generators()
    assert numbers(tried(tmp_path, model=Drops(), **SHORT)) == reference
    assert generators() == before


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Langevin, LangevinLater])
def test_an_optimizer_that_draws_gives_the_same_under_every_seed(tmp_path, kind):
    def langevin(parameters):
        return kind(parameters, lr=0.1)

    found = []
    for seed in (1, 2):
        np.random.seed(seed)
        before = generators()
        run = tried(
            tmp_path,
            name=f"run-{seed}",
            model=Drops(drops=False),
            train_optimizer=langevin,
            retrain_optimizer=langevin,
            **{**SHORT, "train_epochs": 12},
        )
        found.append(numbers(run))
        assert generators() == before
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"loss": lambda outputs, targets: outputs.sum() * torch.rand(())},
        {"train": (TABLE[0][:, :3], TABLE[1])},
        {"name": "../x"},
    ],
    ids=["loss", "data", "name"],
)
def test_a_refusal_leaves_the_generators_too(tmp_path, changes):
    before = generators()
    with pytest.raises(LandscapeError):
        tried(tmp_path, model=Drops(), **changes)
    assert generators() == before


MODES = {
    "no_grad": torch.no_grad,
    "set_grad_enabled(False)": lambda: torch.set_grad_enabled(False),
    "inference_mode": torch.inference_mode,
    "a default device": lambda: torch.device("meta"),
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
}


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_that_the_caller_is_in_changes_nothing(tmp_path, reference, mode):
    model = Drops()
    with MODES[mode]():
        if mode == "inference_mode":  # its tensors are of a kind of their own
            model = Drops()
        before = (
            torch.is_grad_enabled(),
            torch.is_inference_mode_enabled(),
            torch.is_autocast_enabled("cpu"),
        )
        assert (
            numbers(
                tried(tmp_path, model=model, train=tuple(part.clone() for part in TABLE), **SHORT)
            )
            == reference
        )
        assert before == (
            torch.is_grad_enabled(),
            torch.is_inference_mode_enabled(),
            torch.is_autocast_enabled("cpu"),
        )


def test_the_callers_default_type_changes_nothing(tmp_path, reference):
    model = Drops()
    torch.set_default_dtype(torch.float64)
    try:
        assert numbers(tried(tmp_path, model=model, **SHORT)) == reference
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_an_optimizer_that_fails_late_is_named(tmp_path):
    with pytest.raises(
        ModelError, match=r"^The optimizer FailsLate fails in a step: no more steps$"
    ):
        tried(
            tmp_path,
            train_optimizer=lambda parameters: FailsLate(parameters, lr=0.1),
            **{**SHORT, "train_epochs": 16},
        )


@pytest.mark.parametrize("name", [None, 3, "", b"run"])
def test_a_name_that_is_none_is_refused_in_one_line(tmp_path, name):
    with pytest.raises(DataError, match="A run cannot be called"):
        tried(tmp_path, name=name)
