"""A plane of losses as this program evaluates it against the plain loop of the field, in one run,
interleaved: same points, same losses.
"""

from __future__ import annotations

import copy
import dataclasses
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from landscape_app.datasets import recipe
from landscape_app.datasets.tensors import Rows
from landscape_app.directions import draw
from landscape_app.networks.construction import of_spec
from landscape_app.records.progress import Silent
from landscape_app.sampling.machine import Machine, look
from landscape_app.sampling.planes import Scores, evaluate, grid
from landscape_app.settings import RunSpec, parse
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

ROWS = 1_024  # of a batch of the plain loop, a usual choice
POINTS = 51  # along each axis


@dataclass(frozen=True)
class PlaneCase:
    """What is timed. loop_points: that the plain loop evaluates a repetition, spread over the plane
    (its time is linear in them).
    """

    name: str
    settings: Mapping[str, Any]
    test: bool
    loop_points: int


CASES = (
    PlaneCase("digits CNN, train set", {"network": "cnn", "regime": "plain"}, False, 131),
    PlaneCase("digits CNN, train and test set", {"network": "cnn", "regime": "plain"}, True, 131),
    PlaneCase(
        "digits MLP 64-64, train and test set", {"network": "mlp", "regime": "plain"}, True, 521
    ),
)


def measure(
    *, repeats: int = 3, cases: Sequence[PlaneCase] = CASES, points: int = POINTS
) -> dict[str, Any]:
    """{"workers", "load", "cases": [{...}]}: medians over `repeats` interleaved repetitions of
    whole planes of points × points.
    """
    machine = look("cpu")
    results = [_case(case, machine, repeats, points) for case in cases]
    return {
        "workers": machine.workers,
        "points": points,
        "load": os.getloadavg()[0],
        "cases": results,
    }


def _case(case: PlaneCase, machine: Machine, repeats: int, points: int) -> dict[str, Any]:
    spec = parse(RunSpec, dict(case.settings))
    problem = _problem(case, spec)
    anchor = Bundle.of(problem.network, problem.layout)
    theta = anchor.weights[0]
    directions = torch.stack(
        [draw(theta, problem.layout, root=spec.seed, seed=s, coupled=False) for s in (0, 1)]
    )
    at = np.stack(np.meshgrid(*grid(points, 1.0, dims=2)), -1).reshape(-1, 2)
    some = np.linspace(0, len(at) - 1, min(case.loop_points, len(at))).round().astype(int)

    def loop(threads: int) -> dict[str, np.ndarray]:
        return _loop(problem, anchor, directions, at[some], test=case.test, threads=threads)

    def ours() -> Scores:
        return evaluate(
            problem, anchor, directions, at, spec=spec, machine=machine, progress=Silent()
        )[0]

    names = ("loop, 1 thread", f"loop, {machine.workers} threads", "ours")
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(repeats):
        for name, threads in zip(names, (1, machine.workers), strict=False):
            seconds, plain = timed(lambda threads=threads: loop(threads))  # type: ignore[misc]
            times[name].append(seconds * len(at) / len(some))
        seconds, scores = timed(ours)
        times["ours"].append(seconds)
    return {
        "case": case.name,
        **ratios(times),
        "loop_points": len(some),
        "seconds": {name: [round(value, 3) for value in values] for name, values in times.items()},
        "losses_apart": max(
            float(np.abs(scores[name][some] - values).max()) for name, values in plain.items()
        ),
    }


def _problem(case: PlaneCase, spec: RunSpec) -> Problem:
    data = recipe.load(spec)
    problem = Problem.of(of_spec(spec, data), data, augmentation=False)
    if case.test:
        return problem
    # our evaluation always needs both sides: one row of the test side is left
    return dataclasses.replace(problem, x_test=problem.x_test[:1], y_test=problem.y_test[:1])


def ratios(times: Mapping[str, list[float]]) -> dict[str, Any]:
    """Median seconds of ours and of the faster loop, and their ratio."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    better = min((name for name in medians if name != "ours"), key=lambda name: medians[name])
    return {
        "ours": round(medians["ours"], 3),
        "loop": round(medians[better], 3),
        "ratio": round(medians[better] / medians["ours"], 2),
        "ratio_spread": [
            round(min(times[better]) / max(times["ours"]), 2),
            round(max(times[better]) / min(times["ours"]), 2),
        ],
        "better": better,
    }


def timed(work: Callable[[], dict[str, np.ndarray]]) -> tuple[float, dict[str, np.ndarray]]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def _loop(
    problem: Problem,
    anchor: Bundle,
    directions: torch.Tensor,
    at: np.ndarray,
    *,
    test: bool,
    threads: int,
) -> dict[str, np.ndarray]:
    """The plain loop over the points: load the weights, eval mode, no_grad, batches of 1,024
    rows.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        model = copy.deepcopy(problem.network)
        model.eval()
        sides = {"train": (problem.x_train, problem.y_train)}
        if test:
            sides["test"] = problem.x_test, problem.y_test
        scores = defaultdict[str, list[float]](list)
        for alpha, beta in at.tolist():
            weights = anchor.weights[0] + alpha * directions[0] + beta * directions[1]
            torch.nn.utils.vector_to_parameters(weights, model.parameters())
            for side, (x, y) in sides.items():
                loss, accuracy = _evaluated(model, x, y)
                scores[f"{side}_loss"].append(loss)
                scores[f"{side}_accuracy"].append(accuracy)
        return {name: np.array(values) for name, values in scores.items()}
    finally:
        torch.set_num_threads(before)


def _evaluated(model: torch.nn.Module, x: Rows, y: torch.Tensor) -> tuple[float, float]:
    loss, right = 0.0, 0
    with torch.no_grad():
        for inputs, labels in zip(x.split(ROWS), y.split(ROWS), strict=True):
            logits = model(inputs)
            loss += float(functional.cross_entropy(logits, labels, reduction="sum"))
            right += int((logits.argmax(1) == labels).sum())
    return loss / len(y), right / len(y)
