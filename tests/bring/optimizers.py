"""Optimizers, and batches that a step cannot be taken on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from tests.bring.case import Case
from tests.bring.small import explored, perceptron

TITLE = "Optimizers and batches"
ABOUT = (
    "`explore(train_optimizer=…, retrain_optimizer=…)`: a name of the table, or a function of the"
    " parameters that makes an optimizer, e.g. `torch.optim.AdamW` or `lambda parameters:"
    " torch.optim.SGD(parameters, lr=0.1)`. Both are tried on a few rows before any work."
)


class Replacing(torch.optim.SGD):
    """Puts new tensors in the place of the old ones, as some optimizers do."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        for parameter in (
            p for group in self.param_groups for p in group["params"] if p.grad is not None
        ):
            parameter.data = parameter.data - self.param_groups[0]["lr"] * parameter.grad


class Rated(torch.optim.SGD):
    """Needs a second argument."""

    def __init__(self, params: Any, rate: float) -> None:
        super().__init__(params, lr=rate)


class Sam(torch.optim.SGD):
    """As implementations of SAM do, it wants a closure though the argument may be left out."""

    def step(self, closure: Any = None) -> None:
        assert closure is not None, "SAM requires closure, but it was not provided"


class Swapping(torch.optim.SGD):
    """Puts other parameters in the place of those given."""

    def step(self, closure: Any = None) -> None:
        for group in self.param_groups:
            group["params"] = [nn.Parameter(p.detach().clone()) for p in group["params"]]


