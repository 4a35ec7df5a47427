"""Seconds of an epoch of a bundle, estimated from a small part of the real work. A trial takes
seconds, whatever the data.

Only trajectories and rows are left out, and each of them costs the same. So the seconds of a few
trajectories and rows are scaled to all of them. A step of the optimizer does not depend on rows and
is scaled by trajectories only.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from landscape_app.sampling.jumps import jump
from landscape_app.settings import RunSpec
from landscape_app.training.base import clock
from landscape_app.training.batches import epoch_batches, seeded
from landscape_app.training.engine import Engine, mixed
from landscape_app.training.engines import ENGINES
from landscape_app.training.optimizer import stepper_of
from landscape_app.training.problem import Problem
from landscape_app.training.scores import block_rows, layer_sizes, row_bytes, score
from landscape_app.weights.bundle import Bundle

STEPS, SECONDS = 6, 0.25  # of a trial, whichever is reached first
ENOUGH = 1.0  # s after which the first step, which else only warms up, is the one that counts
# of all layers' outputs in a step of a trial on a processor, and of the largest layer's in its
# scoring
BYTES = 64 * 2**20
GPU_BYTES = 2**30  # on a GPU, which needs more to be busy


@dataclass(frozen=True)
class Size:
    """The part of the work that a trial does: numbers of trajectories, of rows of a step, of rows
    that are scored.
    """

    trajectories: int
    step_rows: int
    scored_rows: int


def size(problem: Problem, spec: RunSpec, trajectories: int) -> Size:
    """The size of a trial for `trajectories`: as much as fits into the limit of bytes; everything
    where data and network are small.
    """
    most = GPU_BYTES if problem.device.type == "cuda" else BYTES
    layers, batch = layer_sizes(problem), min(spec.batch, len(problem.x_train))
    per_row = 4 * sum(layers)
    tried = max(1, min(trajectories, most // (per_row * batch)))
    rows = max(1, min(batch, most // (per_row * tried)))
    return Size(tried, rows, max(rows, most // (row_bytes(problem) * tried)))


def part(problem: Problem, rows: int) -> Problem:
    """The same problem on at most `rows` of its train rows and of its test rows, the first ones."""
    train, test = min(rows, len(problem.x_train)), min(rows, len(problem.x_test))
    return dataclasses.replace(
        problem,
        x_train=problem.x_train[:train],
        y_train=problem.y_train[:train],
        x_test=problem.x_test[:test],
        y_test=problem.y_test[:test],
        loss_rows=problem.loss_rows[problem.loss_rows < train],
        probe=problem.probe[problem.probe < test],
        train_probe=problem.train_probe[problem.train_probe < train],
    )


def epoch_seconds(
    problem: Problem,
    spec: RunSpec,
    engine_name: str,
    anchor: Bundle,
    trajectories: Sequence[tuple[int, float]],
    barrier: threading.Barrier,
) -> float:
    """Seconds of one epoch of a bundle of `trajectories`, from a few steps and one scoring of a
    part of it, after all workers have warmed up.
    """
    with seeded(problem, 0):
        return _epoch_seconds(problem, spec, engine_name, anchor, trajectories, barrier)


def _epoch_seconds(
    problem: Problem,
    spec: RunSpec,
    engine_name: str,
    anchor: Bundle,
    trajectories: Sequence[tuple[int, float]],
    barrier: threading.Barrier,
) -> float:
    tried = size(problem, spec, len(trajectories))
    engine, chosen = ENGINES[engine_name](problem), trajectories[: tried.trajectories]
    # Statistics that are re-estimated cost a pass over all rows once in a run: no part of an epoch.
    bundle = jump(
        problem, spec.model_copy(update={"batchnorm": "keep"}), engine, anchor, trajectories=chosen
    )
    scored, blocks = part(problem, tried.scored_rows), block_rows(problem, len(trajectories))
    try:
        score(part(problem, blocks), engine, bundle, anchor=anchor.weights[0], rows=blocks)
    finally:
        barrier.wait()
    stepping = _step_seconds(problem, spec, engine, bundle, chosen, tried)
    seconds = clock(problem)
    before = seconds()
    score(scored, engine, bundle, anchor=anchor.weights[0], rows=blocks)
    scoring = (seconds() - before) * (_rows(problem) / _rows(scored))
    steps = -(-len(problem.x_train) // spec.batch)
    return (stepping * steps + scoring) * len(trajectories) / len(chosen)


def _rows(problem: Problem) -> int:
    return len(problem.x_train) + len(problem.x_test)


def _step_seconds(
    problem: Problem,
    spec: RunSpec,
    engine: Engine,
    bundle: Bundle,
    trajectories: Sequence[tuple[int, float]],
    tried: Size,
) -> float:
    """Seconds of a step on a full batch: the median of a few steps, estimated from fewer rows."""
    stepper = stepper_of(problem, spec, bundle, retraining=True)
    seeds = sorted({seed for seed, _ in trajectories})
    which = torch.tensor([seeds.index(seed) for seed, _ in trajectories], device=problem.device)
    rate = None if problem.optimizers[1] else spec.rate
    times: list[float] = []
    share = min(spec.batch, len(problem.x_train)) / tried.step_rows
    begun, seconds = time.perf_counter(), clock(problem)
    for x, y in epoch_batches(
        problem, [(spec.seed, ("trial", seed)) for seed in seeds], epoch=0, size=tried.step_rows
    ):
        before = seconds()
        with mixed(problem):
            gradient, _ = engine.gradient(bundle, x[which], y[which])
        _wait(problem)
        between = seconds()
        stepper.step(gradient, rate=rate, used=engine.used)
        _wait(problem)
        times.append((between - before) * share + seconds() - between)
        spent = time.perf_counter() - begun
        if len(times) > STEPS or spent > ENOUGH or (len(times) > 1 and spent > SECONDS):
            break
    warm = sorted(times[1:] or times)
    return warm[len(warm) // 2]


def _wait(problem: Problem) -> None:
    if problem.device.type == "cuda":
        torch.cuda.synchronize(problem.device)
