"""Coordinates from distances: classical scaling, and metric scaling by majorization that is sped up twice (SCIENCE §5).

Metric scaling minimises Σ(δ_ij − d_ij)². The Guttman transform G(Y) never raises it (de Leeuw 1977); doubling its step, 2·G(Y) − Y,
about halves the steps (de Leeuw & Heiser 1980). As Y − G(Y) is the gradient up to a factor, L-BFGS then finishes where
majorization would creep. One evaluation is one pass over the distances in float32, in blocks that stay in the cache.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import minimize
from scipy.sparse.linalg import eigsh

WARM_UP = 5  # over-relaxed steps before L-BFGS; the last one is plain
EVALUATIONS = 300
TOLERANCE = 1e-5  # relative fall of the squared stress in one step at which it stops
MEMORY = 10  # of L-BFGS
BLOCK_BYTES = 2**19  # of distances treated at a time
LARGE = 1_000  # snapshots from which a few eigenvectors are quicker by Lanczos


def classical(distances: np.ndarray, *, dims: int) -> tuple[np.ndarray, np.ndarray]:
    """(coordinates (m, dims), eigenvalues (dims,)) of classical scaling: axes scaled by the square roots of the eigenvalues.

    Torgerson 1952. Exact for Euclidean distances. Each axis has its largest entry positive; axes of eigenvalues ≤ 0 are 0.
    """
    m = len(distances)
    inner = np.square(distances, dtype=np.float64)
    inner -= inner.mean(axis=0)
    inner -= inner.mean(axis=1)[:, None]
    inner *= -0.5
    wanted = min(dims, m)
    if m < LARGE:
        values, vectors = eigh(inner, subset_by_index=[m - wanted, m - 1], check_finite=False)
    else:
        values, vectors = eigsh(inner, k=wanted, which="LA", v0=inner[0] - inner[-1] + np.linspace(1, 2, m), tol=1e-10)
    order = np.argsort(-values, kind="stable")
    values, vectors = np.maximum(values[order], 0.0), vectors[:, order]
    vectors = vectors * np.where(vectors[np.abs(vectors).argmax(axis=0), np.arange(wanted)] < 0, -1.0, 1.0)
    coordinates = np.zeros((m, dims))
    coordinates[:, :wanted] = vectors * np.sqrt(values)
    return coordinates, np.pad(values, (0, dims - wanted))


def metric(distances: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Coordinates (m, dims) float64 that minimise Σ(δ_ij − d_ij)² from `start` (m, dims) on; centred. Deterministic.

    distances (m, m) symmetric with diagonal 0. Cost: some 20-90 passes over m² float32 numbers; memory 4 m² bytes.
    """
    target = np.ascontiguousarray(distances, dtype=np.float32)
    place = (start - start.mean(axis=0)).astype(np.float32)
    for step in range(WARM_UP):
        transformed, _ = _majorize(target, place)
        place = transformed if step == WARM_UP - 1 else 2 * transformed - place
    shape, (_, scale) = place.shape, _majorize(target, place)
    if scale <= 0:
        return place.astype(np.float64)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        at = flat.reshape(shape).astype(np.float32)
        transformed, squared = _majorize(target, at)
        return squared / scale, (4 * len(at) / scale) * (at - transformed).astype(np.float64).ravel()

    options = {"maxiter": EVALUATIONS, "maxfun": EVALUATIONS, "ftol": TOLERANCE, "gtol": 0.0, "maxcor": MEMORY}
    found = minimize(loss, place.ravel().astype(np.float64), jac=True, method="L-BFGS-B", options=options).x.reshape(shape)
    return found - found.mean(axis=0)


def _majorize(target: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, float]:
    """(Guttman transform of `place` (m, dims), Σ_ij(δ_ij − d_ij)²) in one pass over the rows of `target` (m, m)."""
    m, dims = place.shape
    norms = np.einsum("ij,ij->i", place, place)
    one = np.ones(m, dtype=np.float32)
    left, right = np.column_stack([place, norms, one]), np.ascontiguousarray(np.column_stack([-2 * place, one, norms]).T)
    lifted = np.column_stack([place, one])
    # Squared distances come from products of float32: below their resolution a distance counts as that.
    floor = np.float32(1e-7) * max(norms.max(), np.finfo(np.float32).tiny)
    sums, squared = np.empty((m, dims + 1), dtype=np.float32), 0.0
    rows = max(1, BLOCK_BYTES // (4 * m))
    spare, rest = np.empty((rows, m), dtype=np.float32), np.empty((rows, m), dtype=np.float32)
    for first in range(0, m, rows):
        block = target[first : first + rows]
        length, misfit = spare[: len(block)], rest[: len(block)]
        np.matmul(left[first : first + rows], right, out=length)
        np.maximum(length, floor, out=length)
        np.sqrt(length, out=length)
        np.subtract(block, length, out=misfit)
        squared += float(np.vdot(misfit, misfit))
        np.divide(block, length, out=length)
        np.matmul(length, lifted, out=sums[first : first + rows])
    return (sums[:, -1:] * place - sums[:, :-1]) / np.float32(m), squared
