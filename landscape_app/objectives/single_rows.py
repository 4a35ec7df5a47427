"""The loss of single rows from a function for batches. A trajectory whose outputs the function does
not accept gets NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from landscape_app.errors import ModelError
from landscape_app.objectives.objective import Losses

FAULTS = (Exception,)  # a function of the caller's own may raise anything
CLOSE = 2e-5  # relative: float32 sums in another order differ by less


def single_rows(
    loss: Callable[..., Any],
    name: str,
    batches: list[tuple[Tensor, Tensor, Tensor]],
    *,
    mapped: bool,
) -> Losses | None:
    """The loss of single rows, where their mean or their sum is the loss of each batch; None where
    it is not. mapped: torch.vmap may be used, which is faster than one call per row.
    """
    for rows in (_mapped(loss), _looped(loss)) if mapped else (_looped(loss),):
        try:
            each = [rows(outputs, targets) for outputs, targets, _ in batches]
        except FAULTS:
            continue
        values = [value.mean() if value.dim() else value for _, _, value in batches]
        pairs = list(zip(each, values, strict=True))
        if all(close(row.mean(), value) for row, value in pairs) or all(
            close(row.sum(), value) for row, value in pairs
        ):
            return harmless(rows, name)
    return None


def harmless(rows: Losses, name: str) -> Losses:
    """`rows`, but with NaN for each diverged trajectory whose outputs the loss does not accept. The
    other trajectories continue.
    """

    def guarded(outputs: Tensor, targets: Tensor) -> Tensor:
        try:
            return rows(outputs, targets)
        except FAULTS as error:
            bad = ~torch.isfinite(outputs).flatten(outputs.dim() - 2).all(-1)  # (…,)
            if not bad.any():
                raise ModelError(
                    f"The loss '{name}' fails on outputs of this network: {line(error)}."
                ) from error
        if outputs.dim() == 2:
            return (outputs * torch.nan).sum(-1)
        own = 1 if not targets.is_floating_point() else 2
        shared = targets if targets.dim() > own else targets.expand(len(outputs), *targets.shape)
        return torch.stack(
            [guarded(output, target) for output, target in zip(outputs, shared, strict=True)]
        )

    return guarded


def _looped(loss: Callable[..., Any]) -> Losses:
    """The loss of each row, one by one: outputs (…, batch, output), targets (…, batch[, target]) ->
    (…, batch).
    """

    def rows(outputs: Tensor, targets: Tensor) -> Tensor:
        if outputs.dim() > 2:
            own = 1 if not targets.is_floating_point() else 2
            shared = (
                targets if targets.dim() > own else targets.expand(len(outputs), *targets.shape)
            )
            return torch.stack(
                [rows(output, target) for output, target in zip(outputs, shared, strict=True)]
            )
        return torch.stack(
            [loss(outputs[i : i + 1], targets[i : i + 1]).reshape(()) for i in range(len(outputs))]
        )

    return rows


def _mapped(loss: Callable[..., Any]) -> Losses:
    """The same with torch.vmap, for losses that do not branch on their values."""
    single = torch.vmap(lambda output, target: loss(output[None], target[None]).reshape(()))

    def rows(outputs: Tensor, targets: Tensor) -> Tensor:
        lead = outputs.shape[:-1]
        own = targets.shape[-1:] if targets.is_floating_point() else ()
        flat: Tensor = single(
            outputs.reshape(-1, outputs.shape[-1]), targets.expand(*lead, *own).reshape(-1, *own)
        )
        return flat.view(lead)

    return rows


def close(first: Tensor, second: Tensor) -> bool:
    a, b = float(first), float(second)
    return (
        math.isfinite(a) and math.isfinite(b) and abs(a - b) <= CLOSE * max(abs(a), abs(b)) + 1e-9
    )


def line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
