"""Lanczos with full reorthogonalisation on a matvec: the largest eigenvalues with their vectors and
errors, and the spectral density.

Where the memory for a basis is used up, the search for eigenvalues goes on from its best vectors:
the thick restart of Wu & Simon (2000, SIAM J. Matrix Anal. Appl. 22).

The density is that of stochastic Lanczos quadrature: Ritz values as nodes, the squared first
components of the eigenvectors of the tridiagonal matrix as weights (Ubaru, Chen & Saad 2017, SIAM
J. Matrix Anal. Appl. 38; Ghorbani et al. 2019, arXiv 1901.10159). Without the weights the few
outliers would look as heavy as the bulk. Without reorthogonalisation copies of them would appear.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.special import ndtr

from landscape_app.errors import AnalysisError
from landscape_app.probes.hessian import Product
from landscape_app.seeds import numpy_stream

MEMORY = 2**30  # bytes of a basis; each vector is float64
SPARE = 5  # vectors that a restarted search has at least beside those that it looks for
BLOCK = 2**16  # parameters of which a restart makes the new basis at a time
BREAKDOWN = 1e-10  # of the largest entry so far: what is left of a product is rounding
EVERY = 4  # steps between two looks at whether the top eigenvalues have converged
WIDTH = 1 / 150  # of the spectrum's range: standard deviation of the density's smoothing
# times the products asked for that a probe of the density may take until its negative share settles
MORE = 4
# of that share: how far it may be off for the few nodes of the quadrature where it has settled
SETTLED = 0.1
TAILS = 5  # standard deviations beyond the outermost nodes


@dataclass(frozen=True)
class Top:
    """The largest eigenvalues: values (k,), descending, with vectors (k, parameter) of norm 1
    whose largest entry is positive.

    errors (k,): ‖Hv − λv‖; an eigenvalue is that close to each value. They are measured by one
    more product each: those of the recurrence do not know of the rounding of the products.
    products: how many it took. converged: whether every error of the recurrence is below the
    tolerance.
    """

    values: np.ndarray
    vectors: np.ndarray
    errors: np.ndarray
    products: int
    converged: bool


@dataclass(frozen=True)
class Density:
    """nodes (j,), weights (j,) of mass exactly 1 over all probes, probe (j,) says whose each is;
    grid (g,), density (g,) smoothed.

    The density's mass on its grid is 1; width: standard deviation of the smoothing. steps: the most
    that a probe took. bias (probe,): how far the share below −width may be off in each probe for
    its few nodes, which no number of probes makes smaller.
    """

    nodes: np.ndarray
    weights: np.ndarray
    probe: np.ndarray
    grid: np.ndarray
    density: np.ndarray
    width: float
    steps: int
    bias: np.ndarray
    size: int  # of the matrix

    def negative(self) -> tuple[float, float, float]:
        """(share of eigenvalues below −width, its standard error over the probes, its bias at
        most).

        The standard error is at least that of Gaussian vectors, which see a share as a Beta
        variable: that of few probes may be small by chance.
        """
        shares = self.share(-math.inf, -self.width)
        mean, count = float(shares.mean()), len(shares)
        spread = math.sqrt(mean * (1 - mean) / (self.size / 2 + 1) / count)
        return (
            mean,
            max(float(shares.std(ddof=1)) / math.sqrt(count), spread),
            float(self.bias.mean()),
        )

    def share(self, low: float, high: float) -> np.ndarray:
        """(probe,) the mass strictly between `low` and `high`, as each probe sees it."""
        inside = (self.nodes > low) & (self.nodes < high)
        count = int(self.probe.max()) + 1
        return np.bincount(self.probe[inside], self.weights[inside], count) / np.bincount(
            self.probe, self.weights, count
        )


class _Krylov:
    """A basis of at most `room` vectors, which grows by one product at a time.

    The matrix on it is tridiagonal: `alpha` on the diagonal, `beta` beside it, and beta[-1] is the
    length of what is left over. After a restart the first vectors are Ritz vectors: `_ritz_values`
    stand on the diagonal before `alpha`, and `_coupling` joins each to the first vector after them.
    """

    def __init__(self, times: Product, start: np.ndarray, room: int) -> None:
        self._times = times
        self._basis = np.empty((room, len(start)))
        self._ritz_values = self._coupling = np.empty(0)
        self.alpha: list[float] = []
        self.beta: list[float] = []
        self.products = 0
        self._next = start / np.linalg.norm(start)

    def __len__(self) -> int:
        return len(self._ritz_values) + len(self.alpha)

    @property
    def full(self) -> bool:
        """Whether there is no room for one more vector."""
        return len(self) == len(self._basis)

    def grow(self, refill: np.random.Generator | None = None) -> bool:
        """One step; False where the space is invariant. `refill`: draws the vector to go on with
        there (then beta is 0).
        """
        at = len(self)
        self._basis[at] = self._next
        rest = self._times(self._next)
        self.products += 1
        self.alpha.append(float(self._next @ rest))
        rest = self._without(rest, at + 1)
        left = float(np.linalg.norm(rest))
        largest = max(map(abs, [*self._ritz_values, *self.alpha, *self.beta]))
        broken = left <= BREAKDOWN * largest or at + 1 == len(rest)
        if broken and refill is not None and at + 1 < len(rest):
            rest, left = self._without(refill.standard_normal(len(rest)), at + 1), 0.0
        self.beta.append(0.0 if broken else left)
        if (broken and refill is None) or at + 1 == len(rest):
            return False
        self._next = rest / np.linalg.norm(rest)
        return True

    def _without(self, v: np.ndarray, count: int) -> np.ndarray:
        for _ in range(2):  # twice is enough (Giraud et al. 2005): orthogonal to rounding
            v = v - self._basis[:count].T @ (self._basis[:count] @ v)
        return v

    def restart(self, count: int) -> None:
        """Keep the `count` Ritz vectors of largest value, and what is left over, as the basis."""
        values, vectors = self.ritz()
        self._ritz_values, self._coupling = values[-count:], self.beta[-1] * vectors[-1, -count:]
        for start in range(0, self._basis.shape[1], BLOCK):
            columns = slice(start, start + BLOCK)
            self._basis[:count, columns] = vectors[:, -count:].T @ self._basis[:, columns]
        self.alpha, self.beta = [], []

    def ritz(self, steps: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Eigenvalues (m,), ascending, and eigenvectors (m, m) in columns, of the matrix on the
        first `steps` vectors (None: all; a part only before a restart).
        """
        m = len(self) if steps is None else steps
        at, beta = len(self._ritz_values), np.array(self.beta[: m - 1])
        if not at:
            values, vectors = eigh_tridiagonal(np.array(self.alpha[:m]), beta)
            return values, vectors
        matrix = np.diag([*self._ritz_values, *self.alpha])
        matrix[at, :at] = matrix[:at, at] = self._coupling
        matrix[at:, at:] += np.diag(self.beta[:-1], 1) + np.diag(self.beta[:-1], -1)
        values, vectors = np.linalg.eigh(matrix)
        return values, vectors

    def vectors(self, ritz: np.ndarray) -> np.ndarray:
        """(k, parameter) of norm 1 with positive largest entry, of eigenvectors (k, m) of the
        matrix on the basis.
        """
        vectors = np.empty((len(ritz), self._basis.shape[1]))
        for row, coefficients in zip(vectors, ritz, strict=True):
            row[:] = coefficients @ self._basis[: len(self)]
            row /= math.copysign(np.linalg.norm(row), row[np.abs(row).argmax()])
        return vectors

    def residual(self, value: float, v: np.ndarray) -> float:
        """‖Hv − λv‖, by one more product."""
        self.products += 1
        return float(np.linalg.norm(self._times(v) - value * v))


