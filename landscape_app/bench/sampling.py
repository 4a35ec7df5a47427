"""Sampling as this program does it against the plain loop of the field, in one run, interleaved:
same seeds, same results, time.
"""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from landscape_app.datasets import recipe
from landscape_app.datasets.tensors import Rows
from landscape_app.networks.construction import create
from landscape_app.records.plan import Plan
from landscape_app.records.progress import Silent
from landscape_app.sampling.bundles import BundleWork, sample
from landscape_app.sampling.jumps import jump
from landscape_app.sampling.machine import Machine, look
from landscape_app.sampling.planner import plan
from landscape_app.sampling.retrain import chunks, stream_of
from landscape_app.settings import RunSpec, parse
from landscape_app.training.batches import epoch_batches
from landscape_app.training.engine import OneAtATime
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

EVALUATION_ROWS = 1_024  # of the plain loop, a usual choice


@dataclass(frozen=True)
class SamplingCase:
    """What is timed: a spec, how many trajectories the plain loop runs a repetition (it is linear
    in them), and both sides' epochs.
    """

    name: str
    settings: Mapping[str, Any]
    loop_trajectories: int
    epochs: int


CASES = (
    SamplingCase(
        "MLP 64-64, batch 128", {"network": "mlp", "regime": "plain", "batch": 128}, 2, 20
    ),
    SamplingCase("MLP 64-64, batch 50", {"network": "mlp", "regime": "plain", "batch": 50}, 1, 20),
    SamplingCase("small CNN, batch 128", {"network": "cnn", "regime": "plain", "batch": 128}, 2, 5),
    SamplingCase(
        "WRN-16-1 on 8×8, batch 128",
        {"network": "wrn-16-1", "regime": "plain", "batch": 128, "train_rows": 256, "seeds": 2},
        2,
        2,
    ),
)


def measure(*, repeats: int = 5, cases: Sequence[SamplingCase] = CASES) -> dict[str, Any]:
    """{"peak_gflops", "device", "cores", "cases": [{...}]}: medians over `repeats` interleaved
    repetitions of every case.
    """
    machine = look()
    peak = matrix_peak(machine)
    results = [_case(case, machine, peak, repeats) for case in cases]
    return {
        "device": ", ".join(machine.devices),
        "workers": machine.workers,
        "peak_gflops": round(peak / 1e9, 1),
        "cases": results,
    }


def _case(case: SamplingCase, machine: Machine, peak: float, repeats: int) -> dict[str, Any]:
    spec = parse(RunSpec, {**case.settings, "epochs": case.epochs})
    data = recipe.load(spec)
    network = create(spec.network, data.shape, data.outputs, seed=spec.seed)
    problem = Problem.of(network, data, augmentation=False, device=machine.devices[0])
    way = plan(problem, spec, machine)
    threads = _better_threads(problem, spec, case)
    ours, loops = [], []
    last = spec.trajectories[-case.loop_trajectories :]
    for _ in range(repeats):
        loops.append(_timed(lambda: _loop(problem, spec, last, threads)) / case.loop_trajectories)
        ours.append(_timed(lambda: _ours(problem, spec, way)) / len(spec.trajectories))
    rate, loop = (case.epochs / statistics.median(seconds) for seconds in (ours, loops))
    work = flops_per_epoch(problem, spec)
    return {
        "case": case.name,
        "trajectories": len(spec.trajectories),
        "ours": round(rate, 1),
        "loop": round(loop, 1),
        "ratio": round(rate / loop, 2),
        "ratio_spread": [round(min(loops) / max(ours), 2), round(max(loops) / min(ours), 2)],
        "loop_threads": threads,
        "plan": way.why,
        "gflops": round(rate * work / 1e9, 1),
        "fraction_of_peak": round(rate * work / peak, 3),
        **_agreement(problem, spec, way),
    }


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _ours(
    problem: Problem, spec: RunSpec, way: Plan
) -> dict[tuple[int, int], dict[str, np.ndarray]]:
    tensors_by_chunk: dict[tuple[int, int], dict[str, np.ndarray]] = {}
    todo = [
        BundleWork(b, chunks(spec.epochs, way.chunk_epochs), lambda: None)
        for b in range(len(way.bundles))
    ]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        sample(
            {device: problem.to(device) for device in way.devices},
            spec,
            way,
            Bundle.of(problem.network, problem.layout),
            todo=todo,
            keep=lambda b, first, last, tensors: tensors_by_chunk.__setitem__((b, first), tensors),
            progress=Silent(),
        )
    finally:
        torch.set_num_threads(threads)
    return tensors_by_chunk


