"""What is minimised: the loss of every example, whatever the task, and whether a prediction is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from landscape_app.registries import OBJECTIVES, find

Losses = Callable[[Tensor, Tensor], Tensor]  # outputs (…, batch, output), targets (…, batch[, output]) -> (…, batch)


@dataclass(frozen=True)
class Objective:
    """A loss of single examples; `classification` says that outputs are logits and targets class labels."""

    name: str
    losses: Losses
    classification: bool


def named(name: str) -> Objective:
    """The objective of the table OBJECTIVES; raises UnknownNameError with a suggestion."""
    entry = find("loss", OBJECTIVES, name)
    return Objective(name, entry.load(), bool(entry.settings["classification"]))


def given(loss: Callable[[Tensor, Tensor], Tensor]) -> Objective:
    """A user's callable (outputs (batch, …), targets (batch, …)) -> mean loss, as losses of single examples.

    A mean over a batch of one is that example's loss, so the callable is mapped over batches of one; it must be made of torch
    operations that torch.vmap can map, which losses that do not branch on their values are.
    """

    def losses(outputs: Tensor, targets: Tensor) -> Tensor:
        lead = outputs.shape[:-1]
        targets = targets.expand(*lead, *targets.shape[len(lead) :]) if targets.dim() >= len(lead) else targets.expand(lead)
        flat = outputs.reshape(-1, outputs.shape[-1]), targets.reshape(-1, *targets.shape[len(lead) :])
        each: Tensor = torch.vmap(lambda output, target: loss(output[None], target[None]).reshape(-1).mean())(*flat)
        return each.view(lead)

    return Objective("given", losses, classification=False)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of every example, in nats: logits (…, batch, class), labels (batch,) or (…, batch) -> (…, batch)."""
    labels = labels.expand(logits.shape[:-1])
    # Classes before rows: a softmax over a short last axis cannot use the processor's vectors and takes several times longer.
    rows = logits.reshape(-1, *logits.shape[-2:]).transpose(1, 2).contiguous()
    return functional.cross_entropy(rows, labels.reshape(len(rows), -1), reduction="none").view(labels.shape)


def squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Squared error of every example, mean over the outputs: (…, batch, output), (batch, output) or (…, batch, output) -> (…, batch)."""
    return (outputs - targets).square().mean(-1)


def absolute_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Absolute error of every example, mean over the outputs; shapes as squared_error."""
    return (outputs - targets).abs().mean(-1)


def right(logits: Tensor, labels: Tensor, losses: Tensor) -> Tensor:
    """Whether the largest logit is the label's: (…, batch) bool; never where the example's loss is not finite."""
    return (logits.argmax(-1) == labels) & torch.isfinite(losses)
