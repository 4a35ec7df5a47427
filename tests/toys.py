"""The smallest entry of each table: what the recipes in CONTRIBUTING.md say, followed to the
letter.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.cli.output import say
from landscape_app.entries import Entry
from landscape_app.records.dataset import Dataset
from landscape_app.seeds import DATASET_ROOT, numpy_stream


def data() -> Dataset:
    """Points left and right of a line: 40 train and 20 test rows of shape (2,), two classes."""
    x = numpy_stream(DATASET_ROOT, "toy").normal(size=(60, 2)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int64)
    return Dataset("toy", x[:40], y[:40], x[40:], y[40:], classes=2)


def network(shape: tuple[int, ...], outputs: int, *, width: int) -> nn.Module:
    """(batch, *shape) -> (batch, outputs) through `width` units."""
    inputs = int(np.prod(shape))
    return nn.Sequential(
        nn.Flatten(), nn.Linear(inputs, width), nn.Tanh(), nn.Linear(width, outputs)
    )


def loss(outputs: Tensor, labels: Tensor) -> Tensor:
    """Brier score of every example: (…, batch, class), (…, batch) -> (…, batch)."""
    right = nn.functional.one_hot(labels, outputs.shape[-1])
    return (outputs.softmax(-1) - right).square().sum(-1)


def schedule(done: float) -> float:
    """The square of what is left."""
    return (1 - done) ** 2


class Plain(torch.optim.SGD):
    """SGD by another name."""


def greet(name: str, /, *, runs: Path = Path("runs")) -> None:
    """Say hello to somebody.

    Parameters
    ----------
    name: str
        Whom to greet.
    """
    say(f"Hello, {name}.")


RECIPE = {"weight_decay": 1e-3, "augmentation": False, "label_corruption": 0.1}
# setting -> (table in registries, the line that is added)
TOYS: dict[str, tuple[str, Entry]] = {
    "data": ("DATASETS", Entry("tests.toys:data", "Toy data", "Two classes.")),
    "network": ("NETWORKS", Entry("tests.toys:network", "Toy", "One layer.", {"width": 3})),
    "regime": ("REGIMES", Entry("", "Toy regime", "A little of everything.", RECIPE)),
    "loss": (
        "OBJECTIVES",
        Entry("tests.toys:loss", "Brier", "Of classes.", {"classification": True}),
    ),
    "train_optimizer": ("OPTIMIZERS", Entry("tests.toys:Plain", "Plain", "SGD again.")),
    "train_schedule": ("SCHEDULES", Entry("tests.toys:schedule", "Square", "Falls as a square.")),
}
