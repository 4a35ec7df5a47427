"""The trial before a run: a few training steps on a copy, so that errors show before any work."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from landscape_app.errors import ModelError
from landscape_app.networks.copies import in_mode
from landscape_app.seeds import lent_generators
from landscape_app.settings import RunSpec
from landscape_app.training.batches import seeded
from landscape_app.training.behaviour import generators
from landscape_app.training.engine import OneAtATime
from landscape_app.training.optimizer import Stepper, stepper_of
from landscape_app.training.optimizer_factory import first_line, left_out
from landscape_app.training.optimizer_state import unstored
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

STEPS = 3
ROWS = 16
FAULTS = (RuntimeError, ValueError, TypeError, IndexError)


@dataclass(frozen=True)
class FirstSteps:
    """weights (parameter,) after them; the keys of tensors that never had a gradient, and of those
    that the optimizer does not hold; what it keeps that cannot be stored; whether it draws random
    numbers of the global generators of torch, numpy or Python.
    """

    weights: Tensor
    unused: list[str]
    left_out: list[str]
    unstored: list[str]
    draws: bool


def take(problem: Problem, spec: RunSpec, *, retraining: bool) -> FirstSteps:
    """A few steps on a copy, of training or of retraining. Raises ModelError where the optimizer,
    or the network in training, fails.
    """
    own = problem.copied()
    bundle, engine = Bundle.of(own.network, own.layout), OneAtATime(own)
    stepper = stepper_of(own, spec, bundle, retraining=retraining)
    rows = min(ROWS, len(own.x_train))
    rate = (
        None
        if own.optimizers[retraining] is not None
        else (spec.rate if retraining else spec.train_rate)
    )
    used = [False] * len(own.layout.slots)
    draws = False
    with lent_generators(0, [own.device] if own.device.type == "cuda" else []):
        for start in (0, max(0, len(own.x_train) // 2 - rows), len(own.x_train) - rows)[:STEPS]:
            x, y = own.x_train[start : start + rows][None], own.y_train[start : start + rows][None]
            gradient = _gradient(own, engine, bundle, x, y)
            used = [
                a or b
                for a, b in zip(
                    used, engine.used[0] if engine.used else [True] * len(used), strict=True
                )
            ]
            before = generators(own.device)
            _step(stepper, gradient, rate, engine)
            draws = draws or before != generators(own.device)
    optimizer, parameters = stepper.pairs()[0]
    keys = [slot.key for slot in own.layout.slots]
    missing = (
        []
        if len(parameters) != len(keys)
        else [keys[index] for index in left_out(optimizer, parameters)]
    )
    unused = [key for key, has in zip(keys, used, strict=True) if not has]
    return FirstSteps(bundle.weights[0], unused, missing, unstored(optimizer, parameters), draws)


def _gradient(problem: Problem, engine: OneAtATime, bundle: Bundle, x: Tensor, y: Tensor) -> Tensor:
    sparse = [
        name
        for name, module in problem.network.named_modules()
        if getattr(module, "sparse", False) is True
    ]
    if sparse:
        raise ModelError(
            f"The layer '{sparse[0]}' has sparse gradients, which are not supported. Make it with"
            " sparse=False."
        )
    try:
        with seeded(problem, 0):
            return engine.gradient(bundle, x, y)[0]
    except FAULTS as error:
        raise ModelError(
            f"The network fails in a training step on a batch of shape {tuple(x.shape[1:])}:"
            f" {first_line(error)}"
        ) from error


def _step(stepper: Stepper, gradient: Tensor, rate: float | None, engine: OneAtATime) -> None:
    optimizer = stepper.pairs()[0][0]
    held = [p for group in optimizer.param_groups for p in group["params"]]
    stepper.step(gradient, rate=rate, used=engine.used)
    now = [p for group in optimizer.param_groups for p in group["params"]]
    if stepper.pairs()[0][0] is optimizer and not (
        len(now) == len(held) and all(a is b for a, b in zip(now, held, strict=True))
    ):
        raise ModelError(
            f"The optimizer {type(optimizer).__name__} replaces the given parameters by others. It"
            " cannot be used here."
        )


def check_batches(problem: Problem, spec: RunSpec) -> None:
    """Raise ModelError, naming the setting, where a batch of one row will come up and the network
    cannot be trained on one row.
    """
    count = len(problem.x_train)
    sizes = ({"train_batch": spec.train_batch} if spec.train_epochs else {}) | {"batch": spec.batch}
    alone = {name: size for name, size in sizes.items() if 1 in (min(size, count), count % size)}
    if not alone:
        return
    two, why = _forward(problem, 2), _forward(problem, 1)
    if isinstance(why, Tensor):
        if not isinstance(two, Tensor) or (
            why.shape == (1, *two.shape[1:]) and not _lost(problem, why)
        ):
            return
        why = (
            f"its output has shape {tuple(why.shape)} then"
            if why.shape != (1, *two.shape[1:])
            else "its loss is not finite there"
        )
    if count > 1 and not isinstance(two, Tensor):
        return  # no matter of one row: the first steps say why
    name, size = next(iter(alone.items()))
    which = "Every batch" if min(size, count) == 1 else "The last batch of every epoch"
    other = (
        f"Choose another {name}, e.g. {_better(size, count)}, or other train_rows."
        if count > 1
        else "Give more train rows."
    )
    raise ModelError(
        f"{which} would have one row ({name} = {size}, {count:,} train row{'s' * (count > 1)}), on"
        f" which this network cannot be trained: {why}. {other}"
    )


def _lost(problem: Problem, outputs: Tensor) -> bool:
    """Whether the loss has no value on the first row alone, but has one on more rows. A loss that
    couples the rows of a batch, for example a correlation, is like this.
    """
    if problem.objective.whole is None:
        return False
    more = _forward(problem, min(ROWS, len(problem.x_train)))
    pairs = [rows for rows in (outputs, more) if isinstance(rows, Tensor)]
    alone, together = (
        problem.objective.minimised(rows[None], problem.y_train[None, : len(rows)]).isfinite().all()
        for rows in pairs
    )
    return bool(together and not alone)


def check_one_row(problem: Problem) -> None:
    """Raise ModelError where the network cannot be evaluated on one row, as the last block of an
    evaluation may be.
    """
    why = _forward(problem, 1, training=False)
    if not isinstance(why, Tensor):
        raise ModelError(
            "The network cannot be evaluated on one row, which the last block of rows may be:"
            f" {why}."
        )


def _forward(problem: Problem, rows: int, *, training: bool = True) -> Tensor | str:
    """Outputs for the first rows, from a copy of the network; or why there are none."""
    network = in_mode(problem.copied().network, training)
    try:
        with torch.no_grad(), seeded(problem, 0):
            outputs: Tensor | str = network(problem.x_train[:rows])
    except FAULTS as error:
        return first_line(error)
    return outputs


def _better(size: int, count: int) -> int:
    """The batch size nearest to `size` that leaves no batch of one row; of two equally near, the
    larger. `count` is at least two.
    """
    near = (size + sign * by for by in range(1, max(size, count) + 1) for sign in (1, -1))
    return next(other for other in near if other > 1 and count % other != 1)
