"""Outputs, targets and losses on which the tests of objectives are made."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from landscape_app.objectives import objective_of

ROWS, CLASSES = 60, 4


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


OUTPUTS = normal(3, ROWS, CLASSES)  # (trajectory, row, output)


LABELS = torch.arange(ROWS) ** 2 % 7 % CLASSES


WEIGHT = torch.tensor([1.0, 50.0, 0.5, 3.0])


NUMBERS, BITS = normal(ROWS, CLASSES, seed=1), (normal(ROWS, CLASSES, seed=2) > 0).float()


def of(loss, targets, outputs=OUTPUTS):
    classes = 0 if targets.is_floating_point() else CLASSES
    return objective_of(
        loss, classes=classes, targets=(targets, targets), outputs=lambda index: outputs[0, index]
    )


def focal(outputs, labels):
    p = outputs.log_softmax(-1).gather(1, labels[:, None])[:, 0]
    return (-((1 - p.exp()) ** 2) * p).mean()


def r_squared(outputs, targets):
    return ((outputs - targets) ** 2).sum() / ((targets - targets.mean(0)) ** 2).sum()


def correlation(outputs, targets):
    a, b = outputs - outputs.mean(0), targets - targets.mean(0)
    return 1 - ((a * b).sum(0) / (a.norm(dim=0) * b.norm(dim=0) + 1e-8)).mean()


def contrastive(outputs, labels):
    unit = functional.normalize(outputs, dim=1)
    alike = (labels[:, None] == labels[None, :]).float()
    logits = unit @ unit.T - 1e9 * torch.eye(len(labels))
    return -(alike * logits.log_softmax(1)).sum() / alike.sum()


def branching(outputs, targets):
    error = (outputs - targets).abs().mean()
    return error if float(error.detach()) >= 0 else -error


def weighted(outputs, labels):
    return functional.cross_entropy(outputs, labels, weight=WEIGHT)


def added_up(outputs, targets):
    return ((outputs - targets) ** 2).sum()


CROSS = nn.CrossEntropyLoss