class Spare(nn.Module):
    """Has a layer that the loss never uses."""

    def __init__(self) -> None:
        super().__init__()
        self.used, self.spare = nn.Linear(6, 3), nn.Linear(6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.used(x)  # type: ignore[no-any-return]


def _with(make: object, **settings: Any) -> Callable[[Path], object]:
    """A run whose retraining and training use it."""
    return lambda folder: explored(folder, retrain_optimizer=make, train_optimizer=make, **settings)


def _moves(make: object) -> Callable[[Path], None]:
    def tried(folder: Path) -> None:
        snapshots = explored(folder, retrain_optimizer=make).snapshots()
        delta, epoch, step = (
            snapshots.delta.whole(),
            snapshots.column("epoch"),
            snapshots.column("step_size"),
        )
        # every epoch is a place of its own
        assert len(np.unique(delta[step == 0.5], axis=0)) == len(np.unique(epoch[step == 0.5]))

    return tried


def _same_as_sgd(make: object) -> Callable[[Path], None]:
    def tried(folder: Path) -> None:
        plain = lambda parameters: torch.optim.SGD(parameters, lr=0.01)  # noqa: E731
        found = [
            explored(folder, name=name, retrain_optimizer=one).snapshots().delta.whole()
            for name, one in (("a", make), ("b", plain))
        ]
        np.testing.assert_allclose(*found, atol=1e-6)

    return tried


def _unused(folder: Path) -> None:
    snapshots = explored(folder, Spare(), weight_decay=0.1, optimizer="adamw").snapshots()
    spare = snapshots.delta.whole()[:, 21:]
    for step in (0.0, 0.5, 1.0):
        rows = spare[snapshots.column("step_size") == step]
        assert (rows == rows[0]).all()


def _mine(network: nn.Module) -> Callable[[Any], torch.optim.Optimizer]:
    return lambda _: torch.optim.SGD(network.parameters(), lr=0.1)


def _named(network: nn.Module) -> Callable[[Any], torch.optim.Optimizer]:
    groups = [{"params": [p for name, p in network.named_parameters() if name.endswith("weight")]}]
    return lambda _: torch.optim.SGD(groups, lr=0.1)


def _groups(parameters: Any) -> torch.optim.Optimizer:
    return torch.optim.SGD(
        [
            {"params": [p for p in parameters if p.dim() > 1]},
            {"params": [p for p in parameters if p.dim() < 2]},
        ],
        lr=0.1,
    )


def _several(folder: Path) -> None:
    for name in ("sgd", "adam", "adamw", "adafactor"):
        explored(folder, name=name, optimizer=name, train_optimizer=name)


CLOSURE = "needs a closure: it evaluates the loss several times per step"
ONE = (
    "on which this network cannot be trained: Expected more than 1 value per channel when training"
)

CASES = [
    Case("a name of the table, for training and for retraining", "works", _several),
    Case(
        "a name spelt otherwise (`SGD`)",
        "refused",
        _with("SGD"),
        "There is no optimizer called 'SGD'. Did you mean 'sgd'?",
    ),
    Case(
        "a class (`torch.optim.SGD`), at its own learning rate",
        "works, and says so",
        _moves(torch.optim.SGD),
        "keeps its own settings",
    ),
    Case(
        "`functools.partial(torch.optim.SGD, lr=0.01)`",
        "works",
        _same_as_sgd(functools.partial(torch.optim.SGD, lr=0.01)),
    ),
    Case("parameter groups made of the function's argument", "works", _moves(_groups)),
    Case(
        "`foreach=True`, `fused=True`", "works", _moves(lambda p: torch.optim.Adam(p, fused=True))
    ),
    Case(
        "one that puts new tensors in place of the old (`p.data = …`)",
        "works",
        _same_as_sgd(lambda p: Replacing(p, lr=0.01)),
    ),
    Case(
        "one over some of the parameters",
        "works, and says so",
        _moves(lambda p: torch.optim.SGD(p[:2], lr=0.1)),
        "does not hold 2.weight, 2.bias, which stay as they are",
    ),
    Case(
        "a layer that the loss never uses, with weight decay: no step is taken there, as in a plain"
        " loop",
        "works, and says so",
        _unused,
        "had no gradient in a trial and take no step while they have none: spare.weight,"
        " spare.bias",
    ),
    Case("LBFGS", "refused", _with(torch.optim.LBFGS), CLOSURE),
    Case("SAM, whose step wants a closure", "refused", _with(lambda p: Sam(p, lr=0.1)), CLOSURE),
    Case(
        "SparseAdam",
        "refused",
        _with(torch.optim.SparseAdam),
        "SparseAdam does not support dense gradients",
    ),
    Case(
        "`torch.optim.Muon` on tensors of one dimension",
        "refused",
        _with(torch.optim.Muon),
        "Muon only supports 2D parameters",
    ),
    Case(
        "`capturable=True` without a GPU",
        "refused",
        _with(lambda p: torch.optim.Adam(p, capturable=True)),
        "fails in a step: If capturable=True",
    ),
    Case(
        "a function that returns None",
        "refused",
        _with(lambda p: None),
        "returned None: it must return the optimizer that it makes",
    ),
    Case(
        "a function that returns a class",
        "refused",
        _with(lambda p: torch.optim.SGD),
        "returned the class SGD, which is no optimizer",
    ),
    Case(
        "a learning rate that the optimizer refuses",
        "refused",
        _with(lambda p: torch.optim.SGD(p, lr=-1.0)),
        "The optimizer cannot take this network: Invalid learning rate: -1.0",
    ),
    Case(
        "an optimizer that exists already",
        "refused",
        _with(torch.optim.SGD(perceptron().parameters(), lr=0.1)),
        "Each trajectory needs a fresh one",
    ),
    Case(
        "a number",
        "refused",
        _with(0.1),
        "An optimizer is a name or a function of the parameters, not float",
    ),
    Case(
        "a class that needs more than the parameters",
        "refused",
        _with(Rated),
        "Give a function that adds the rest: lambda parameters: Rated(parameters, …)",
    ),
    Case(
        "a function of no arguments",
        "refused",
        _with(lambda: None),
        "cannot be called with the parameters alone",
    ),
    Case(
        "a function over `model.parameters()` in place of its argument",
        "refused",
        _with(_mine(perceptron())),
        "was made over other parameters than those given",
    ),
    Case(
        "groups by name out of `model.named_parameters()`",
        "refused",
        _with(_named(perceptron())),
        "for groups by name: zip(names, parameters)",
    ),
    Case(
        "one that puts other parameters in place of those given",
        "refused",
        _with(lambda p: Swapping(p, lr=0.1)),
        "replaces the given parameters by others",
    ),
    Case(
        "a learning-rate schedule",
        "refused",
        _with(torch.optim.lr_scheduler.StepLR),
        "StepLR is a learning-rate schedule, no optimizer",
    ),
    Case(
        "a function that returns a schedule",
        "refused",
        _with(lambda p: torch.optim.lr_scheduler.StepLR(torch.optim.SGD(p, lr=0.1), 5)),
        "returned a learning-rate schedule (StepLR). Return the optimizer itself",
    ),
    Case(
        "both `retrain_optimizer` and `optimizer`",
        "refused",
        _with("adam", optimizer="sgd"),
        "are the same setting",
    ),
    Case(
        "a last batch of one row, BatchNorm in training",
        "refused",
        lambda folder: explored(folder, perceptron(norm=True), train_batch=13),
        ONE,
    ),
    Case(
        "the same in retraining, and where statistics are re-estimated",
        "refused",
        lambda folder: explored(folder, perceptron(norm=True), batch=39, batchnorm="re-estimate"),
        ONE,
    ),
    Case(
        "the same, because of `train_rows`",
        "refused",
        lambda folder: explored(folder, perceptron(norm=True), train_rows=21),
        "(train_batch = 20, 21 train rows)",
    ),
    Case(
        "batches of one row, no BatchNorm",
        "works",
        lambda folder: explored(folder, train_batch=13, batch=39),
    ),
]
