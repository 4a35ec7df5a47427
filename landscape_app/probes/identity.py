"""What identifies a network: its initial weights, its modules, and its outputs on a few rows."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.networks.copies import in_mode, private
from landscape_app.probes.description import Description, describe, digest
from landscape_app.records.pixels import Inputs
from landscape_app.seeds import lent_generators

ROWS, OUTPUTS = 8, 8  # of the answers that are kept
STATE = ("weights", "frozen", "buffers")
SEED = 0  # of whatever is drawn while the answers are computed


def state(network: nn.Module) -> dict[str, str]:
    """{"weights", "frozen", "buffers": hash} of the trainable and the other parameters, and of all
    buffers.
    """
    parameters = list(network.named_parameters(remove_duplicate=False))
    return {
        "weights": _digest((key, value) for key, value in parameters if value.requires_grad),
        "frozen": _digest((key, value) for key, value in parameters if not value.requires_grad),
        "buffers": _digest(network.named_buffers(remove_duplicate=False)),
    }


def structure(network: nn.Module) -> Description:
    """The modules of `network`, without its parameters and buffers."""
    return describe("network", network, state=False)


def some(rows: int) -> np.ndarray:
    """Positions of at most ROWS of so many rows, evenly spaced."""
    return np.unique(np.linspace(0, rows - 1, ROWS).astype(int))


def answers(network: nn.Module, x: Inputs, *, training: bool) -> Tensor | None:
    """The outputs of a copy of `network` for `some` of the rows x (row, *shape), on the processor:
    (row, output); None where they cannot be computed.

    training: as in a training step, with a fixed seed for random numbers (dropout). The generators
    are restored.
    """
    rows = torch.from_numpy(x[some(len(x))].copy())
    try:
        own = in_mode(private(network, "cpu"), training)
        outputs = [_answer(own, rows.clone()) for _ in range(1 if training else 2)]
    except Exception:  # what is wrong with the network is said by the checks before a run
        return None
    first, last = outputs[0], outputs[-1]
    return first if torch.allclose(first, last, equal_nan=True) else None


def leading_outputs(outputs: Tensor | None) -> list[list[float | None]] | None:
    """The first OUTPUTS of each row, for the journal; what is not finite is None."""
    return (
        None
        if outputs is None
        else [[v if math.isfinite(v) else None for v in row[:OUTPUTS]] for row in outputs.tolist()]
    )


def _answer(network: nn.Module, rows: Tensor) -> Tensor:
    with lent_generators(SEED), torch.no_grad():
        outputs: Tensor = network(rows).detach().float().reshape(len(rows), -1)
        return outputs


def _digest(named: Iterable[tuple[str, Tensor]]) -> str:
    whole = hashlib.sha256()
    for key, value in named:
        whole.update(f"{key} {digest(value)} ".encode())
    return whole.hexdigest()[:32]
