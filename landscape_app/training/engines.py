"""Which engines can take a network's steps: those whose gradients agree with the network's own; fastest first."""

from __future__ import annotations

from collections.abc import Callable

import torch

from landscape_app.errors import ModelError, first_line
from landscape_app.training.chain import Chain
from landscape_app.training.engine import Batched, BatchedScoredSingly, Engine, OneAtATime
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

# By the name that a run's plan stores; the last one can do everything.
ENGINES: dict[str, Callable[[Problem], Engine]] = {engine.name: engine for engine in (Chain, Batched, BatchedScoredSingly, OneAtATime)}

REFUSALS = (RuntimeError, NotImplementedError, ValueError, TypeError, ModelError)  # what an engine raises for a network it cannot take


def usable(problem: Problem) -> tuple[list[str], dict[str, str]]:
    """(names of engines that agree with one at a time, {name: why not} of the others); one at a time itself is always usable."""
    # A trial binds other weights to the modules: it has a copy, so that the problem's network stays the initial one.
    trial = problem.copied()
    single = OneAtATime(trial)
    names, reasons = [], {}
    for name, make in ENGINES.items():
        if name == OneAtATime.name:
            continue
        try:
            if _agrees(trial, make(trial), single):
                names.append(name)
            else:
                reasons[name] = "its gradients differ from the network's own"
        except REFUSALS as error:
            reasons[name] = first_line(error)
    return [*names, OneAtATime.name], reasons


def _agrees(problem: Problem, engine: Engine, single: Engine) -> bool:
    """Whether gradients and outputs of a bundle of two (the initial weights, and those scaled) are the same to rounding."""
    first = Bundle.of(problem.network, problem.layout).repeated(2)
    first.weights[1] *= 1.1
    second = Bundle(first.weights.clone(), {key: value.clone() for key, value in first.buffers.items()})
    rows = min(4, len(problem.x_train))
    x, y = (t[:rows].expand(2, *[-1] * t.dim()) for t in (problem.x_train, problem.y_train))
    pairs = [(engine.outputs(first, problem.x_train[:rows]), single.outputs(second, problem.x_train[:rows]))]
    mine, theirs = engine.gradient(first, x, y)[0], single.gradient(second, x, y)[0]
    if not problem.stochastic:  # with dropout the two draw other numbers: only the outputs can agree
        pairs.append((mine, theirs))
    return all(torch.allclose(a, b, rtol=1e-3, atol=1e-5) for a, b in pairs)
