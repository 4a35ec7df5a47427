"""What a caller's own loss does during one call: which functions of torch it calls, and which
tensors it makes.
"""

from __future__ import annotations

import weakref
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from landscape_app.objectives.accuracy import Scale
from landscape_app.objectives.torch_losses import BY_FUNCTION

SCALES: dict[Any, Scale] = {
    functional.poisson_nll_loss: "none",
    functional.hinge_embedding_loss: "none",  # what a loss calls on its outputs -> what they are
    functional.binary_cross_entropy_with_logits: "above 0",
    functional.multilabel_soft_margin_loss: "above 0",
    functional.logsigmoid: "above 0",
    functional.sigmoid: "above 0",
    torch.sigmoid: "above 0",
    Tensor.sigmoid: "above 0",
    functional.softplus: "above 0",
    functional.binary_cross_entropy: "above 0.5",
    functional.cross_entropy: "largest output",
    functional.nll_loss: "largest output",
    functional.log_softmax: "largest output",
    torch.log_softmax: "largest output",
    Tensor.log_softmax: "largest output",
    functional.softmax: "largest output",
    torch.softmax: "largest output",
    Tensor.softmax: "largest output",
}


class Watch(TorchFunctionMode):
    """Notes which of SCALES a loss calls (the first that says what the outputs are counts), and
    what tensors it makes.

    spread: outputs (row, 1) met targets (row,), or the other way round, which makes a pair of every
    two rows.
    """

    def __init__(self) -> None:
        super().__init__()
        self.scale: Scale = None
        self.numbers = 0
        self.spread = False
        self.made: list[weakref.ref[Tensor]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.scale = self.scale or SCALES.get(func)
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor):
            self.numbers += result.numel()
            self.made.append(weakref.ref(result))
            self.spread |= _spreads(
                func, [value for value in args if isinstance(value, Tensor)], result
            )
        return result


def _spreads(func: Any, given: list[Tensor], result: Tensor) -> bool:
    if len(given) < 2 or {given[0].dim(), given[1].dim()} != {1, 2}:
        return False
    column, line = sorted(given[:2], key=lambda value: -value.dim())
    met = (
        column.requires_grad != line.requires_grad
        and column.shape == (len(line), 1)
        and len(line) > 1
    )
    return met and (result.shape == (len(line), len(line)) or func in BY_FUNCTION)
