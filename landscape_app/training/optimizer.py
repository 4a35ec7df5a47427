"""Any optimizer of torch.optim on a whole bundle at once, exactly as on each of its trajectories alone.

Where the update of a number depends on that number's own history only (SGD, Adam, …) the matrix (trajectory, parameter) is one
tensor to the optimizer. Others work on whole tensors (Adafactor, Muon, a user's own): they are given every tensor of every trajectory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from landscape_app.errors import ModelError
from landscape_app.registries import OPTIMIZERS, find
from landscape_app.settings import RunSpec
from landscape_app.training.problem import Make, Problem
from landscape_app.weights.bundle import Bundle
from landscape_app.weights.layout import Layout


class Stepper:
    """Takes steps on the weights of `bundle`, in place; what it must remember is `state()`, which the bundle carries along."""

    def __init__(self, bundle: Bundle, layout: Layout, make: Make, *, elementwise: bool) -> None:
        self._bundle, self._elementwise, self._layout = bundle, elementwise, layout
        parts = [bundle.weights] if elementwise else [slot.view(row) for row in bundle.weights for slot in layout.slots]
        self._parameters = [nn.Parameter(part) for part in parts]
        try:
            self._optimizer = make(self._parameters)
        except (ValueError, TypeError) as error:
            raise ModelError(f"The optimizer cannot take this network: {str(error).splitlines()[0]}") from error
        self._load(bundle.optimizer)

    def step(self, gradient: Tensor, *, rate: float | None) -> None:
        """One step along `gradient` (trajectory, parameter); `rate`: the learning rate of the epoch, None: the optimizer's own."""
        parts = [gradient] if self._elementwise else [slot.view(row) for row in gradient for slot in self._layout.slots]
        for parameter, part in zip(self._parameters, parts, strict=True):
            parameter.grad = part
        if rate is not None:
            for group in self._optimizer.param_groups:
                group["lr"] = rate
        self._optimizer.step()

    def state(self) -> dict[str, Tensor]:
        """{"<index>.<name>": tensor} of all that the optimizer remembers; the tensors are its own, not copies."""
        states = [self._optimizer.state.get(parameter, {}) for parameter in self._parameters]
        return {f"{i}.{name}": value for i, state in enumerate(states) for name, value in state.items() if isinstance(value, Tensor)}

    def _load(self, state: Mapping[str, Tensor]) -> None:
        for key, value in state.items():
            index, _, name = key.partition(".")
            self._optimizer.state[self._parameters[int(index)]][name] = value.clone()


def maker(name: str, *, rate: float, momentum: float, weight_decay: float) -> tuple[Make, bool]:
    """(make, elementwise) of the optimizer `name` of the table OPTIMIZERS; momentum is used by those that have it by that name."""
    entry = find("optimizer", OPTIMIZERS, name)
    options: dict[str, Any] = {"lr": rate}
    options |= {"weight_decay": weight_decay} if entry.settings.get("weight_decay", True) else {}
    options |= {"momentum": momentum} if entry.settings.get("momentum") else {}
    options |= {"fused": True} if entry.settings.get("fused") else {}
    elementwise = bool(entry.settings.get("elementwise", True))
    return (lambda parameters: entry.load()(parameters, **options)), elementwise


def stepper_of(problem: Problem, spec: RunSpec, bundle: Bundle, *, retraining: bool) -> Stepper:
    """The stepper that `spec` asks for in base training or in retraining; the user's own optimizer where one was given."""
    own = problem.optimizers[retraining]
    if own is not None:
        return Stepper(bundle, problem.layout, own, elementwise=False)
    name, rate = (spec.optimizer, spec.rate) if retraining else (spec.train_optimizer, spec.train_rate)
    make, elementwise = maker(name, rate=rate, momentum=spec.momentum, weight_decay=spec.weight_decay or 0.0)
    return Stepper(bundle, problem.layout, make, elementwise=elementwise)
