"""What is minimised: the loss of every example, and what a network's outputs say about it."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of every example, in nats: logits (…, batch, class), labels (batch,) or (…, batch) -> (…, batch)."""
    labels = labels.expand(logits.shape[:-1])
    return functional.cross_entropy(logits.flatten(0, -2), labels.reshape(-1), reduction="none").view(labels.shape)


def right(logits: Tensor, labels: Tensor) -> Tensor:
    """Whether the largest logit is the label's: (…, batch) bool; never where logits are not finite."""
    return (logits.argmax(-1) == labels) & torch.isfinite(logits).all(-1)
