"""What the outputs mean to a caller's own loss, found by asking it: where it is indifferent, and which output it wants to grow."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from landscape_app.objectives.accuracy import Scale

INDIFFERENT = 1e-5  # relative difference of two losses that are one
SURE = 0.9  # share of rows in which the label's output is the one that the loss wants to grow
FAR = 30.0


def threshold(loss: Callable[..., Any], outputs: Tensor, targets: Tensor, hint: Scale) -> Scale:
    """Where a loss of zeros and ones changes sides: "above 0" for logits, "above 0.5" for probabilities; `hint` where it does not say.

    Between the targets 0 and 1 an unweighted loss is indifferent exactly at the threshold. A weighted one is not; there, outputs
    within [0, 1] are probabilities, and a loss that falls for ever as the output grows is one of logits.
    """

    def at(output: float, target: float) -> float:
        try:
            with torch.no_grad():
                return float(loss(torch.full_like(outputs[:4], output), torch.full_like(targets[:4], target)).mean())
        except Exception:  # whatever a loss says to an output that it does not take
            return math.nan

    def indifferent(output: float) -> bool:
        one, zero = at(output, 1), at(output, 0)
        return math.isfinite(one - zero) and abs(one - zero) <= INDIFFERENT * max(abs(one), abs(zero), 1e-9)

    logits, shares = indifferent(0.0), indifferent(0.5)
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


def class_scores(loss: Callable[..., Any], outputs: Tensor, labels: Tensor) -> tuple[Scale, tuple[int, ...]]:
    """("largest output" where the loss wants each row's own label to grow, else "none"; the labels that it leaves out).

    outputs (row, class), labels (row,). Asked where all outputs of a row are equal, and where they are the network's.
    """
    for at in (outputs.mean(-1, keepdim=True).expand_as(outputs), outputs):
        asked = at.clone().requires_grad_()
        try:
            (slope,) = torch.autograd.grad(loss(asked, labels).sum(), asked)
        except Exception:  # it was tried before: here it only does not answer
            continue
        moved = slope.abs().amax(-1) > 0
        if not bool(moved.any()) or not bool(torch.isfinite(slope).all()):
            continue
        wanted = (slope.argmin(-1) == labels)[moved].double().mean()
        left = tuple(int(label) for label in labels.unique() if not bool(moved[labels == label].any()))
        return ("largest output", left) if float(wanted) >= SURE else ("none", ())
    return "none", ()
