"""Which engines can take a network's steps: those whose gradients agree with the network's own;
fastest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from landscape_app.errors import ModelError, first_line
from landscape_app.training.batches import seeded
from landscape_app.training.behaviour import reassigned
from landscape_app.training.chain import Chain
from landscape_app.training.engine import Batched, BatchedScoredSingly, Engine, OneAtATime
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

# By the name that a run's plan stores; the last one can do everything.
ENGINES: dict[str, Callable[[Problem], Engine]] = {
    engine.name: engine for engine in (Chain, Batched, BatchedScoredSingly, OneAtATime)
}

# of a trial: rows, steps, and how far a step goes (of a gradient of norm 1 or more)
ROWS, STEPS, STEP = 4, 2, 0.01
SAME = 1e-6  # one module and two do the same arithmetic
# what an engine raises for a network it cannot take
REFUSALS = (RuntimeError, NotImplementedError, ValueError, TypeError, ModelError)


def usable(problem: Problem) -> tuple[list[str], dict[str, str]]:
    """(names of engines that do what an ordinary loop does, {name: why not} of the others); fastest
    first.

    Raises ModelError where even one trajectory at a time, through the module itself, does not: then
    two trajectories touch each other, or a state is lost.
    """
    check_single(problem)
    # A trial binds other weights to the modules: it has a copy, so that the problem's network stays
    # the initial one.
    trial = problem.copied()
    single = OneAtATime(trial)
    anew = reassigned(problem.network, problem.x_train[:ROWS])
    names, reasons = [], {}
    for name, make in ENGINES.items():
        if name == OneAtATime.name:
            continue
        try:
            if anew and make is not Chain:
                reasons[name] = (
                    f"training assigns the buffer '{anew[0]}' anew and does not fill it in place"
                )
            elif _agrees(trial, make(trial), single):
                names.append(name)
            else:
                reasons[name] = "its steps differ from the network's own"
        except REFUSALS as error:
            reasons[name] = first_line(error)
    return [*names, OneAtATime.name], reasons


def check_single(problem: Problem) -> None:
    """Raise ModelError where two trajectories through one module are not what each is through a
    module of its own.
    """
    shared = problem.copied()
    mine = _trace(shared, [OneAtATime(shared)] * 2)
    apart = [problem.copied() for _ in range(2)]
    theirs = _trace(problem, [OneAtATime(problem_copy) for problem_copy in apart])
    if not all(
        torch.allclose(a, b, rtol=SAME, atol=SAME, equal_nan=True)
        for a, b in zip(mine, theirs, strict=True)
    ):
        raise ModelError(
            "The network cannot be used for more than one trajectory: two of them through one"
            " module differ from each through a module of its own. It keeps a state outside its"
            " parameters and buffers: put it into a buffer (register_buffer)."
        )


def _trace(problem: Problem, engines: Sequence[Engine]) -> list[Tensor]:
    """Gradients, outputs and buffers of two trajectories over two steps, one trajectory per engine,
    alternately.
    """
    start = Bundle.of(problem.network, problem.layout).repeated(2)
    start.weights[1] *= 1.1
    bundles = [
        Bundle(
            start.weights[i : i + 1].clone(),
            {k: v[i : i + 1].clone() for k, v in start.buffers.items()},
        )
        for i in range(2)
    ]
    x, y = problem.x_train[:ROWS], problem.y_train[:ROWS]
    trace = []
    with seeded(problem, 0):
        for _ in range(STEPS):
            for engine, bundle in zip(engines, bundles, strict=True):
                gradient, _ = engine.gradient(bundle, x[None], y[None])
                bundle.weights -= STEP * gradient / gradient.norm().clamp(min=1.0)
                trace.append(gradient.clone())
            for engine, bundle in zip(engines, bundles, strict=True):
                trace += [
                    engine.outputs(bundle, x),
                    *(value.double() for value in bundle.buffers.values()),
                ]
    return trace


def _agrees(problem: Problem, engine: Engine, single: Engine) -> bool:
    """Whether two steps of a bundle of two (the initial weights, and the same scaled) agree up to
    rounding.
    """
    bundles = [Bundle.of(problem.network, problem.layout).repeated(2) for _ in range(2)]
    for bundle in bundles:
        bundle.weights[1] *= 1.1
    x, y = (
        t[:ROWS].expand(2, *[-1] * t.dim())
        for t in (problem.x_train[:ROWS], problem.y_train[:ROWS])
    )
    pairs = []
    for _ in range(STEPS):
        pairs.append(
            tuple(
                way.outputs(bundle, problem.x_train[:ROWS])
                for way, bundle in zip((engine, single), bundles, strict=True)
            )
        )
        # with dropout the two draw other numbers: only the outputs can agree
        if problem.stochastic:
            break
        gradients = tuple(
            way.gradient(bundle, x, y)[0].clone()
            for way, bundle in zip((engine, single), bundles, strict=True)
        )
        pairs.append(gradients)
        for bundle in bundles:
            bundle.weights -= (
                STEP * gradients[1] / gradients[1].norm(dim=1, keepdim=True).clamp(min=1.0)
            )
        pairs += [
            (mine.double(), bundles[1].buffers[key].double())
            for key, mine in bundles[0].buffers.items()
        ]
    return all(torch.allclose(a, b, rtol=1e-3, atol=1e-5) for a, b in pairs)
