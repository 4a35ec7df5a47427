"""The test scores of the anchor on the test rows outside the probe.

Measures of function space read the network's outputs on the probe, which is a part of the test
rows. A gap over all test rows therefore shares rows with them; this one shares none.
"""

from __future__ import annotations

import math

import torch

from landscape_app.training.engine import Engine
from landscape_app.training.problem import Problem
from landscape_app.training.scores import error_over_rows, outputs
from landscape_app.weights.bundle import Bundle

Scores = dict[str, float | int | None]


def outside_probe(problem: Problem, engine: Engine, bundle: Bundle) -> Scores:
    """{"rows", "test_loss", "test_loss_error", "test_accuracy"} of the first trajectory on the test
    rows that are not in the probe.

    rows: how many count for the accuracy. None: not finite, or undefined: no row is outside, the
    loss is no mean over rows, or the task has no accuracy.
    """
    outside = torch.ones(len(problem.x_test), dtype=torch.bool, device=problem.device)
    outside[problem.probe] = False
    if not outside.any():
        return {"rows": 0, "test_loss": None, "test_loss_error": None, "test_accuracy": None}
    objective, targets = problem.objective, problem.y_test[outside]
    answers = outputs(engine, bundle, problem.x_test, rows=2_048)[:1][:, outside]
    loss, error, each = None, None, None
    if objective.rows is not None:
        value, each = objective.recorded(answers, targets)
        loss, error = _finite(float(value[0])), error_over_rows(objective, answers[0], targets)
    accuracy = objective.accuracy
    counted = len(targets) if accuracy is None else int(accuracy.rows(targets))
    return {
        "rows": counted,
        "test_loss": loss,
        "test_loss_error": None if error is None else _finite(error),
        "test_accuracy": _finite(float(accuracy.share(answers, targets, each)[0]))
        if accuracy is not None and counted
        else None,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
