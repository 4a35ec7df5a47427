"""Base training: from the initial weights to the anchor, in chunks of epochs that can be taken up again exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from landscape_app.errors import ModelError
from landscape_app.records.progress import Progress
from landscape_app.settings import RunSpec
from landscape_app.training.batches import epoch_batches
from landscape_app.training.engine import OneAtATime, sgd_step
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

CHUNK = 25  # epochs between commits
CUTS = (0.5, 0.75)  # fractions of the epochs at which the learning rate falls to a tenth

Sink = Callable[[int, int, dict[str, np.ndarray]], None]  # (first epoch, last epoch, tensors)


def rate_at(spec: RunSpec, epoch: int) -> float:
    """The learning rate of `epoch` (counted from 1)."""
    cuts = sum(epoch - 1 >= cut * spec.train_epochs for cut in CUTS)
    return float(spec.train_rate * 0.1**cuts)


def train(problem: Problem, spec: RunSpec, bundle: Bundle, *, done: int, sink: Sink, progress: Progress) -> Bundle:
    """Train `bundle` (one network, `done` epochs old) to the end of its epochs; each chunk goes to `sink`.

    Raises ModelError if the loss stops being finite: there is no minimum to look at then.
    """
    engine = OneAtATime(problem)
    first, losses = done + 1, list[float]()
    for epoch in range(done + 1, spec.train_epochs + 1):
        losses.append(_epoch(problem, engine, spec, bundle, epoch))
        if not np.isfinite(losses[-1]):
            raise ModelError(f"Training diverged in epoch {epoch}: the loss is {losses[-1]}. Lower the learning rate ({spec.train_rate}).")
        if epoch % CHUNK == 0 or epoch == spec.train_epochs:
            curve = {"curve.train_loss": np.array(losses), "curve.rate": np.array([rate_at(spec, e) for e in range(first, epoch + 1)])}
            sink(first, epoch, bundle.state() | curve)
            first, losses = epoch + 1, []
        progress.advance()
    return bundle


def _epoch(problem: Problem, engine: OneAtATime, spec: RunSpec, bundle: Bundle, epoch: int) -> float:
    """One epoch in place; the mean of its batches' losses."""
    total = torch.zeros(())
    rows = 0
    for x, y in epoch_batches(problem, [(spec.seed, ("training",))], epoch=epoch, size=spec.train_batch):
        gradient, loss = engine.gradient(bundle, x, y)
        sgd_step(bundle, gradient, rate=rate_at(spec, epoch), momentum=spec.momentum, weight_decay=spec.weight_decay or 0.0)
        total += loss[0] * y.shape[1]
        rows += y.shape[1]
    return float(total) / rows
