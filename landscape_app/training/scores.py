"""The scores of every trajectory of a bundle at one moment: losses, accuracies, and what function space needs, in one pass."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from landscape_app.objectives import cross_entropy, right
from landscape_app.training.engine import ROWS, Engine
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle


def outputs(engine: Engine, bundle: Bundle, x: Tensor) -> Tensor:
    """Logits (trajectory, row, class) of all rows of `x` (row, *shape), in blocks of bounded memory."""
    rows = max(1, ROWS * 20 // max(1, len(bundle)))
    return torch.cat([engine.outputs(bundle, block) for block in x.split(rows)], dim=1)


def score(problem: Problem, engine: Engine, bundle: Bundle, *, anchor: Tensor) -> dict[str, np.ndarray]:
    """Everything recorded with a snapshot, by the store's names, each with a leading axis of trajectories.

    scores.* (trajectory,) float64 (diverged: uint8), probe (trajectory, m, class) and losses (trajectory, e) float32. `anchor`
    is (parameter,). Losses that are not finite are kept as they are; `diverged` marks them.
    """
    train = outputs(engine, bundle, problem.x_train)
    test = outputs(engine, bundle, problem.x_test)
    train_losses, test_losses = cross_entropy(train, problem.y_train), cross_entropy(test, problem.y_test)
    distance = (bundle.weights - anchor).double().norm(dim=1)
    result = {
        "scores.train_loss": train_losses.double().mean(1),
        "scores.test_loss": test_losses.double().mean(1),
        "scores.train_accuracy": right(train, problem.y_train, train_losses).double().mean(1),
        "scores.test_accuracy": right(test, problem.y_test, test_losses).double().mean(1),
        "scores.distance": distance,
    }
    finite = torch.stack([torch.isfinite(value) for value in result.values()]).all(0)
    result["scores.diverged"] = (~finite).to(torch.uint8)
    result["probe"] = test[:, problem.probe].softmax(-1)
    result["losses"] = train_losses[:, problem.kept]
    return {name: value.numpy() for name, value in result.items()}
