"""The pace of a run, measured when it begins: a few of the very steps that it is made of, on its
own network and rows, timed by the processor time of this thread.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from landscape_app.errors import AnalysisError
from landscape_app.forecast.pace import Pace, machine
from landscape_app.networks.copies import in_mode
from landscape_app.probes.point import Point
from landscape_app.records.plan import Plan
from landscape_app.sampling.planes_engines import choose
from landscape_app.sampling.planes_worker import Worker, slabs
from landscape_app.sampling.trial import BYTES, part
from landscape_app.seeds import numpy_stream
from landscape_app.settings import RunSpec
from landscape_app.training.base import clock, trial
from landscape_app.training.batches import augmented, seeded
from landscape_app.training.chain import Chain
from landscape_app.training.optimizer import stepper_of
from landscape_app.training.problem import Problem
from landscape_app.training.scores import layer_sizes, rows_at_once
from landscape_app.weights.bundle import Bundle

TRIES, SPENT = 20, 0.05  # of a step, and seconds of all of them; the fastest counts
BATCHED = 8  # networks of a trial batch
GROUP = 4  # points of a plane that are tried at once
# s of what `speed` repeats on the machine of forecast/analysis.py
REFERENCE = 0.00225
ROWS, LOOPS = 400, 60_000  # of it
IMPORT = 1.3e-3  # s of importing a module
IMPORTED = 0.1  # of the time that was measured is never imports


@dataclass(frozen=True)
class PrepareWatch:
    """When a run began to be prepared: processor seconds of this process, and the modules that
    were imported by then.
    """

    seconds: float
    modules: int

    @staticmethod
    def begun() -> PrepareWatch:
        """It begins now."""
        return PrepareWatch(time.process_time(), len(sys.modules))

    def passed(self) -> float:
        """Seconds since, without the imports, which only the first run of a process waits for."""
        seconds = time.process_time() - self.seconds
        return max(IMPORTED * seconds, seconds - IMPORT * (len(sys.modules) - self.modules))


def measure(
    problem: Problem, spec: RunSpec, plan: Plan, *, build: float, since: PrepareWatch
) -> Pace:
    """The pace of the run of `spec` on this machine. build: seconds that `problem` took to make;
    since: when the run began to be prepared.
    """
    with seeded(problem, 0):
        loss, product = _passes(problem)
        point = _point(problem, spec)
    steps: dict[str, Any] = {
        "epoch": trial(problem, spec) if spec.train_epochs else 0.0,
        "rate": plan.rate,
        "point": point,
        "loss": loss,
        "product": product,
        "speed": speed(),
    }
    return Pace(
        machine=machine(),
        build=build,
        preparing=since.passed(),
        **steps,
        workers=plan.workers,
        parameters=problem.layout.parameters,
        together=_together(problem, spec, plan),
    )


def _together(problem: Problem, spec: RunSpec, plan: Plan) -> float:
    """Seconds of a training epoch of one of several networks that train as one batch; 0 where this
    one trains alone.
    """
    if plan.training != Chain.name:
        return 0.0
    rows = min(spec.train_batch, len(problem.x_train))
    engine, one = Chain(problem.copied()), Bundle.of(problem.network, problem.layout)
    bundle = one.repeated(BATCHED)
    stepper = stepper_of(problem, spec, bundle, retraining=False)
    index = torch.arange(BATCHED * rows).reshape(BATCHED, rows) % len(problem.x_train)

    def step() -> None:
        x = problem.x_train[index]
        if problem.augmentation:
            x = torch.stack([augmented(problem, images, torch.Generator()) for images in x])
        stepper.step(engine.gradient(bundle, x, problem.y_train[index])[0], rate=0.0)

    steps = -(-len(problem.x_train) // spec.train_batch)
    return _fastest(step, clock(problem)) * steps / BATCHED


def speed() -> float:
    """How fast this machine analyses, relative to the machine of forecast/analysis.py: by a little
    of what an analysis does all the time, passes over a matrix, sorting, and loops of the
    interpreter.
    """
    values = numpy_stream(0, "speed").random((ROWS, ROWS))
    # in one place: fresh memory would be much of the time, more of it in a young process
    place, roots = np.empty_like(values), list(range(LOOPS))

    def like_an_analysis() -> None:
        np.add(values, values.T, out=place)
        np.sqrt(place, out=place)
        place.partition(20, axis=1)
        np.exp(place, out=place)
        for at in range(1, LOOPS):
            roots[at] = roots[at // 2]

    return REFERENCE / _fastest(like_an_analysis, time.thread_time)


def _point(problem: Problem, spec: RunSpec) -> float:
    """Seconds of both losses at a point of a plane, in the way that planes are evaluated."""
    rows = _few_rows(problem)
    some = part(problem, rows).copied()
    anchor = Bundle.of(some.network, some.layout).repeated(1)
    evaluator = choose(some, anchor)[0](some)
    direction = torch.zeros(1, anchor.weights.shape[1], device=some.device)
    plain = spec.model_copy(update={"batchnorm": "keep"})
    worker = Worker(
        some, evaluator, slabs(evaluator, some), anchor, direction, plain, threading.Event()
    )
    at = np.linspace(0.0, 1.0, GROUP)[:, None]
    with torch.no_grad():
        seconds = _fastest(lambda: worker.scores(at), clock(problem)) / GROUP
    return seconds * _all_rows(problem) / _all_rows(some)


def _passes(problem: Problem) -> tuple[float, float]:
    """Seconds of (the train loss at weights nearby, a Hessian-vector product) on the train rows."""
    some = part(problem, _few_rows(problem)).copied()
    data = some.x_train, some.y_train
    share = len(problem.x_train) / len(some.x_train)
    seconds = clock(problem)
    try:
        point = Point(
            in_mode(some.network, False), some.objective, *data, rows_at_once(some, 2**28)
        )
        weights, times = point.weights(), point.product()

        def nearby() -> None:
            with point.at(weights + 0.0):
                point.loss()

        loss = _fastest(nearby, seconds) * share
        product = _fastest(lambda: times(weights), seconds) * share
    except AnalysisError:  # curvature has no meaning for this loss, which it will say
        return 0.0, 0.0
    return loss, product


def _few_rows(problem: Problem) -> int:
    """Rows whose outputs of all layers fit into the memory of a trial."""
    return max(1, BYTES // (4 * sum(layer_sizes(problem))))


def _all_rows(problem: Problem) -> int:
    return len(problem.x_train) + len(problem.x_test)


def _fastest(step: Callable[[], Any], seconds: Callable[[], float]) -> float:
    """Seconds of the fastest of a few tries of `step`, after one that warms up."""
    step()
    times: list[float] = []
    while len(times) < 2 or (len(times) < TRIES and sum(times) < SPENT):
        before = seconds()
        step()
        times.append(seconds() - before)
    return max(min(times), 1e-9)
