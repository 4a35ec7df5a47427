"""Networks whose jumps go nowhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from landscape_app.store.run import RunFolder
from tests.bring.case import Case
from tests.bring.small import explored, perceptron

TITLE = "Jumps"
ABOUT = (
    "A jump moves each filter (a row of a tensor with two or more dimensions) by its own norm,"
    " times the step size. Biases, scales and shifts stay, unless `jump_tensors='all'`."
)
FEW = {"step_sizes": (0.5,), "controls": False, "epochs": 3}
NOWHERE = "Every jump would have length 0"


def _biases() -> nn.Module:
    network = perceptron()
    for parameter in network.parameters():
        parameter.requires_grad_(parameter.dim() < 2)
    return network


def _zero(network: nn.Module, *keys: str) -> nn.Module:
    with torch.no_grad():
        for key, parameter in network.named_parameters():
            if key in keys or not keys:
                parameter.zero_()
    return network


def _all_tensors(folder: Path) -> None:
    snapshots = explored(folder, _biases(), jump_tensors="all").snapshots()
    jumps = (snapshots.column("epoch") == 0) & (snapshots.column("step_size") == 1.0)
    anchor = RunFolder.open(folder, "my-network").tensors("anchor.safetensors")
    norm = np.sqrt(
        sum(float(np.square(anchor[f"param.{key}"]).sum()) for key in ("0.bias", "2.bias"))
    )
    np.testing.assert_allclose(snapshots.column("distance")[jumps], norm, rtol=1e-5)


CASES = [
    Case(
        "nothing but biases trainable",
        "refused",
        lambda folder: explored(folder, _biases()),
        "jumps move tensors of two or more dimensions, and the trainable ones (0.bias, 2.bias) have"
        " fewer",
    ),
    Case("nothing but biases trainable, `jump_tensors='all'`", "works", _all_tensors),
    Case(
        "all weights are 0, and training does not move them",
        "refused",
        lambda folder: explored(folder, _zero(perceptron())),
        NOWHERE,
    ),
    Case(
        "all weights are 0, `train_epochs=0`",
        "refused",
        lambda folder: explored(folder, _zero(nn.Linear(6, 3)), train_epochs=0),
        NOWHERE,
    ),
    Case(
        "all weights are 0 at first, and training moves them",
        "works",
        lambda folder: explored(folder, _zero(nn.Linear(6, 3))),
    ),
    Case(
        "some filters are 0",
        "works, and says so",
        lambda folder: explored(folder, _zero(perceptron(), "2.weight"), train_epochs=0),
        "3 filters have norm 0, 28.9% of the weights, and do not jump: 2.weight (all of 3)",
    ),
    Case(
        "a step size that is lost in rounding",
        "refused",
        lambda folder: explored(folder, step_sizes=(1e-8, 1.0)),
        "a jump of 1e-08 is lost in rounding",
    ),
    Case(
        "fewer snapshots than the analysis has neighbours",
        "refused",
        lambda folder: explored(folder, **FEW, analyse=True),
        "only 5 distinct snapshots at most for k = 5, which needs 6. Use epochs=4 or more",
    ),
    Case("the same, not analysed", "works", lambda folder: explored(folder, **FEW)),
]
