"""What the outputs mean to a user's own loss: logits, probabilities or class scores. The loss is
called with trial outputs to learn it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from landscape_app.objectives.accuracy import Scale
from landscape_app.seeds import torch_stream

INDIFFERENT = 1e-5  # relative difference of two losses that count as equal
SURE = 0.9  # share of rows where the loss falls fastest in the label's output
FAR = 30.0
LARGE, MOST_LABELS = 5.0, 12


def threshold(loss: Callable[..., Any], outputs: Tensor, targets: Tensor, hint: Scale) -> Scale:
    """From which output on a loss of zeros and ones prefers the target 1: "above 0" for logits,
    "above 0.5" for probabilities; `hint` where its values do not tell.

    At the threshold an unweighted loss is the same for the targets 0 and 1. A weighted loss is not:
    then outputs within [0, 1] are probabilities, and a loss that always falls as the output grows
    takes logits.
    """
    at = partial(_loss_at, loss, outputs, targets)
    likely, unlikely = at(0.9, 1), at(0.1, 1)
    if math.isfinite(likely) and math.isfinite(unlikely) and likely >= unlikely:
        return "none"  # the loss of a 1 does not fall as the output grows
    logits, shares = (_equal(at(output, 1), at(output, 0)) for output in (0.0, 0.5))
    if logits != shares:
        return "above 0" if logits else "above 0.5"
    if hint in ("largest output", "none"):
        return hint
    if bool(((outputs >= 0) & (outputs <= 1)).all()):
        return "above 0.5"
    near, far = at(1.0, 1), at(FAR, 1)
    if math.isfinite(near):
        return "above 0" if math.isfinite(far) and far <= near else "above 0.5"
    return hint


def _loss_at(
    loss: Callable[..., Any], outputs: Tensor, targets: Tensor, output: float, target: float
) -> float:
    """The mean loss where every output and every target is the same; NaN where the loss fails."""
    try:
        with torch.no_grad():
            return float(
                loss(
                    torch.full_like(outputs[:4], output), torch.full_like(targets[:4], target)
                ).mean()
            )
    except Exception:  # any error of the user's loss, for an output that it does not take
        return math.nan


def _equal(a: float, b: float) -> bool:
    return math.isfinite(a - b) and abs(a - b) <= INDIFFERENT * max(abs(a), abs(b), 1e-9)


def class_scores(
    loss: Callable[..., Any], outputs: Tensor, labels: Tensor
) -> tuple[Scale, tuple[int, ...]]:
    """("largest output" where the loss falls as the output of a row's label grows, else "none"; the
    labels that the loss leaves out).

    outputs (row, class), labels (row,). The gradient is taken where all outputs of a row are equal,
    at the network's outputs, and at others. The loss leaves a label out if its rows have no
    gradient anywhere.
    """
    noise = torch.randn(outputs.shape, generator=torch_stream(0, "class scores")).to(outputs)
    equal = outputs.mean(-1, keepdim=True).expand_as(outputs)
    tried = [_slope(loss, at, labels) for at in (equal, outputs, outputs + noise, 4 * noise)]
    slopes = [slope for slope in tried if slope is not None]
    moved = [slope.abs().amax(-1) > 0 for slope in slopes]
    first = next((k for k, rows in enumerate(moved) if bool(rows.any())), None)
    if first is None:
        return "none", ()
    wanted = (slopes[first].argmin(-1) == labels)[moved[first]].double().mean()
    ever = torch.stack(moved).any(0)
    left = tuple(int(label) for label in labels.unique() if not bool(ever[labels == label].any()))
    scores = float(wanted) >= SURE or _prefers(loss, outputs, labels, left)
    return ("largest output", left) if scores else ("none", ())


def _prefers(
    loss: Callable[..., Any], outputs: Tensor, labels: Tensor, left: tuple[int, ...]
) -> bool:
    """Whether rows of every label have the smallest loss where only the output of their label is
    large. This also holds for a loss of the expected class.
    """
    width = outputs.shape[-1]
    for label in [int(label) for label in labels.unique() if int(label) not in left][:MOST_LABELS]:
        rows = labels[labels == label]

        def cost(column: int, rows: Tensor = rows) -> float:
            at = torch.zeros(len(rows), width, dtype=outputs.dtype, device=outputs.device)
            at[:, column] = LARGE
            try:
                with torch.no_grad():
                    return float(loss(at, rows).mean())
            except Exception:  # the loss was tried before: it only does not take these outputs
                return math.nan

        if not 0 <= label < width or not all(
            cost(label) < cost(other) for other in range(min(width, MOST_LABELS)) if other != label
        ):
            return False
    return True


def _slope(loss: Callable[..., Any], at: Tensor, labels: Tensor) -> Tensor | None:
    """The gradient of `loss` with respect to the outputs `at`; None where the loss fails or is not
    finite.
    """
    inputs = at.clone().requires_grad_()
    try:
        (slope,) = torch.autograd.grad(loss(inputs, labels).sum(), inputs)
    except Exception:  # the loss was tried before: it only does not take these outputs
        return None
    return slope if bool(torch.isfinite(slope).all()) else None
