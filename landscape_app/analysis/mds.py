"""Coordinates from distances: classical scaling, and metric scaling by majorization that is sped up
three times.

Metric scaling minimises Σ(δ_ij − d_ij)². The Guttman transform G(Y) never raises it (de Leeuw
1977); doubling its step, 2·G(Y) − Y, about halves the steps (de Leeuw & Heiser 1980). As Y − G(Y)
is the gradient up to a factor, L-BFGS then finishes where majorization would creep. And where a
cloud has a shape, a quarter of its snapshots draws it: solved alone they give the rest a start from
which a few passes are left. One evaluation is one pass over half of the distances in float32, in
tiles that stay in the cache.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import minimize
from scipy.sparse.linalg import eigsh
from threadpoolctl import threadpool_limits

from landscape_app.records.pulse import pulse, waited

WARM_UP = 5  # over-relaxed steps before L-BFGS; the last one is plain
EVALUATIONS = 400
# fall of the squared stress in one step, relative to that of the start, at which it stops
TOLERANCE = 5e-6
MEMORY = 10  # of L-BFGS
COARSE = 400  # snapshots from which every STRIDE-th is scaled first
STRIDE = 4
FITS = 1.03  # of the part's stress: 0.98-1.02 for trajectories, 1.05-1.10 for noise
PLACING = 8  # steps that put the others among them
TILE = 192  # two tiles of float32 stay in the cache
LARGE = 400  # snapshots from which a few eigenvectors are quicker by Lanczos


def classical(distances: np.ndarray, *, dims: int) -> tuple[np.ndarray, np.ndarray]:
    """(coordinates (m, dims), eigenvalues (dims,)) of classical scaling: axes scaled by the square
    roots of the eigenvalues.

    Torgerson 1952. Exact for Euclidean distances. Each axis has its largest entry positive; axes of
    eigenvalues ≤ 0 are 0.
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
        values, vectors = waited(
            eigsh,
            inner,
            k=wanted,
            which="LA",
            v0=inner[0] - inner[-1] + np.linspace(1, 2, m),
            tol=1e-10,
        )
    order = np.argsort(-values, kind="stable")
    values, vectors = np.maximum(values[order], 0.0), vectors[:, order]
    vectors = vectors * np.where(
        vectors[np.abs(vectors).argmax(axis=0), np.arange(wanted)] < 0, -1.0, 1.0
    )
    coordinates = np.zeros((m, dims))
    coordinates[:, :wanted] = vectors * np.sqrt(values)
    return coordinates, np.pad(values, (0, dims - wanted))


