"""The losses that a name stands for: each gives the loss of every example."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from landscape_app.objectives.accuracy import Accuracy
from landscape_app.objectives.objective import Objective
from landscape_app.registries import OBJECTIVES, find


def named_loss(name: str) -> Objective:
    """The objective of the table OBJECTIVES; raises UnknownNameError with a suggestion."""
    entry = find("loss", OBJECTIVES, name)
    classes = bool(entry.settings["classification"])
    return Objective(
        name, entry.load(), Accuracy("largest output") if classes else None, probabilities=classes
    )


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of every example, in nats: logits (…, batch, class), labels (batch,) or (…,
    batch) -> (…, batch).
    """
    labels = labels.expand(logits.shape[:-1])
    return functional.cross_entropy(
        classes_first(logits), labels.reshape(-1, labels.shape[-1]), reduction="none"
    ).view(labels.shape)


def classes_first(logits: Tensor) -> Tensor:
    """(…, batch, class) -> (trajectory, class, batch).

    Classes before rows: a softmax over a short last axis cannot use the processor's vectors and
    takes several times longer.
    """
    return logits.reshape(-1, *logits.shape[-2:]).transpose(1, 2).contiguous()


def squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Squared error of every example, mean over the outputs: (…, batch, output), (batch, output) or
    (…, batch, output) -> (…, batch).
    """
    return (outputs - targets).square().mean(-1)


def absolute_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Absolute error of every example, mean over the outputs; shapes as squared_error."""
    return (outputs - targets).abs().mean(-1)
