"""A small network on small data, handed to `explore`: what the cases of networks and optimizers
share.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from landscape_app import explore
from landscape_app.stored_run import OpenRun

ROWS = 40
QUICK = {
    "seeds": 1,
    "step_sizes": (0.5, 1.0),
    "epochs": 2,
    "train_epochs": 2,
    "train_batch": 20,
    "batch": 20,
    "analyse": False,
}


def data() -> tuple[Tensor, Tensor]:
    """40 rows of 6 numbers, classes 0, 1, 2."""
    return torch.randn(ROWS, 6, generator=torch.Generator().manual_seed(0)), torch.arange(ROWS) % 3


def perceptron(*, norm: bool = False) -> nn.Sequential:
    """6-8-3, the same weights each time; norm: with BatchNorm."""
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(1)
        return nn.Sequential(
            nn.Linear(6, 8), *([nn.BatchNorm1d(8)] if norm else []), nn.ReLU(), nn.Linear(8, 3)
        )


def explored(folder: Path, network: nn.Module | None = None, **settings: Any) -> OpenRun:
    """A run of it in a few steps, not analysed."""
    return explore(network or perceptron(), data(), data(), out=folder, **{**QUICK, **settings})
