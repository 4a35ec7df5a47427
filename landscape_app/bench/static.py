"""Static samplings as this program makes them against the plain loop over their points, in one run,
interleaved: same points, same columns.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from landscape_app.bench.plane import ROWS, ratios, timed
from landscape_app.datasets import recipe
from landscape_app.datasets.tensors import Rows
from landscape_app.directions import of_spec as direction_of
from landscape_app.networks.construction import of_spec
from landscape_app.records.points import Points
from landscape_app.records.progress import Silent
from landscape_app.registries import SAMPLINGS
from landscape_app.sampling.machine import Machine, look
from landscape_app.sampling.samplings import Columns, groups, recorded
from landscape_app.settings import RunSpec, SampleSpec, parse
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle


@dataclass(frozen=True)
class StaticCase:
    """What is timed. loop_directions: of the naive sampling, on whose points the plain loop is run
    in a repetition (its time is linear in them).
    """

    name: str
    network: str
    loop_directions: int


CASES = (
    StaticCase("digits MLP 64-64", "mlp", 32),
    StaticCase("digits CNN", "cnn", 8),
)


def measure(
    *, repeats: int = 3, cases: Sequence[StaticCase] = CASES, directions: int = 64
) -> dict[str, Any]:
    """{"workers", "load", "points", "cases": [{...}]}: medians over `repeats` interleaved
    repetitions of whole naive samplings.
    """
    machine, sample = look("cpu"), SampleSpec(directions=directions)
    results = [_case(case, machine, sample, repeats) for case in cases]
    return {
        "workers": machine.workers,
        "points": sample.points,
        "load": os.getloadavg()[0],
        "cases": results,
    }


def _case(case: StaticCase, machine: Machine, sample: SampleSpec, repeats: int) -> dict[str, Any]:
    spec = parse(RunSpec, {"network": case.network, "regime": "plain"})
    data = recipe.load(spec)
    problem = Problem.of(of_spec(spec, data), data, augmentation=False)
    anchor = Bundle.of(problem.network, problem.layout)
    points: Points = SAMPLINGS[sample.kind].load()(spec, sample)
    some = points.part(slice(min(case.loop_directions, sample.directions) * points.line))
    names = ("loop, 1 thread", f"loop, {machine.workers} threads", "ours")
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(repeats):
        for name, threads in zip(names, (1, machine.workers), strict=False):
            seconds, plain = timed(
                lambda threads=threads: _loop(problem, anchor, some, spec, threads)  # type: ignore[misc]
            )
            times[name].append(seconds * len(points) / len(some))
        seconds, columns = timed(lambda: _ours(problem, anchor, points, spec, machine))
        times["ours"].append(seconds)
    apart = {name: np.abs(columns[name][: len(some)] - plain[name]) for name in plain}
    return {
        "case": case.name,
        **ratios(times),
        "loop_points": len(some),
        "seconds": {name: [round(value, 3) for value in values] for name, values in times.items()},
        "apart": max(float(values.max()) for values in apart.values()),
    }


def _ours(
    problem: Problem, anchor: Bundle, points: Points, spec: RunSpec, machine: Machine
) -> Columns:
    ready, _ = recorded(
        *(problem, anchor, points, groups(points, problem.layout.parameters)),
        spec=spec,
        machine=machine,
        progress=Silent(),
    )
    parts = sorted(ready, key=lambda part: part[0].start)
    return {name: np.concatenate([columns[name] for _, columns in parts]) for name in parts[0][1]}


def _loop(problem: Problem, anchor: Bundle, points: Points, spec: RunSpec, threads: int) -> Columns:
    """The plain loop over the points: draw each direction once, load the weights, eval mode,
    no_grad, batches of 1,024 rows.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        model, theta, records = copy.deepcopy(problem.network).eval(), anchor.weights[0], []
        drawn: dict[int, torch.Tensor] = {}
        for seed, step in zip(points.seeds[:, 0].tolist(), points.coefficients[:, 0], strict=True):
            if seed not in drawn:
                drawn = {seed: direction_of(theta, problem.layout, spec, seed)}
            torch.nn.utils.vector_to_parameters(theta + step * drawn[seed], model.parameters())
            records.append(_recorded(model, problem))
        return {name: np.stack([record[name] for record in records]) for name in records[0]}
    finally:
        torch.set_num_threads(before)


def _recorded(model: torch.nn.Module, problem: Problem) -> Columns:
    """What is recorded of a point, by plain torch."""
    columns: Columns = {}
    sides = {"train": (problem.x_train, problem.y_train), "test": (problem.x_test, problem.y_test)}
    for side, (x, y) in sides.items():
        logits = _outputs(model, x)
        losses = functional.cross_entropy(logits, y, reduction="none")
        columns[f"{side}_loss"] = losses.mean().numpy()
        columns[f"{side}_accuracy"] = (logits.argmax(1) == y).double().mean().numpy()
        if side == "train":
            columns["losses"] = losses[problem.loss_rows].numpy()
        probe, name = (
            (problem.probe, "probe") if side == "test" else (problem.train_probe, "train_probe")
        )
        columns[name] = logits[probe].softmax(1).numpy()
    return columns


def _outputs(model: torch.nn.Module, x: Rows) -> torch.Tensor:
    with torch.no_grad():
        return torch.cat([model(rows) for rows in x.split(ROWS)])