def metric(distances: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Coordinates (m, dims) float64 that minimise Σ(δ_ij − d_ij)² from `start` (m, dims) on;
    centred. Deterministic.

    distances (m, m) symmetric with diagonal 0. Cost: some 15-90 passes over m²/2 float32 numbers;
    memory 4 m² bytes. In one thread: in products as small as these two wait for each other, for
    twice the processor time (measured at m = 5,000).
    """
    with threadpool_limits(1, user_api="blas"):
        return _metric(distances, start)


def _metric(distances: np.ndarray, start: np.ndarray) -> np.ndarray:
    target = np.ascontiguousarray(distances, dtype=np.float32)
    begin = (start - start.mean(axis=0)).astype(np.float32)
    place, scale, fits = (
        _through_some(target, begin) if len(target) >= COARSE else (begin, np.inf, False)
    )
    if not fits:
        plain = _warm(target, begin)
        squared = _majorize(target, plain)[1]
        if squared < scale:
            place, scale = plain, squared
    best = _descend(target, place, scale, TOLERANCE) if scale > 0 else place.astype(np.float64)
    return np.asarray(best - best.mean(axis=0))


def _warm(target: np.ndarray, place: np.ndarray) -> np.ndarray:
    for step in range(WARM_UP):
        transformed, _ = _majorize(target, place)
        place = transformed if step == WARM_UP - 1 else 2 * transformed - place
    return place


def _descend(target: np.ndarray, place: np.ndarray, scale: float, tolerance: float) -> np.ndarray:
    """L-BFGS from `place` (m, dims) on, whose squared stress is `scale`: (m, dims) float64."""
    shape = place.shape

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        at = flat.reshape(shape).astype(np.float32)
        transformed, squared = _majorize(target, at)
        return (
            squared / scale,
            (4 * len(at) / scale) * (at - transformed).astype(np.float64).ravel(),
        )

    options = {
        "maxiter": EVALUATIONS,
        "maxfun": EVALUATIONS,
        "ftol": tolerance,
        "gtol": 0.0,
        "maxcor": MEMORY,
    }
    answer = minimize(
        loss, place.ravel().astype(np.float64), jac=True, method="L-BFGS-B", options=options
    )
    return np.asarray(answer.x).reshape(shape)


def _through_some(target: np.ndarray, begin: np.ndarray) -> tuple[np.ndarray, float, bool]:
    """Every fourth snapshot scaled alone, at a sixteenth of the cost, then each other one placed
    among them.

    (place (m, dims) float32, its squared stress, whether the rest fits in about as well as the part
    does). It does where a cloud has a shape; in noise of many dimensions a part says nothing about
    the rest.
    """
    some = np.arange(0, len(target), STRIDE)
    inside = np.ascontiguousarray(target[np.ix_(some, some)])
    part = _warm(inside, begin[some])
    scale = _majorize(inside, part)[1]
    if scale > 0:
        part = _descend(inside, part, scale, TOLERANCE / 5).astype(np.float32)
    place = _among(np.ascontiguousarray(target[:, some]), part)
    place[some] = part
    squared, alone = _majorize(target, place)[1], _majorize(inside, part)[1]
    return place, squared, squared / target.size <= FITS**2 * alone / inside.size


def _among(across: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """Each of m snapshots where its distances `across` (m, f) to those at `fixed` (f, dims) want
    it, from the nearest one on.
    """
    place, mean, floor = fixed[across.argmin(axis=1)], fixed.mean(axis=0), _resolution(fixed)
    norms = np.einsum("ij,ij->i", fixed, fixed)
    for step in range(PLACING):
        length = np.einsum("ij,ij->i", place, place)[:, None] + norms - 2 * place @ fixed.T
        np.maximum(length, floor, out=length)
        np.sqrt(length, out=length)
        np.divide(across, length, out=length)
        moved = mean + (length.sum(axis=1)[:, None] * place - length @ fixed) / np.float32(
            len(fixed)
        )
        place = 2 * moved - place if 0 < step < PLACING - 1 else moved
    return np.asarray(place)


def _majorize(target: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, float]:
    """(Guttman transform of `place` (m, dims), Σ_ij(δ_ij − d_ij)²) in one pass over the tiles of
    `target` (m, m) on and above the diagonal.
    """
    pulse()
    m, dims = place.shape
    norms, one = np.einsum("ij,ij->i", place, place), np.ones(m, dtype=np.float32)
    left, right = (
        np.column_stack([place, norms, one]),
        np.ascontiguousarray(np.column_stack([-2 * place, one, norms]).T),
    )
    lifted, floor = np.column_stack([place, one]), _resolution(place)
    sums, squared = np.zeros((m, dims + 1), dtype=np.float32), 0.0
    spare, rest = np.empty(TILE * TILE, dtype=np.float32), np.empty(TILE * TILE, dtype=np.float32)
    for i in range(0, m, TILE):
        for j in range(i, m, TILE):
            block = target[i : i + TILE, j : j + TILE]
            length, misfit = (room[: block.size].reshape(block.shape) for room in (spare, rest))
            np.matmul(left[i : i + TILE], right[:, j : j + TILE], out=length)
            np.maximum(length, floor, out=length)
            np.sqrt(length, out=length)
            np.subtract(block, length, out=misfit)
            squared += (1 if i == j else 2) * float(np.vdot(misfit, misfit))
            np.divide(block, length, out=length)
            sums[i : i + TILE] += length @ lifted[j : j + TILE]
            if i != j:
                sums[j : j + TILE] += length.T @ lifted[i : i + TILE]
    return (sums[:, -1:] * place - sums[:, :-1]) / np.float32(m), squared


def _resolution(place: np.ndarray) -> np.float32:
    """Squared distances come from products of float32: below their resolution a distance counts as
    that.
    """
    largest = np.einsum("ij,ij->i", place, place).max()
    return np.float32(np.float32(1e-7) * max(largest, np.finfo(np.float32).tiny))
