"""What the outputs mean to a caller's own loss, found by asking it: where it is indifferent, and
which output it wants to grow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from landscape_app.objectives.accuracy import Scale
from landscape_app.seeds import torch_stream

INDIFFERENT = 1e-5  # relative difference of two losses that are one
SURE = 0.9  # share of rows in which the label's output is the one that the loss wants to grow
FAR = 30.0
LARGE, MOST_LABELS = 5.0, 12


def threshold(loss: Callable[..., Any], outputs: Tensor, targets: Tensor, hint: Scale) -> Scale:
    """Where a loss of zeros and ones changes sides: "above 0" for logits, "above 0.5" for
    probabilities; `hint` where it does not say.

    Between the targets 0 and 1 an unweighted loss is indifferent exactly at the threshold. A
    weighted one is not; there, outputs within [0, 1] are probabilities, and a loss that falls for
    ever as the output grows is one of logits.
    """

    def at(output: float, target: float) -> float:
        try:
            with torch.no_grad():
                return float(
                    loss(
                        torch.full_like(outputs[:4], output), torch.full_like(targets[:4], target)
                    ).mean()
                )
        except Exception:  # whatever a loss says to an output that it does not take
            return math.nan

    def indifferent(output: float) -> bool:
        one, zero = at(output, 1), at(output, 0)
        return math.isfinite(one - zero) and abs(one - zero) <= INDIFFERENT * max(
            abs(one), abs(zero), 1e-9
        )

    likely, unlikely = at(0.9, 1), at(0.1, 1)
    if math.isfinite(likely) and math.isfinite(unlikely) and likely >= unlikely:
        return "none"  # the loss of a 1 does not fall as the output grows
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


def class_scores(
    loss: Callable[..., Any], outputs: Tensor, labels: Tensor
) -> tuple[Scale, tuple[int, ...]]:
    """("largest output" where the loss wants each row's own label to grow, else "none"; the labels
    that it leaves out).

    outputs (row, class), labels (row,). Asked where all outputs of a row are equal, where they are
    the network's, and at others. A label is left out where its rows have no slope anywhere.
    """
    noise = torch.randn(outputs.shape, generator=torch_stream(0, "class scores")).to(outputs)
    asked = [
        _slope(loss, at, labels)
        for at in (
            outputs.mean(-1, keepdim=True).expand_as(outputs),
            outputs,
            outputs + noise,
            4 * noise,
        )
    ]
    slopes = [slope for slope in asked if slope is not None]
    moved = [slope.abs().amax(-1) > 0 for slope in slopes]
    first = next((k for k, rows in enumerate(moved) if bool(rows.any())), None)
    if first is None:
        return "none", ()
    wanted = (slopes[first].argmin(-1) == labels)[moved[first]].double().mean()
    ever = torch.stack(moved).any(0)
    left = tuple(int(label) for label in labels.unique() if not bool(ever[labels == label].any()))
    return (
        ("largest output", left)
        if float(wanted) >= SURE or _prefers(loss, outputs, labels, left)
        else ("none", ())
    )


def _prefers(
    loss: Callable[..., Any], outputs: Tensor, labels: Tensor, left: tuple[int, ...]
) -> bool:
    """Whether rows of every label cost least where their own output alone is large (a loss of the
    expected class does so too).
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
            except Exception:  # it was tried before: here it only does not answer
                return math.nan

        if not 0 <= label < width or not all(
            cost(label) < cost(other) for other in range(min(width, MOST_LABELS)) if other != label
        ):
            return False
    return True


def _slope(loss: Callable[..., Any], at: Tensor, labels: Tensor) -> Tensor | None:
    """The gradient of `loss` by the outputs `at`; None where it does not answer there."""
    asked = at.clone().requires_grad_()
    try:
        (slope,) = torch.autograd.grad(loss(asked, labels).sum(), asked)
    except Exception:  # it was tried before: here it only does not answer
        return None
    return slope if bool(torch.isfinite(slope).all()) else None
