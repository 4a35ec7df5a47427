"""Any optimizer of torch.optim on a whole bundle at once, with the same steps as on each trajectory
alone.

Where the update of a number depends on that number's own history only (SGD, Adam, …) the matrix
(trajectory, parameter) is one tensor to the optimizer. Others work on whole tensors (Adafactor,
Muon, a user's own): each trajectory has one of its own, as in a plain loop, also because a user's
own may look at all of its tensors at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from landscape_app.errors import Cancelled, LandscapeError, ModelError, ResumeError
from landscape_app.registries import OPTIMIZERS, find
from landscape_app.settings import GIVEN, RunSpec
from landscape_app.training.eager import eager
from landscape_app.training.engine import Used
from landscape_app.training.optimizer_factory import built, why_no_step
from landscape_app.training.optimizer_state import groups, restore, restore_groups, stored
from landscape_app.training.problem import Make, Problem
from landscape_app.weights.bundle import Bundle
from landscape_app.weights.layout import Layout

PARTS = "parts"  # in a stored state: an elementwise optimizer that was taken apart


class Stepper:
    """Takes steps on the weights of `bundle`, in place; what it must remember is `state()`, which
    the bundle carries along.

    Parameters are the whole matrix, or every tensor of every trajectory, each trajectory with an
    optimizer of its own. An elementwise optimizer has the matrix until a tensor has no gradient:
    from then on it is taken apart, because torch takes no step there at all (no weight decay, no
    momentum, no count).
    """

    def __init__(self, bundle: Bundle, layout: Layout, make: Make, *, elementwise: bool) -> None:
        self._bundle, self._layout, self._make, self._elementwise = (
            bundle,
            layout,
            make,
            elementwise,
        )
        self._whole = elementwise and PARTS not in bundle.optimizer
        self._build()
        for index, (optimizer, parameters) in enumerate(
            zip(self._optimizers, self._parameters, strict=True)
        ):
            restore(optimizer, parameters, bundle.optimizer, first=index * len(parameters))
            head = f"group.{index}."
            changed = {
                key.removeprefix(head): value
                for key, value in bundle.optimizer.items()
                if key.startswith(head)
            }
            restore_groups(optimizer, changed)

    def step(self, gradient: Tensor, *, rate: float | None, used: Used = None) -> None:
        """One step along `gradient` (trajectory, parameter).

        rate: the learning rate of the epoch, None: the optimizer's own. used: see
        training.engine.Engine.used.
        """
        if used is not None and self._whole:
            self._take_apart()
        for index, (optimizer, parameters, tensors) in enumerate(
            zip(self._optimizers, self._parameters, self._tensors, strict=True)
        ):
            there = [True] * len(parameters) if used is None else used[index]
            parts = (
                [gradient]
                if self._whole
                else [slot.view(gradient[index]) for slot in self._layout.slots]
            )
            for parameter, part, has in zip(parameters, parts, there, strict=True):
                parameter.grad = part if has else None
            if rate is not None:
                for group in optimizer.param_groups:
                    group["lr"] = rate
            stepped(optimizer)
            _written_back(parameters, tensors)

    def state(self) -> dict[str, Tensor]:
        """{"<index>.<name>": tensor} of all that the optimizers remember (see optimizer_state); the
        tensors are their own, not copies.
        """
        tensors: dict[str, Tensor] = {}
        for index, (optimizer, parameters) in enumerate(
            zip(self._optimizers, self._parameters, strict=True)
        ):
            tensors |= stored(optimizer, parameters, first=index * len(parameters))
            if not self._elementwise:  # those of the table change nothing in their groups
                before, now = self._groups[index], groups(optimizer)
                changed = {
                    key: value
                    for key, value in now.items()
                    if key not in before or not torch.equal(before[key], value)
                }
                tensors |= {f"group.{index}.{key}": value for key, value in changed.items()}
        return tensors | ({PARTS: torch.ones(())} if self._elementwise and not self._whole else {})

    def pairs(self) -> list[tuple[torch.optim.Optimizer, list[nn.Parameter]]]:
        """Each optimizer with the parameters that it was made of."""
        return list(zip(self._optimizers, self._parameters, strict=True))

    def _build(self) -> None:
        """Make the parameters, as views of the bundle's weights, and their optimizers."""
        weights, slots = self._bundle.weights, self._layout.slots
        self._tensors = (
            [[weights]] if self._whole else [[slot.view(row) for slot in slots] for row in weights]
        )
        self._parameters = [
            [nn.Parameter(tensor) for tensor in tensors] for tensors in self._tensors
        ]
        self._optimizers = [built(self._make, parameters) for parameters in self._parameters]
        self._groups = [groups(optimizer) for optimizer in self._optimizers]
        if self._elementwise and not self._whole:
            for group in (
                group for optimizer in self._optimizers for group in optimizer.param_groups
            ):
                if "fused" in group:
                    # torch's fused SGD fails where only some tensors have momentum yet
                    group["fused"] = None

    def _take_apart(self) -> None:
        """Change from one matrix to separate tensors. Until now each tensor had a gradient at every
        step.
        """
        state, shape = (
            dict(self._optimizers[0].state.get(self._parameters[0][0], {})),
            self._bundle.weights.shape,
        )
        self._whole = False
        self._build()
        for index, (optimizer, parameters) in enumerate(
            zip(self._optimizers, self._parameters, strict=True)
        ):
            for parameter, slot in zip(parameters, self._layout.slots, strict=True):
                for name, value in state.items():
                    own = slot.view(value[index]) if value.shape == shape else value
                    optimizer.state[parameter][name] = own.clone()