def _loop(
    problem: Problem, spec: RunSpec, trajectories: Sequence[tuple[int, float]], threads: int
) -> list[dict[str, Any]]:
    """The usual loop, one trajectory after another: a model, torch.optim, backward, an evaluation
    at the end of each epoch.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        return [_plain(problem, spec, trajectory) for trajectory in trajectories]
    finally:
        torch.set_num_threads(before)


def _plain(problem: Problem, spec: RunSpec, trajectory: tuple[int, float]) -> dict[str, Any]:
    model = _jumped(problem, spec, trajectory)
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr=spec.rate,
        momentum=spec.momentum,
        weight_decay=spec.weight_decay or 0.0,
    )
    result: dict[str, Any] = {"weights": []}
    for epoch in range(spec.epochs + 1):
        model.train()
        if epoch:
            for x, y in epoch_batches(
                problem, [stream_of(spec, trajectory[0])], epoch=epoch, size=spec.batch
            ):
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(x[0]), y[0])
                loss.backward()
                optimizer.step()
        model.eval()
        result |= {
            "train": _evaluated(model, problem.x_train, problem.y_train),
            "test": _evaluated(model, problem.x_test, problem.y_test),
        }
        result["weights"].append(
            torch.nn.utils.parameters_to_vector(model.parameters()).detach().cpu().clone()
        )
    return result


def _jumped(problem: Problem, spec: RunSpec, trajectory: tuple[int, float]) -> torch.nn.Module:
    """A new model at the jump of `trajectory`."""
    anchor = Bundle.of(problem.network, problem.layout)
    bundle = jump(problem, spec, OneAtATime(problem.copied()), anchor, trajectories=[trajectory])
    model = copy.deepcopy(problem.network)
    for key, value in model.named_parameters():
        value.data.copy_(problem.layout.views(bundle.weights[0])[key])
    return model


def _evaluated(model: torch.nn.Module, x: Rows, y: torch.Tensor) -> tuple[float, float]:
    """(mean loss, accuracy)."""
    loss, right = 0.0, 0
    with torch.no_grad():
        for inputs, labels in zip(x.split(EVALUATION_ROWS), y.split(EVALUATION_ROWS), strict=True):
            logits = model(inputs)
            loss += float(torch.nn.functional.cross_entropy(logits, labels, reduction="sum"))
            right += int((logits.argmax(1) == labels).sum())
    return loss / len(y), right / len(y)


def _better_threads(problem: Problem, spec: RunSpec, case: SamplingCase) -> int:
    """The number of torch threads with which the plain loop is faster: one, or one per core."""
    cores = look("cpu").workers
    one = spec.trajectories[-1:]
    seconds = {
        n: min(_timed(partial(_loop, problem, spec, one, n)) for _ in range(2)) for n in {1, cores}
    }
    return min(seconds, key=lambda n: seconds[n])


def _agreement(problem: Problem, spec: RunSpec, way: Plan) -> dict[str, float]:
    """The difference of the two methods: weights after one epoch, relative to the length of that
    epoch's movement, and the last test accuracy.
    """
    position = len(spec.trajectories) - 1
    theirs = _loop(problem, spec, [spec.trajectories[position]], 1)[0]
    mine_by_chunk = _ours(problem, spec, way)
    bundle = next(b for b, members in enumerate(way.bundles) if position in members)
    row = way.bundles[bundle].index(position)
    anchor = problem.layout.flatten(dict(problem.network.named_parameters())).cpu()
    mine = torch.from_numpy(mine_by_chunk[bundle, 0]["delta"][row, 1]) + anchor
    last = mine_by_chunk[max(key for key in mine_by_chunk if key[0] == bundle)]
    return {
        "weights_apart_after_one_epoch": float((mine - theirs["weights"][1]).abs().max()),
        "test_accuracy_apart": abs(
            float(last["scores.test_accuracy"][row, -1]) - theirs["test"][1]
        ),
    }


def flops_per_epoch(problem: Problem, spec: RunSpec) -> float:
    """Floating-point operations of one trajectory-epoch: forward and backward on every train row,
    one evaluation of both sets.
    """
    model = copy.deepcopy(problem.network)
    x, y = problem.x_train[:2], problem.y_train[:2]
    with FlopCounterMode(display=False) as training:
        torch.nn.functional.cross_entropy(model(x), y).backward()
    with FlopCounterMode(display=False) as evaluation, torch.no_grad():
        model(x)
    rows = len(problem.x_train), len(problem.x_test)
    return float(
        training.get_total_flops() / 2 * rows[0] + evaluation.get_total_flops() / 2 * sum(rows)
    )


def matrix_peak(machine: Machine, *, size: int = 1_536, seconds: float = 1.0) -> float:
    """Floating-point operations a second of a float32 matrix product on all cores, or on one GPU:
    the best of many.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(look("cpu").workers)
    a = torch.ones(size, size, device=machine.devices[0])
    best, begun = float("inf"), time.perf_counter()
    while time.perf_counter() - begun < seconds:
        since = time.perf_counter()
        torch.mm(a, a)[0, 0].item()
        best = min(best, time.perf_counter() - since)
    torch.set_num_threads(before)
    return 2 * size**3 / best
