"""Retraining after the jumps: every snapshot of a bundle, in chunks of epochs, each stored when it
is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from landscape_app.records.progress import Progress
from landscape_app.records.pulse import heard
from landscape_app.sampling.jumps import jump
from landscape_app.seeds import stream_seed
from landscape_app.settings import RunSpec
from landscape_app.training.batches import Stream, epoch_batches, seeded
from landscape_app.training.empty_batches import Epoch
from landscape_app.training.engine import Engine, mixed
from landscape_app.training.optimizer import Stepper, stepper_of
from landscape_app.training.problem import Problem
from landscape_app.training.scores import score
from landscape_app.weights.bundle import Bundle, copied

# (first epoch, last epoch, tensors by the store's names)
Sink = Callable[[int, int, dict[str, np.ndarray]], None]


def chunks(epochs: int, size: int) -> list[tuple[int, int]]:
    """(first, last) epochs of every chunk: 0-5, 6-10, 11-15, … for size 5; the first holds the jump
    as well.
    """
    lasts = [*range(size, epochs, size), epochs]
    return [(0 if last == lasts[0] else lasts[i - 1] + 1, last) for i, last in enumerate(lasts)]


@heard
def retrain(
    problem: Problem,
    spec: RunSpec,
    engine: Engine,
    anchor: Bundle,
    *,
    trajectories: Sequence[tuple[int, float]],
    start: Bundle | None,
    pending: Sequence[tuple[int, int]],
    sink: Sink,
    progress: Progress,
    rows: int = 2_048,
) -> None:
    """Sample the `pending` chunks (contiguous) of one bundle; `start` is its state before them, or
    None before the jump.
    """
    bundle = (
        jump(problem, spec, engine, anchor, trajectories=trajectories) if start is None else start
    )
    stepper = stepper_of(problem, spec, bundle, retraining=True)
    for first, last in pending:
        chunk: dict[str, np.ndarray] = {}
        for epoch in range(first, last + 1):
            if epoch > 0:
                _epoch(problem, spec, engine, stepper, bundle, trajectories, epoch)
            for name, values in _snapshot(problem, engine, bundle, anchor, rows).items():
                # filled epoch by epoch: no second copy of the weights, unlike a stack at the end
                if name not in chunk:
                    chunk[name] = np.empty(
                        (values.shape[0], last - first + 1, *values.shape[1:]), values.dtype
                    )
                chunk[name][:, epoch - first] = values
            progress.advance(len(trajectories))
        bundle.optimizer = stepper.state()
        sink(first, last, chunk | bundle.state())


def stream_of(spec: RunSpec, seed: int) -> Stream:
    """The stream of the batch order of `seed`: its own stream, or (coupled) that of the direction,
    as in the paper's code.
    """
    return (seed, ("coupled",)) if spec.coupled_seeds else (spec.seed, ("retraining", seed))


def counted_epochs(spec: RunSpec) -> list[Epoch]:
    """Every epoch of retraining in the order in which `check_counted` checks them."""
    seeds = sorted({seed for seed, _ in spec.trajectories})
    return [
        Epoch("retraining", stream_of(spec, seed), epoch, "batch", spec.batch)
        for epoch in range(1, spec.epochs + 1)
        for seed in seeds
    ]


def _epoch(
    problem: Problem,
    spec: RunSpec,
    engine: Engine,
    stepper: Stepper,
    bundle: Bundle,
    trajectories: Sequence[tuple[int, float]],
    epoch: int,
) -> None:
    seeds = sorted({seed for seed, _ in trajectories})
    which = torch.tensor([seeds.index(seed) for seed, _ in trajectories], device=problem.device)
    rate = None if problem.optimizers[1] is not None else spec.rate
    with seeded(problem, stream_seed(spec.seed, "retraining", "network", seeds[0], epoch)):
        for x, y in epoch_batches(
            problem, [stream_of(spec, seed) for seed in seeds], epoch=epoch, size=spec.batch
        ):
            with mixed(problem):
                gradient, _ = engine.gradient(bundle, x[which], y[which])
            stepper.step(gradient, rate=rate, used=engine.used)


def _snapshot(
    problem: Problem, engine: Engine, bundle: Bundle, anchor: Bundle, rows: int
) -> dict[str, np.ndarray]:
    """One row for every trajectory: scores, δ from the anchor, buffers."""
    row = score(problem, engine, bundle, anchor=anchor.weights[0], rows=rows)
    row["delta"] = copied(bundle.weights - anchor.weights)
    return row | {f"buffers.{key}": copied(value) for key, value in bundle.buffers.items()}