def stepped(optimizer: torch.optim.Optimizer) -> None:
    """Take one step. Raises ModelError where the optimizer fails, at any step."""
    try:
        optimizer.step()
    except (LandscapeError, Cancelled):  # the user can stop within a step too
        raise
    except Exception as error:  # any error of the user's code
        raise ModelError(why_no_step(optimizer, error)) from error


def _written_back(parameters: Sequence[nn.Parameter], tensors: Sequence[Tensor]) -> None:
    """Copy new values into the bundle, where an optimizer has replaced a parameter's tensor
    (`p.data = …`).
    """
    for parameter, tensor in zip(parameters, tensors, strict=True):
        if parameter.data_ptr() != tensor.data_ptr():
            tensor.copy_(parameter.detach())
            parameter.data = tensor


def maker(name: str, *, rate: float, momentum: float, weight_decay: float) -> tuple[Make, bool]:
    """(make, elementwise) of the optimizer `name` of the table OPTIMIZERS; momentum is used by
    those that have it by that name.
    """
    entry = find("optimizer", OPTIMIZERS, name)
    options: dict[str, Any] = {"lr": rate}
    options |= {"weight_decay": weight_decay} if entry.settings.get("weight_decay", True) else {}
    options |= {"momentum": momentum} if entry.settings.get("momentum") else {}
    options |= {"fused": True} if entry.settings.get("fused") else {}
    elementwise = bool(entry.settings.get("elementwise", True))
    return (lambda parameters: eager(entry.load())(parameters, **options)), elementwise


def stepper_of(problem: Problem, spec: RunSpec, bundle: Bundle, *, retraining: bool) -> Stepper:
    """The stepper that `spec` asks for in base training or in retraining; the user's own optimizer
    where one was given.
    """
    own = problem.optimizers[retraining]
    if own is not None:
        return Stepper(bundle, problem.layout, own, elementwise=False)
    name, rate = (
        (spec.optimizer, spec.rate) if retraining else (spec.train_optimizer, spec.train_rate)
    )
    if name == GIVEN:
        raise ResumeError(
            "This run was begun with an optimizer handed over as an object. Call explore again with"
            " the same one, or name one of the table."
        )
    make, elementwise = maker(
        name, rate=rate, momentum=spec.momentum, weight_decay=spec.weight_decay or 0.0
    )
    return Stepper(bundle, problem.layout, make, elementwise=elementwise)
