"""Which engine takes the steps: the fastest whose gradients agree with the network's own; the table, and the choice."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable

import torch

from landscape_app.errors import ModelError
from landscape_app.training.chain import Chain
from landscape_app.training.engine import Batched, Engine, OneAtATime
from landscape_app.training.problem import Problem
from landscape_app.weights.bundle import Bundle

# By the name that a run's plan stores, fastest first; the last one can do everything.
ENGINES: dict[str, Callable[[Problem], Engine]] = {engine.name: engine for engine in (Chain, Batched, OneAtATime)}

REFUSALS = (RuntimeError, NotImplementedError, ValueError, ModelError)  # what an engine raises for a network it cannot take


def choose(problem: Problem, *, trajectories: int) -> tuple[Engine, str]:
    """(engine, why): the first of ENGINES whose step of two different trajectories agrees with one at a time."""
    if trajectories == 1:
        return OneAtATime(problem), "one trajectory"
    reasons = []
    # A trial binds other weights to the modules: it has a copy, so that the problem's network stays the initial one.
    trial = dataclasses.replace(problem, network=copy.deepcopy(problem.network))
    single = OneAtATime(trial)
    for name, make in ENGINES.items():
        if name == OneAtATime.name:
            break
        try:
            if _agrees(trial, make(trial), single):
                return make(problem), f"the first step of '{name}' agrees with the network's own"
            reasons.append(f"{name}: its gradients differ from the network's own")
        except REFUSALS as error:
            reasons.append(f"{name}: {str(error).splitlines()[0]}")
    return OneAtATime(problem), "the network cannot be batched (" + "; ".join(reasons) + ")"


def _agrees(problem: Problem, engine: Engine, single: Engine) -> bool:
    """Whether gradients and outputs of a bundle of two (the initial weights, and those scaled) are the same to rounding."""
    first = Bundle.of(problem.network, problem.layout).repeated(2)
    first.weights[1] *= 1.1
    second = Bundle(first.weights.clone(), first.momentum.clone(), {key: value.clone() for key, value in first.buffers.items()})
    rows = min(4, len(problem.x_train))
    x, y = problem.x_train[:rows].expand(2, *[-1] * problem.x_train.dim()), problem.y_train[:rows].expand(2, -1)
    pairs = [(engine.gradient(first, x, y)[0], single.gradient(second, x, y)[0])]
    pairs.append((engine.outputs(first, problem.x_train[:rows]), single.outputs(second, problem.x_train[:rows])))
    return all(torch.allclose(mine, theirs, rtol=1e-3, atol=1e-5) for mine, theirs in pairs)
