"""Exact Hessian-vector products of the mean loss at a network's weights, in bounded memory.

Exact by differentiating twice: in ReLU networks finite differences are off by factors of 4-21 at
steps of 1e-3 and more. In eval mode: in train mode BatchNorm would couple the rows and move its
statistics. Trainable parameters only, in the order of weights.layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from landscape_app.datasets.tensors import Rows
from landscape_app.objectives import Objective
from landscape_app.records.pulse import pulse

Product = Callable[[np.ndarray], np.ndarray]  # (parameter,) -> (parameter,), float64
# one a parameter, with the graph that made it; None: not used by the loss
Gradients = tuple[Tensor | None, ...]


def product(network: nn.Module, objective: Objective, x: Rows, y: Tensor, *, rows: int) -> Product:
    """v ↦ Hv for the loss over all rows of `x` (row, *shape), `rows` at a time.

    It costs about four passes over the data. Where all rows are one block, the graph of the
    gradient is kept while weights and buffers do not change, and the next product costs about two.
    The network must be in eval mode. Sums over the blocks are taken in float64.
    """
    parameters = [p for p in network.parameters() if p.requires_grad]
    sizes = [p.numel() for p in parameters]
    graphs: dict[tuple[int, ...], Gradients] = {}
    rows, norm = objective.block(rows, len(x)), objective.norm(y)

    def gradients() -> Gradients:
        # counts what is changed in place
        now = tuple(tensor._version for tensor in (*network.parameters(), *network.buffers()))
        if now not in graphs:
            graphs.clear()
            graphs[now] = _gradients(objective.total(network(x[:]), y), parameters)
        return graphs[now]

    def times(v: np.ndarray) -> np.ndarray:
        flat = torch.from_numpy(np.array(v, dtype=np.float64).reshape(-1)).to(parameters[0])
        parts = [part.view_as(p) for part, p in zip(flat.split(sizes), parameters, strict=True)]
        if len(x) <= rows:
            return (_second(gradients(), parameters, parts, keep=True) / norm).cpu().numpy()
        total = torch.zeros(sum(sizes), dtype=torch.float64, device=flat.device)
        for loss in _losses(network, objective, x.split(rows), y.split(rows)):
            total += _second(_gradients(loss, parameters), parameters, parts)
        return (total / norm).cpu().numpy()

    return times


def _losses(
    network: nn.Module, objective: Objective, inputs: Iterable[Tensor], targets: Iterable[Tensor]
) -> Iterator[Tensor]:
    """The summed loss of each block of rows."""
    for x, y in zip(inputs, targets, strict=True):
        pulse()
        yield objective.total(network(x), y)


def _gradients(loss: Tensor, parameters: list[nn.Parameter]) -> Gradients:
    return torch.autograd.grad(loss, parameters, create_graph=True, allow_unused=True)


def _second(
    gradients: Gradients, parameters: list[nn.Parameter], v: list[Tensor], *, keep: bool = False
) -> Tensor:
    """(parameter,) float64: the Hessian times `v`. Parameters that the loss does not use, or uses
    linearly, contribute 0.
    """
    pairs = [
        (g, part) for g, part in zip(gradients, v, strict=True) if g is not None and g.requires_grad
    ]
    if not pairs:
        return torch.zeros(
            sum(p.numel() for p in parameters), dtype=torch.float64, device=v[0].device
        )
    # of a sum: where torch is given `v` beside the gradients, it imports sympy (0.6 s)
    slope = torch.stack([(g * part).sum() for g, part in pairs]).sum()
    second = torch.autograd.grad(slope, parameters, retain_graph=keep, allow_unused=True)
    return torch.cat(
        [
            (torch.zeros_like(p) if s is None else s).reshape(-1)
            for s, p in zip(second, parameters, strict=True)
        ]
    ).double()
