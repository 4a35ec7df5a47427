"""A network at its weights and the data it is measured on: mean loss, gradient and Hessian products there and at weights nearby.

Everything is in eval mode and in blocks of rows, so memory is bounded; the network is bit-identical afterwards, every module in the
mode it was in. Trainable parameters only, as one float64 vector in the order of weights.layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.errors import AnalysisError
from landscape_app.objectives import right
from landscape_app.probes import hessian
from landscape_app.probes.hessian import Losses, Product


def nothing() -> None:
    """The check of those who cannot be cancelled."""


@dataclass(frozen=True)
class Point:
    """`network` with the per-example `losses` on x (row, *shape), y (row, …), `rows` at a time.

    check: called before every pass over the data; may raise. exact: take losses in float64 from whatever the network gives.
    """

    network: nn.Module
    losses: Losses
    x: Tensor
    y: Tensor
    rows: int
    check: Callable[[], None] = nothing
    exact: bool = True

    @property
    def parameters(self) -> list[nn.Parameter]:
        """The trainable ones."""
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
        """Inside, the network has `weights` (parameter,); afterwards its own again, bit for bit, also after an error."""
        parameters = self.parameters
        before = [p.detach().clone() for p in parameters]
        parts = torch.from_numpy(np.asarray(weights, dtype=np.float64)).split([p.numel() for p in parameters])
        with torch.no_grad():
            for p, part in zip(parameters, parts, strict=True):
                p.copy_(part.view_as(p))
        try:
            yield
        finally:
            with torch.no_grad():
                for p, value in zip(parameters, before, strict=True):
                    p.copy_(value)

    def blocks(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """(outputs, targets, losses) of successive blocks of rows, without gradients."""
        self.check()
        with evaluating(self.network), torch.no_grad():
            for inputs, targets in zip(self.x.split(self.rows), self.y.split(self.rows), strict=True):
                outputs = self.network(inputs)
                outputs = outputs.double() if self.exact else outputs
                yield outputs, targets, self.losses(outputs, targets)

    def loss(self) -> float:
        """Mean over all rows; may be inf or NaN."""
        return sum(float(losses.double().sum()) for _, _, losses in self.blocks()) / len(self.x)

    def accuracy(self) -> float:
        """Fraction of rows whose largest output is the label's."""
        return sum(int(right(outputs, targets, losses).sum()) for outputs, targets, losses in self.blocks()) / len(self.x)

    def gradient(self) -> np.ndarray:
        """(parameter,) float64: of the mean loss. Raises AnalysisError where it is not finite."""
        self.check()
        total = torch.zeros(self.size, dtype=torch.float64, device=self.x.device)
        with evaluating(self.network):
            for inputs, targets in zip(self.x.split(self.rows), self.y.split(self.rows), strict=True):
                loss = self.losses(self.network(inputs), targets).sum()
                parts = torch.autograd.grad(loss, self.parameters, allow_unused=True)
                total += torch.cat(
                    [(torch.zeros_like(p) if g is None else g).reshape(-1) for g, p in zip(parts, self.parameters, strict=True)]
                ).double()
        result: np.ndarray = (total / len(self.x)).cpu().numpy()
        if not np.isfinite(result).all():
            raise AnalysisError("The gradient is not finite at the anchor.")
        return result

    def product(self) -> Product:
        """v ↦ Hv, exact, for the Hessian of the mean loss; about four passes over the data each.

        Raises AnalysisError where the loss cannot be differentiated twice or the product is not finite.
        """
        times = hessian.product(self.network, self.losses, self.x, self.y, rows=self.rows)

        def exact(v: np.ndarray) -> np.ndarray:
            self.check()
            try:
                with evaluating(self.network):
                    result = times(v)
            except (RuntimeError, NotImplementedError) as error:
                raise AnalysisError(f"The loss cannot be differentiated twice here: {str(error).splitlines()[0]}") from error
            if not np.isfinite(result).all():
                raise AnalysisError("The Hessian is not finite at the anchor.")
            return result

        return exact


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Eval mode inside; afterwards every module is in the mode that it was in, also where those differed."""
    before = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training
