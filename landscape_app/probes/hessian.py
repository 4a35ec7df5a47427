"""Curvature at a network's weights: exact Hessian-vector products of the mean loss in bounded
memory, and its largest eigenvalues.

Exact by differentiating twice: in ReLU networks finite differences are off by factors of 4-21 at
steps of 1e-3 and more. In eval mode: in train mode BatchNorm would couple the rows and move its
statistics. Trainable parameters only, in the order of weights.layout.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse.linalg import ArpackError, ArpackNoConvergence, LinearOperator, eigsh
from torch import Tensor, nn

from landscape_app.datasets.tensors import Rows
from landscape_app.errors import AnalysisError, first_line
from landscape_app.objectives import Objective
from landscape_app.records.pulse import pulse
from landscape_app.seeds import numpy_stream

SMALL = 24  # parameters up to which the whole Hessian is built and diagonalised
TOLERANCE = 1e-5  # of an eigenvalue, relative
MOST_VECTORS = 20  # that Lanczos keeps; each is a float64 vector of the parameters
MEMORY = 2**29  # bytes for them
RESTARTS = 50

Product = Callable[[np.ndarray], np.ndarray]  # (parameter,) -> (parameter,), float64
# one a parameter, with the graph that made it; None: not used by the loss
Gradients = tuple[Tensor | None, ...]


@dataclass(frozen=True)
class Spectrum:
    """The largest eigenvalues (k,), descending, with vectors (k, parameter) of norm 1 whose largest
    entry is positive.

    residuals (k,): ‖Hv − λv‖; products: Hessian-vector products that it took.
    """

    values: np.ndarray
    vectors: np.ndarray
    residuals: np.ndarray
    products: int


def product(network: nn.Module, objective: Objective, x: Rows, y: Tensor, *, rows: int) -> Product:
    """v ↦ Hv for the loss over all rows of `x` (row, *shape), `rows` at a time; costs about four
    passes over the data.

    Where all rows are one block, the graph of the gradient is kept for the next product, which then
    costs about two, for as long as weights and buffers stay as they are. The network must be in
    eval mode. Sums over the blocks are taken in float64.
    """
    parameters = [p for p in network.parameters() if p.requires_grad]
    sizes = [p.numel() for p in parameters]
    kept: dict[tuple[int, ...], Gradients] = {}
    rows, norm = objective.block(rows, len(x)), objective.norm(y)

    def gradients() -> Gradients:
        # counts what is changed in place
        now = tuple(tensor._version for tensor in (*network.parameters(), *network.buffers()))
        if now not in kept:
            kept.clear()
            kept[now] = _gradients(objective.total(network(x[:]), y), parameters)
        return kept[now]

    def times(v: np.ndarray) -> np.ndarray:
        flat = torch.from_numpy(np.array(v, dtype=np.float64).reshape(-1)).to(parameters[0])
        parts = [part.view_as(p) for part, p in zip(flat.split(sizes), parameters, strict=True)]
        if len(x) <= rows:
            return (_second(gradients(), parameters, parts, keep=True) / norm).cpu().numpy()
        total = torch.zeros(sum(sizes), dtype=torch.float64, device=flat.device)
        for inputs, targets in zip(x.split(rows), y.split(rows), strict=True):
            pulse()
            total += _second(
                _gradients(objective.total(network(inputs), targets), parameters), parameters, parts
            )
        return (total / norm).cpu().numpy()

    return times


def _gradients(loss: Tensor, parameters: list[nn.Parameter]) -> Gradients:
    return torch.autograd.grad(loss, parameters, create_graph=True, allow_unused=True)


def _second(
    gradients: Gradients, parameters: list[nn.Parameter], v: list[Tensor], *, keep: bool = False
) -> Tensor:
    """(parameter,) float64: the Hessian times `v`. What the loss does not use, or uses linearly,
    contributes 0.
    """
    pairs = [
        (g, part) for g, part in zip(gradients, v, strict=True) if g is not None and g.requires_grad
    ]
    if not pairs:
        return torch.zeros(
            sum(p.numel() for p in parameters), dtype=torch.float64, device=v[0].device
        )
    given, along = zip(*pairs, strict=True)
    second = torch.autograd.grad(given, parameters, along, retain_graph=keep, allow_unused=True)
    return torch.cat(
        [
            (torch.zeros_like(p) if s is None else s).reshape(-1)
            for s, p in zip(second, parameters, strict=True)
        ]
    ).double()


def top(
    network: nn.Module,
    objective: Objective,
    x: Rows,
    y: Tensor,
    *,
    count: int,
    seed: int,
    rows: int,
    check: Callable[[], None] = lambda: None,
) -> Spectrum:
    """The `count` largest (not largest in magnitude) eigenvalues of the Hessian, by restarted
    Lanczos from a seeded vector.

    `check` is called before every product and may raise. Raises AnalysisError where the network
    cannot be differentiated twice, where the Hessian is zero or not finite, where there are fewer
    parameters than `count`, or where Lanczos does not converge.
    """
    size = sum(p.numel() for p in network.parameters() if p.requires_grad)
    if size < count:
        raise AnalysisError(f"The Hessian of {size} parameter(s) has no {count} eigenvectors.")
    before = network.training
    network.eval()
    times, taken = _guarded(product(network, objective, x, y, rows=rows), check)
    try:
        values, vectors = (
            _dense(times, size, count) if size <= SMALL else _lanczos(times, size, count, seed)
        )
        residuals = np.array(
            [
                np.linalg.norm(times(v) - value * v)
                for value, v in zip(values, vectors.T, strict=True)
            ]
        )
    finally:
        network.train(before)
    vectors = vectors * np.where(
        vectors[np.abs(vectors).argmax(0), np.arange(count)] < 0, -1.0, 1.0
    )
    return Spectrum(values, vectors.T, residuals, len(taken))


def _guarded(times: Product, check: Callable[[], None]) -> tuple[Product, list[None]]:
    """`times` that speaks to people, and a list that grows by one with every product."""
    taken: list[None] = []

    def guarded(v: np.ndarray) -> np.ndarray:
        check()
        taken.append(None)
        try:
            result = times(v)
        except (RuntimeError, NotImplementedError) as error:
            raise AnalysisError(
                f"The loss cannot be differentiated twice here: {first_line(error)}"
            ) from error
        if not np.isfinite(result).all():
            raise AnalysisError("The Hessian is not finite at the anchor.")
        return result

    return guarded, taken


def _dense(times: Product, size: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    hessian = np.stack([times(row) for row in np.eye(size)])
    if not hessian.any():
        raise AnalysisError("The Hessian is zero at the anchor: no direction curves.")
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    return values[::-1][:count], vectors[:, ::-1][:, :count]


def _lanczos(times: Product, size: int, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    start = numpy_stream(seed, "hessian").standard_normal(size)
    if not times(start).any():
        raise AnalysisError("The Hessian is zero at the anchor: no direction curves.")
    kept = min(size - 1, max(2 * count + 2, min(MOST_VECTORS, MEMORY // (8 * size))))
    operator = LinearOperator((size, size), matvec=times, dtype=np.float64)
    try:
        values, vectors = eigsh(
            operator,
            k=count,
            which="LA",
            v0=start / math.sqrt(size),
            ncv=kept,
            maxiter=RESTARTS,
            tol=TOLERANCE,
        )
    except ArpackNoConvergence as error:
        raise AnalysisError(
            f"Lanczos found {len(error.eigenvalues)} of {count} eigenvectors in {RESTARTS}"
            " restarts."
        ) from error
    except ArpackError as error:
        raise AnalysisError(f"Lanczos failed: {error}") from error
    return values[::-1], vectors[:, ::-1]
