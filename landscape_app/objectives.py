"""What is minimised: the loss of every example, and whether its prediction is right."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of every example, in nats: logits (…, batch, class), labels (batch,) or (…, batch) -> (…, batch)."""
    labels = labels.expand(logits.shape[:-1])
    # Classes before rows: a softmax over a short last axis cannot use the processor's vectors and takes several times longer.
    rows = logits.reshape(-1, *logits.shape[-2:]).transpose(1, 2).contiguous()
    return functional.cross_entropy(rows, labels.reshape(len(rows), -1), reduction="none").view(labels.shape)


def right(logits: Tensor, labels: Tensor, losses: Tensor) -> Tensor:
    """Whether the largest logit is the label's: (…, batch) bool; never where the example's loss is not finite."""
    return (logits.argmax(-1) == labels) & torch.isfinite(losses)
