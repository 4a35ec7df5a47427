"""Top eigenvalues, trace and spectral density of a digits MLP's Hessian, beside the loop of the
field: double backward, plain methods.

The loop takes all rows at once and keeps the graph of the gradient, so that a product is one more
backward pass: the fastest way where memory allows it. Its methods are scipy's eigsh, Hutchinson's
signs and Lanczos without reorthogonalisation, all in float32 products.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from scipy.linalg import eigh_tridiagonal
from scipy.sparse.linalg import LinearOperator, eigsh

from landscape_app.bench.comparison import Reference, TimedStep
from landscape_app.datasets import recipe
from landscape_app.networks.construction import of_spec
from landscape_app.objectives import named_loss
from landscape_app.probes import lanczos
from landscape_app.probes.point import Point
from landscape_app.probes.trace import trace
from landscape_app.seeds import numpy_stream
from landscape_app.settings import RunSpec, parse

COUNT, STEPS = 5, 60  # eigenvalues, and products that they may take
TRACE = 45
PROBES, PROBE_STEPS = 4, 30
BLOCK = 4_096  # rows treated at a time by ours
Product = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class HessianCase:
    """An MLP 64-64 as it begins, and `n` rows drawn from the digits."""

    n: int

    @cached_property
    def point(self) -> Point:
        """Ours to measure."""
        spec = parse(RunSpec, {"network": "mlp", "regime": "plain"})
        data = recipe.load(spec)
        rows = numpy_stream(0, "bench", "rows").integers(0, len(data.x_train), self.n)
        x, y = torch.from_numpy(data.x_train[rows]), torch.from_numpy(data.y_train[rows])
        return Point(of_spec(spec, data).eval(), named_loss("cross_entropy"), x, y, BLOCK)

    def ours(self) -> Product:
        """Hessian-vector products as the program takes them."""
        return self.point.product()

    def loop(self) -> Product:
        """As the loop takes them: the gradient's graph is built once."""
        parameters = self.point.parameters
        loss = torch.nn.functional.cross_entropy(self.point.network(self.point.x), self.point.y)
        gradient = torch.cat(
            [g.reshape(-1) for g in torch.autograd.grad(loss, parameters, create_graph=True)]
        )

        def times(v: np.ndarray) -> np.ndarray:
            flat = torch.from_numpy(np.asarray(v, dtype=np.float32).reshape(-1))
            parts = torch.autograd.grad(gradient, parameters, flat, retain_graph=True)
            return torch.cat([part.reshape(-1) for part in parts]).double().numpy()

        return times


def steps(n: int) -> list[TimedStep]:
    """The three comparisons on `n` rows."""
    case = HessianCase(n)
    size = case.point.size
    return [_top(case, size), _trace(case, size), _density(case, size)]


def _top(case: HessianCase, size: int) -> TimedStep:
    def theirs() -> np.ndarray:
        operator = LinearOperator((size, size), matvec=case.loop(), dtype=np.float64)
        start = numpy_stream(0, "bench", "eigsh").standard_normal(size)
        return np.asarray(
            eigsh(operator, k=COUNT, which="LA", v0=start, tol=1e-5, return_eigenvectors=False)
        )[::-1]

    def agreement(ours: lanczos.Top, theirs: np.ndarray) -> dict[str, float]:
        return {"eigenvalues_apart": float(np.abs(ours.values / theirs - 1).max())}

    def ours() -> lanczos.Top:
        return lanczos.top(case.ours(), size, count=COUNT, seed=0, steps=STEPS, tolerance=1e-5)

    reference = Reference("double backward, scipy eigsh", theirs, agreement)
    return TimedStep(
        f"curvature, top {COUNT}",
        case.n,
        ours,
        [reference],
        lambda top: {"largest": float(top.values[0]), "products": top.products},
    )


def _trace(case: HessianCase, size: int) -> TimedStep:
    def theirs() -> tuple[float, float]:
        times, rng = case.loop(), numpy_stream(0, "bench", "signs")
        signs = rng.choice([-1.0, 1.0], (TRACE, size))
        products = np.array([v @ times(v) for v in signs])
        return float(products.mean()), float(products.std(ddof=1) / np.sqrt(TRACE))

    reference = Reference(
        f"double backward, Hutchinson of {TRACE} products",
        theirs,
        lambda a, b: {
            "reference_error": b[1],
            "apart_in_errors": abs(a.value - b[0]) / max(np.hypot(a.error, b[1]), 1e-30),
        },
    )
    return TimedStep(
        "curvature, trace",
        case.n,
        lambda: trace(case.ours(), size, products=TRACE, seed=0),
        [reference],
        lambda estimate: {"trace": estimate.value, "standard_error": estimate.error},
    )


def _density(case: HessianCase, size: int) -> TimedStep:
    def theirs() -> float:
        times = case.loop()
        return float(
            np.mean(
                [
                    _mean_eigenvalue(
                        times, numpy_stream(0, "lanczos", "density", probe).standard_normal(size)
                    )
                    for probe in range(PROBES)
                ]
            )
        )

    def agreement(ours: lanczos.Density, theirs: float) -> dict[str, float]:
        return {"mean_eigenvalue_apart": abs(float(ours.weights @ ours.nodes) - theirs)}

    def ours() -> lanczos.Density:
        return lanczos.density(case.ours(), size, probes=PROBES, steps=PROBE_STEPS, seed=0)

    reference = Reference("double backward, Lanczos without reorthogonalisation", theirs, agreement)
    return TimedStep(
        "curvature, density",
        case.n,
        ours,
        [reference],
        lambda density: {"mean_eigenvalue": float(density.weights @ density.nodes)},
    )


def _mean_eigenvalue(times: Product, start: np.ndarray) -> float:
    """Σ weight · node of the Lanczos quadrature with the start vector `start`."""
    v, before, beta = start / np.linalg.norm(start), np.zeros_like(start), 0.0
    alphas, betas = [], []
    for _ in range(PROBE_STEPS):
        rest = times(v) - beta * before
        alphas.append(float(v @ rest))
        rest -= alphas[-1] * v
        beta = float(np.linalg.norm(rest))
        betas.append(beta)
        before, v = v, rest / beta
    nodes, vectors = eigh_tridiagonal(np.array(alphas), np.array(betas[:-1]))
    return float(np.square(vectors[0]) @ nodes)
