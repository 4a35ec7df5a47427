"""An optimizer made by the user's function, and the error messages where the function or its result
cannot be used.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence

import torch
from torch import nn

from landscape_app.errors import ModelError
from landscape_app.training.problem import Make

HOW = "Give a function of the parameters: lambda parameters: torch.optim.SGD(parameters, lr=0.1)."
ONE_GRADIENT = (
    # what LBFGS and SAM do not
    "Here an optimizer gets one gradient of each batch. Take one of those, e.g. torch.optim.SGD or"
    " Adam"
)
Schedule = torch.optim.lr_scheduler.LRScheduler


def built(make: Make, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
    """`make(parameters)`; raises ModelError, with what to give instead, where that is no optimizer
    of just these parameters.
    """
    _check_maker(make)
    try:
        optimizer = make(parameters)
    except Exception as error:  # any error of the user's code
        raise ModelError(_why_not_made(make, error)) from error
    _check(optimizer, make)
    foreign = [
        p
        for group in optimizer.param_groups
        for p in group["params"]
        if not any(p is parameter for parameter in parameters)
    ]
    if foreign:
        raise ModelError(
            f"The optimizer {_name(optimizer)} was made over other parameters than those given:"
            f" {len(foreign)} of its tensors are not among the {len(parameters)} that the function"
            " got. Use its argument, which holds the trainable tensors in the order of"
            " model.named_parameters(); for groups by name: zip(names, parameters)."
        )
    return optimizer


def left_out(optimizer: torch.optim.Optimizer, parameters: Sequence[nn.Parameter]) -> list[int]:
    """Which of `parameters` no group of `optimizer` holds."""
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    return [index for index, p in enumerate(parameters) if id(p) not in held]


def why_no_step(optimizer: torch.optim.Optimizer, error: Exception) -> str:
    """Why a step failed, in one line."""
    text = first_line(error)
    if "closure" in text.lower():
        return _needs_closure(optimizer)
    if "sparse" in text.lower():
        return (
            f"The optimizer {_name(optimizer)} cannot take this network's gradients: {text}. Take"
            " another, e.g. torch.optim.Adam."
        )
    return f"The optimizer {_name(optimizer)} fails in a step: {text}"


def first_line(error: Exception) -> str:
    """The error's first line, or its kind where it has no words."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _check_maker(make: object) -> None:
    if isinstance(make, torch.optim.Optimizer):
        kind = type(make).__name__
        raise ModelError(
            f"An optimizer that exists already ({kind}) was given. Each trajectory needs a fresh"
            f" one. Give a function that makes it: lambda parameters: {kind}(parameters, …)."
        )
    if isinstance(make, Schedule) or (isinstance(make, type) and issubclass(make, Schedule)):
        kind = type(make).__name__ if isinstance(make, Schedule) else make.__name__
        raise ModelError(
            f"{kind} is a learning-rate schedule, no optimizer. {HOW} A schedule is a setting:"
            " train_schedule='cosine'."
        )
    if not callable(make):
        raise ModelError(
            f"An optimizer is a name or a function of the parameters, not {type(make).__name__}."
            f" {HOW}"
        )


def _why_not_made(make: Make, error: Exception) -> str:
    text, name = first_line(error), getattr(make, "__name__", type(make).__name__)
    if isinstance(error, TypeError) and "argument" in text:
        if isinstance(make, type):
            return (
                f"The optimizer {name} cannot be made of the parameters alone: {text}. "
                f"Give a function that adds the rest: lambda parameters: {name}(parameters, …)."
            )
        return (
            f"The function for the optimizer cannot be called with the parameters alone: {text}."
            f" {HOW}"
        )
    what = (
        "The optimizer cannot take this network"
        if isinstance(error, (ValueError, TypeError))
        else "The function for the optimizer fails"
    )
    return f"{what}: {text.removesuffix('.')}."


def _check(optimizer: object, make: Make) -> None:
    if isinstance(optimizer, Schedule):
        raise ModelError(
            "The function for the optimizer returned a learning-rate schedule"
            f" ({type(optimizer).__name__}). Return the optimizer itself. A schedule is a setting:"
            " train_schedule='cosine'."
        )
    if optimizer is None:
        raise ModelError(
            "The function for the optimizer returned None: it must return the optimizer that it"
            f" makes. {HOW}"
        )
    if isinstance(optimizer, type) or not all(
        hasattr(optimizer, name) for name in ("step", "param_groups", "state")
    ):
        raise ModelError(
            f"The function for the optimizer returned {_described(optimizer)}, which is no"
            f" optimizer of torch. {HOW}"
        )
    closure = inspect.signature(optimizer.step).parameters.get("closure")  # type: ignore[attr-defined]
    if closure is not None and closure.default is inspect.Parameter.empty:
        raise ModelError(_needs_closure(optimizer))


def _described(given: object) -> str:
    return (
        f"the class {given.__name__}"
        if isinstance(given, type)
        else f"an object of the kind {type(given).__name__}"
    )


def _needs_closure(optimizer: object) -> str:
    return (
        f"The optimizer {_name(optimizer)} needs a closure: it evaluates the loss several times"
        f" per step. {ONE_GRADIENT}."
    )


def _name(optimizer: object) -> str:
    return type(optimizer).__name__
