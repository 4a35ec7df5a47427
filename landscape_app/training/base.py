"""Base training: from the initial weights to the anchor, in chunks of epochs. After each chunk,
training can be continued exactly as without a stop.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch

from landscape_app.errors import ModelError
from landscape_app.records.progress import Progress
from landscape_app.seeds import stream_seed
from landscape_app.settings import RunSpec
from landscape_app.training.batches import Stream, epoch_batches, seeded
from landscape_app.training.empty_batches import Epoch, why_not_finite
from landscape_app.training.engine import Engine, OneAtATime, mixed
from landscape_app.training.optimizer import Stepper, stepper_of
from landscape_app.training.problem import Problem
from landscape_app.training.schedules import factor
from landscape_app.training.scores import layer_sizes
from landscape_app.weights.bundle import Bundle

CHUNK = 25  # epochs between commits …
# … and the early ones, in which a network moves most: the training path has them
EARLY = (1, 2, 4, 8, 16)
TRIAL_BYTES = 64 * 2**20  # of all layers' outputs in a step of a trial
# s after which the first step of a trial, which else only warms up, is the one that counts
ENOUGH = 1.0
Sink = Callable[[int, int, dict[str, np.ndarray]], None]  # (first epoch, last epoch, tensors)


def rate_at(spec: RunSpec, epoch: int) -> float:
    """The learning rate of `epoch` (counted from 1)."""
    return spec.train_rate * factor(spec.train_schedule, epoch=epoch, epochs=spec.train_epochs)


def stream_of(spec: RunSpec) -> Stream:
    """The stream of the order of the rows."""
    return spec.seed, ("training",)


def train(
    problem: Problem,
    spec: RunSpec,
    bundle: Bundle,
    *,
    done: int,
    sink: Sink,
    progress: Progress,
    make: Callable[[Problem], Engine] = OneAtATime,
) -> Bundle:
    """Train `bundle` (one network after `done` epochs) to the end of its epochs; each chunk goes to
    `sink`. make: the engine. Raises ModelError if the loss is no longer finite, because then there
    is no minimum.
    """
    engine = make(problem)
    stepper = stepper_of(problem, spec, bundle, retraining=False)
    first, losses = done + 1, list[float]()
    for epoch in range(done + 1, spec.train_epochs + 1):
        losses.append(_epoch(problem, engine, stepper, spec, bundle, epoch))
        if not np.isfinite(losses[-1]):
            raise ModelError(diverged(problem, spec, epoch, losses[-1]))
        if ends_chunk(epoch, spec.train_epochs):
            bundle.optimizer = stepper.state()
            curve = {
                "curve.train_loss": np.array(losses),
                "curve.rate": np.array([rate_at(spec, e) for e in range(first, epoch + 1)]),
            }
            sink(first, epoch, bundle.state() | curve)
            first, losses = epoch + 1, []
        progress.advance()
    return bundle


def ends_chunk(epoch: int, last: int) -> bool:
    """Whether the state after `epoch` (counted from 1) of `last` is committed."""
    return epoch in EARLY or epoch % CHUNK == 0 or epoch == last


def counted_epochs(spec: RunSpec) -> list[Epoch]:
    """Every epoch of training, as `check_counted` looks through them."""
    return [
        Epoch("training", stream_of(spec), epoch, "train_batch", spec.train_batch)
        for epoch in range(1, spec.train_epochs + 1)
    ]


def diverged(problem: Problem, spec: RunSpec, epoch: int, loss: float) -> str:
    """Why the loss is not finite, as far as it is known, and what to do."""
    empty = why_not_finite(problem, counted_epochs(spec)[epoch - 1])
    if empty:
        return empty
    own = problem.optimizers[0] is not None
    rate = "of the optimizer that you gave for training" if own else f"({spec.train_rate})"
    return (
        f"Training diverged in epoch {epoch}: the loss is {loss}. Lower the learning rate {rate}."
    )


def _epoch(
    problem: Problem,
    engine: Engine,
    stepper: Stepper,
    spec: RunSpec,
    bundle: Bundle,
    epoch: int,
) -> float:
    """Train one epoch in place. Returns the mean of its batch losses, per row where the loss is a
    sum.
    """
    total, rows = torch.zeros((), device=problem.device), 0
    rate = None if problem.optimizers[0] is not None else rate_at(spec, epoch)
    with seeded(problem, stream_seed(spec.seed, "training", "network", epoch)):
        for x, y in epoch_batches(problem, [stream_of(spec)], epoch=epoch, size=spec.train_batch):
            with mixed(problem):
                gradient, loss = engine.gradient(bundle, x, y)
            stepper.step(gradient, rate=rate, used=engine.used)
            total += loss[0] if problem.objective.summed else loss[0] * y.shape[1]
            rows += y.shape[1]
    return float(total) / rows


def clock(problem: Problem) -> Callable[[], float]:
    """What a trial is timed by: on a processor the time of this thread, so that other work on the
    machine is no part of it.
    """
    return time.perf_counter if problem.device.type == "cuda" else time.thread_time


def trial(problem: Problem, spec: RunSpec, *, steps: int = 40, seconds: float = 0.5) -> float:
    """Seconds of one epoch, from the median of some steps on a copy of the network. `problem` is
    not changed.

    For a large batch, steps with fewer rows are taken and their seconds scaled, so that a trial is
    always short.
    """
    batch = min(spec.train_batch, len(problem.x_train))
    rows = max(1, min(batch, TRIAL_BYTES // (4 * sum(layer_sizes(problem)))))
    own = problem.copied()
    bundle, engine = Bundle.of(own.network, own.layout), OneAtATime(own)
    stepper = stepper_of(own, spec, bundle, retraining=False)
    rate = None if own.optimizers[0] is not None else 0.0
    times: list[float] = []
    seconds_of = clock(own)
    begun, before = time.perf_counter(), seconds_of()
    with seeded(own, 0):
        for x, y in epoch_batches(own, [(spec.seed, ("trial",))], epoch=0, size=rows):
            stepper.step(engine.gradient(bundle, x, y)[0], rate=rate, used=engine.used)
            # with the drawing of the batch, which augmentation makes dear
            times.append(seconds_of() - before)
            before, spent = seconds_of(), time.perf_counter() - begun
            if len(times) > steps or spent > (seconds if len(times) > 1 else ENOUGH):
                break
    warm = sorted(times[1:] or times)
    return warm[len(warm) // 2] * batch / rows * -(-len(problem.x_train) // spec.train_batch)
