"""The scores of every trajectory of a bundle at one moment: losses, accuracies, and what function
space needs, in one pass.
"""

from __future__ import annotations

import math

import numpy as np
import psutil
import torch
from torch import Tensor

from landscape_app.datasets.tensors import Rows
from landscape_app.errors import AnalysisError
from landscape_app.objectives import Objective
from landscape_app.records.pulse import pulse
from landscape_app.training.engine import Engine
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

# of the largest layer's outputs at once, over all trajectories: fits the caches, bounds the
# memory
BYTES = 32 * 2**20


def layer_sizes(problem: Problem) -> list[int]:
    """Numbers that every layer puts out for one row (and the row's own), found by one forward pass
    with hooks.
    """
    sizes = [problem.x_train[0].numel()]
    leaves = [module for module in problem.network.modules() if not list(module.children())]
    hooks = [
        module.register_forward_hook(lambda _, __, output: sizes.append(_numel(output)))
        for module in leaves
    ]
    try:
        problem.network.eval()
        with torch.no_grad():
            problem.network(problem.x_train[:1])
    finally:
        for hook in hooks:
            hook.remove()
    return sizes


def row_bytes(problem: Problem) -> int:
    """Bytes of the largest layer's output for one row."""
    return 4 * max(layer_sizes(problem))


def block_rows(problem: Problem, trajectories: int) -> int:
    """Rows that `trajectories` are evaluated on at once: the largest layer's outputs stay below
    BYTES where one row's do.
    """
    return max(1, BYTES // (row_bytes(problem) * trajectories))


def rows_at_once(problem: Problem, most: int) -> int:
    """Rows whose graph for two derivatives takes about `most` bytes; all of them where the loss
    cannot be split.

    Raises AnalysisError, with the sizes, where all have to be taken and do not fit in memory.
    """
    depth = sum(1 for module in problem.network.modules() if not list(module.children()))
    each, count = 4 * depth * row_bytes(problem), len(problem.x_train)
    rows = max(1, most // each)
    free = psutil.virtual_memory().available / 2
    if problem.objective.block(rows, count) * each > max(free, most):
        raise AnalysisError(
            f"The loss is no mean over rows, so its derivatives need all {count:,} rows at once:"
            f" about {count * each / 2**30:,.1f} GiB, and {free / 2**30:,.1f} GiB may be used."
        )
    return rows


def _numel(output: object) -> int:
    return output.numel() if isinstance(output, Tensor) else 0


def outputs(engine: Engine, bundle: Bundle, x: Rows, *, rows: int) -> Tensor:
    """Outputs (trajectory, row, output) of all rows of `x` (row, *shape), `rows` at a time.

    They are written into one tensor: small ones that stay between the large ones of the layers
    would keep their memory from being used again.
    """
    first = engine.outputs(bundle, x[:rows])
    if len(x) <= rows:
        return first
    whole = first.new_empty(len(first), len(x), *first.shape[2:])
    whole[:, :rows] = first
    del first
    for start in range(rows, len(x), rows):
        pulse()
        whole[:, start : start + rows] = engine.outputs(bundle, x[start : start + rows])
    return whole


def score(
    problem: Problem, engine: Engine, bundle: Bundle, *, anchor: Tensor, rows: int = 2_048
) -> dict[str, np.ndarray]:
    """Everything recorded with a snapshot, by the store's names, each with a leading axis of
    trajectories.

    scores.* (trajectory,) float64 (diverged: uint8; accuracies NaN where the task has none), probe
    (trajectory, m, output), train_probe (trajectory, t, output) and losses (trajectory, e) float32.
    losses are absent where the loss is no mean over rows, train_probe where t is 0. `anchor` is
    (parameter,). Losses that are not finite are kept as they are; `diverged` marks them.
    """
    objective, result = problem.objective, dict[str, Tensor]()
    accuracy: dict[str, Tensor] = {}
    for side, x, y in (
        ("train", problem.x_train, problem.y_train),
        ("test", problem.x_test, problem.y_test),
    ):
        answers = outputs(engine, bundle, x, rows=rows)
        loss, each = objective.recorded(answers, y)
        result[f"scores.{side}_loss"] = loss.double()
        accuracy[f"scores.{side}_accuracy"] = _accuracy(objective, answers, y, each, loss)
        if side == "train":
            losses = _kept_losses(problem, answers, each)
            train_probe = answers[:, problem.train_probe]
        else:
            probe = answers[:, problem.probe]
    result["scores.distance"] = (bundle.weights - anchor).double().norm(dim=1)
    finite = torch.stack([torch.isfinite(value) for value in result.values()]).all(0)
    result |= accuracy
    result["scores.diverged"] = (~finite).to(torch.uint8)
    result["probe"] = probe.softmax(-1) if objective.probabilities else probe
    if len(problem.train_probe):
        result["train_probe"] = train_probe.softmax(-1) if objective.probabilities else train_probe
    if losses is not None:
        result["losses"] = losses.float()
    return {name: value.cpu().numpy() for name, value in result.items()}


def loss_errors(problem: Problem, engine: Engine, bundle: Bundle) -> dict[str, float]:
    """{"train_loss_error", "test_loss_error"}: the standard error over rows of the first
    trajectory's losses; empty where the loss is no mean over rows.
    """
    objective, errors = problem.objective, dict[str, float]()
    for side, x, y in (
        ("train", problem.x_train, problem.y_train),
        ("test", problem.x_test, problem.y_test),
    ):
        if objective.rows is None:
            return {}
        error = error_over_rows(objective, outputs(engine, bundle, x, rows=2_048)[0], y)
        if error is None:
            return {}
        errors[f"{side}_loss_error"] = error
    return errors if all(map(math.isfinite, errors.values())) else {}


def error_over_rows(objective: Objective, answers: Tensor, y: Tensor) -> float | None:
    """The standard error over rows of the loss of outputs (row, output); None below two rows, or
    where the loss is no mean over rows.

    The loss is Σ r / Σ w of the n rows' shares r and weights w, so the error is that of a ratio:
    √(n / (n − 1) · Σ (r − loss · w)²) / Σ w. Source: Cochran 1977, Sampling Techniques, §6.
    """
    if objective.rows is None:
        return None
    shares = objective.rows(objective.precise(answers), y).double()
    ones = torch.ones_like(shares)
    weights = ones if objective.weights is None else objective.weights(y).to(shares)
    rest = shares - shares.sum() / weights.sum() * weights
    n = int((weights != 0).sum())
    return float((rest.square().sum() * n / (n - 1)).sqrt() / weights.sum()) if n > 1 else None


def _accuracy(
    objective: Objective, answers: Tensor, y: Tensor, each: Tensor | None, loss: Tensor
) -> Tensor:
    """(trajectory,) accuracies; NaN where the task has none. each: the losses of all rows."""
    if objective.accuracy is None:
        return torch.full_like(loss.double(), torch.nan)
    return objective.accuracy.share(answers, y, each)


def _kept_losses(problem: Problem, answers: Tensor, each: Tensor | None) -> Tensor | None:
    """(trajectory, e) losses of the train rows whose losses are stored; None where the loss is not
    a mean over rows. each: the losses of all rows if they are known.
    """
    objective, rows = problem.objective, problem.loss_rows
    if objective.rows is None:
        return None
    if each is not None:
        return each[:, rows]
    return objective.rows(objective.precise(answers[:, rows]), problem.y_train[rows])
