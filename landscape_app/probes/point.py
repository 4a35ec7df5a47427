"""A network at its weights and the data it is measured on: mean loss, gradient and Hessian products
there and at weights nearby.

Everything is in eval mode and in blocks of rows, so memory is bounded; the network is bit-identical
afterwards, every module in the mode it was in. Trainable parameters only, as one float64 vector in
the order of weights.layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.datasets.tensors import Rows
from landscape_app.errors import AnalysisError, first_line
from landscape_app.objectives import Objective
from landscape_app.probes import hessian
from landscape_app.probes.hessian import Product
from landscape_app.records.pulse import pulse


def nothing() -> None:
    """The check of a caller that cannot be cancelled."""


@dataclass(frozen=True)
class Point:
    """`network` with its `objective` on x (row, *shape), y (row, …), `rows` at a time (all where
    the loss cannot be split).

    check: called before every pass over the data; may raise.
    """

    network: nn.Module
    objective: Objective
    x: Rows
    y: Tensor
    rows: int
    check: Callable[[], None] = nothing

    @property
    def parameters(self) -> list[nn.Parameter]:
        """The trainable parameters."""
        return [p for p in self.network.parameters() if p.requires_grad]

    @property
    def size(self) -> int:
        """Their number."""
        return sum(p.numel() for p in self.parameters)

    def weights(self) -> np.ndarray:
        """(parameter,) float64."""
        return torch.cat([p.detach().reshape(-1) for p in self.parameters]).double().cpu().numpy()

    @contextmanager
    def at(self, weights: np.ndarray) -> Iterator[None]:
        """Inside the block the network has `weights` (parameter,). Afterwards its own are restored
        bit for bit, also after an error.
        """
        parameters = self.parameters
        before = [p.detach().clone() for p in parameters]
        parts = torch.from_numpy(np.asarray(weights, dtype=np.float64)).split(
            [p.numel() for p in parameters]
        )
        with torch.no_grad():
            for p, part in zip(parameters, parts, strict=True):
                p.copy_(part.view_as(p))
        try:
            yield
        finally:
            with torch.no_grad():
                for p, value in zip(parameters, before, strict=True):
                    p.copy_(value)

    def parts(self) -> Iterator[tuple[Tensor, Tensor]]:
        """(inputs, targets) of successive blocks of rows."""
        rows = self.objective.block(self.rows, len(self.x))
        for inputs, targets in zip(self.x.split(rows), self.y.split(rows), strict=True):
            pulse()
            yield inputs, targets

    def blocks(self) -> Iterator[tuple[Tensor, Tensor]]:
        """(outputs, targets) of successive blocks of rows, without gradients."""
        self.check()
        with evaluating(self.network), torch.no_grad():
            for inputs, targets in self.parts():
                yield self.objective.precise(self.network(inputs)), targets

    def loss(self) -> float:
        """The mean loss over all rows; may be inf or NaN."""
        return sum(
            float(self.objective.total(outputs, targets)) for outputs, targets in self.blocks()
        ) / self.objective.norm(self.y)

    def accuracy(self) -> float:
        """The share of rows, or of label entries, that are right. Raises AnalysisError where the
        targets are no classes.
        """
        accuracy, rows = self.objective.accuracy, self.objective.rows
        if accuracy is None:
            raise AnalysisError("This run is a regression, so it has no accuracy.")
        hits = 0.0
        for outputs, targets in self.blocks():
            hits += float(
                accuracy.hits(
                    outputs,
                    targets,
                    rows(outputs, targets) if rows and self.objective.exact else None,
                ).sum()
            )
        return hits / accuracy.rows(self.y)

    def gradient(self) -> np.ndarray:
        """(parameter,) float64: of the recorded loss. Raises AnalysisError where it is not
        finite.
        """
        self.check()
        total = torch.zeros(self.size, dtype=torch.float64, device=self.x.device)
        with evaluating(self.network):
            for inputs, targets in self.parts():
                loss = self.objective.total(self.network(inputs), targets)
                parts = torch.autograd.grad(loss, self.parameters, allow_unused=True)
                total += torch.cat(
                    [
                        (torch.zeros_like(p) if g is None else g).reshape(-1)
                        for g, p in zip(parts, self.parameters, strict=True)
                    ]
                ).double()
        result: np.ndarray = (total / self.objective.norm(self.y)).cpu().numpy()
        if not np.isfinite(result).all():
            raise AnalysisError("The gradient is not finite at the anchor.")
        return result

    def product(self) -> Product:
        """v ↦ Hv, exact, for the Hessian of the mean loss; about four passes over the data each.

        Raises AnalysisError where the loss cannot be differentiated twice or the product is not
        finite.
        """
        times = hessian.product(self.network, self.objective, self.x, self.y, rows=self.rows)

        def exact(v: np.ndarray) -> np.ndarray:
            self.check()
            try:
                with evaluating(self.network):
                    result = times(v)
            except (RuntimeError, NotImplementedError) as error:
                raise AnalysisError(
                    f"The loss cannot be differentiated twice here: {first_line(error)}"
                ) from error
            if not np.isfinite(result).all():
                raise AnalysisError("The Hessian is not finite at the anchor.")
            return result

        return exact


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Eval mode inside the block. Afterwards every module has its former mode, also where modes
    differed.
    """
    before = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training