def affordable(size: int, steps: int) -> int:
    """The steps of a space of `size` dimensions, as many of `steps` as the memory for a basis
    allows.
    """
    return max(2, min(size, steps, MEMORY // (8 * size))) if size > 1 else 1


def top(
    times: Product, size: int, *, count: int, seed: int, steps: int = 80, tolerance: float = 1e-6
) -> Top:
    """The `count` largest eigenvalues (not in magnitude) of a symmetric matrix, in at most `steps`
    + `count` products.

    It stops where every error is below `tolerance` times the largest eigenvalue's magnitude. A
    repeated eigenvalue is found as often as it occurs where the whole space is searched. The basis
    has `steps` vectors, or as many as MEMORY holds; with m of them a product costs O(m · size)
    besides. Raises AnalysisError where there are fewer than `count` parameters.
    """
    if size < count:
        raise AnalysisError(f"The Hessian of {size} parameter(s) has no {count} eigenvalues.")
    generator = numpy_stream(seed, "lanczos", "top")
    room = min(max(count, min(size, steps)), max(count + SPARE, MEMORY // (8 * size) - count))
    krylov = _Krylov(times, generator.standard_normal(size), room)
    converged = _searched(krylov, generator, count, max(count, steps), tolerance)
    values, ritz = krylov.ritz()
    values, vectors = values[::-1][:count], krylov.vectors(ritz.T[::-1][:count])
    errors = [krylov.residual(value, v) for value, v in zip(values, vectors, strict=True)]
    return Top(values, vectors, np.array(errors), krylov.products, converged)


def _searched(
    krylov: _Krylov, generator: np.random.Generator, count: int, steps: int, tolerance: float
) -> bool:
    """Let `krylov` grow until its `count` largest eigenvalues have converged, or by `steps`
    products: whether they have.
    """
    going, scale, error = True, float(np.finfo(float).tiny), math.inf
    while going and krylov.products < steps:
        if krylov.full:
            krylov.restart((count + len(krylov)) // 2)
        going = krylov.grow(generator)
        last = not going or krylov.products == steps
        if len(krylov) < count or (krylov.products % EVERY and not last):
            continue
        values, vectors = krylov.ritz()
        scale = max(scale, float(np.abs(values).max()))
        error = krylov.beta[-1] * float(np.abs(vectors[-1, -count:]).max())
        # Right after a breakdown every error is 0, though what is outside of the space is not known
        # yet.
        if krylov.beta[-1] > 0 and error <= tolerance * scale:
            break
    return error <= tolerance * scale


def density(
    times: Product, size: int, *, probes: int, steps: int, seed: int, points: int = 512
) -> Density:
    """The density of all eigenvalues from `probes` Gaussian vectors of `steps` products each.

    The quadrature has few nodes where eigenvalues are dense, so that a share cut off there is
    biased: up to MORE times as many products are taken until the share of clearly negative
    eigenvalues settles.
    """
    most = affordable(size, MORE * steps)
    nodes, weights, bias = [], [], []
    for probe in range(probes):
        start = numpy_stream(seed, "lanczos", "density", probe).standard_normal(size)
        krylov = _Krylov(times, start, most)
        bias.append(_grown(krylov, min(steps, most), most))
        values, vectors = krylov.ritz()
        nodes.append(values)
        weights.append(np.square(vectors[0]))
    mass = _exactly_one(np.concatenate([w / (w.sum() * probes) for w in weights]))
    where, lengths = np.concatenate(nodes), list(map(len, nodes))
    owner = np.repeat(np.arange(probes), lengths)
    smoothed = _smoothed(where, mass, points)
    return Density(where, mass, owner, *smoothed, max(lengths), np.array(bias), size)


def _grown(krylov: _Krylov, first: int, most: int) -> float:
    """Let `krylov` grow to `first` steps, then by half again and again to `most`, until its
    negative share settles: how far it may be off.

    That is what the last third of the steps changed, and at least half of the weight of the node at
    the cut: it stands for eigenvalues on both sides of it. (Of the two nodes beside the cut that of
    less weight: the other may be all that is flat.)
    """
    look = first
    while True:
        while len(krylov) < look:
            if not krylov.grow():
                return 0.0  # the space is invariant: the quadrature is exact
        (now, cut), (before, _) = _negative(krylov, look), _negative(krylov, max(1, 2 * look // 3))
        off = max(abs(now - before), cut / 2)
        if off <= SETTLED * now or look == most:
            return off
        look = min(look + look // 2 + 1, most)


def _negative(krylov: _Krylov, steps: int) -> tuple[float, float]:
    """(the mass below what the density's width can tell from 0, the smaller weight of the two nodes
    there), by the first `steps`.
    """
    values, vectors = krylov.ritz(steps)
    weights = np.square(vectors[0])
    below = int(np.searchsorted(values, -_width(values)))
    return float(weights[:below].sum()), (
        float(weights[below - 1 : below + 1].min()) if below else 0.0
    )


def _exactly_one(weights: np.ndarray) -> np.ndarray:
    """The last bits go to the heaviest."""
    result = weights.copy()
    for _ in range(2):  # the first time, the sum's own rounding may be left over
        result[result.argmax()] += 1.0 - math.fsum(result)
    return result


def _smoothed(
    nodes: np.ndarray, weights: np.ndarray, points: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """(grid, density, width): each node a Gaussian, integrated over the cells of the grid, so that
    none falls between two points.
    """
    width = _width(nodes)
    edges = np.linspace(nodes.min() - TAILS * width, nodes.max() + TAILS * width, points + 1)
    mass = weights @ np.diff(ndtr((edges - nodes[:, None]) / width), axis=1)
    return (edges[1:] + edges[:-1]) / 2, mass / mass.sum() / np.diff(edges), width


def _width(nodes: np.ndarray) -> float:
    """The standard deviation of the smoothing of eigenvalues over the range of `nodes`."""
    return (float(np.ptp(nodes)) or max(1.0, abs(float(nodes[0])))) * WIDTH
