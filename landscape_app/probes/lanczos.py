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
from scipy.special import ndtr

from landscape_app.errors import AnalysisError
from landscape_app.probes.hessian import Product
from landscape_app.probes.krylov import KrylovBasis
from landscape_app.seeds import numpy_stream

MEMORY = 2**30  # bytes of a basis; each vector is float64
SPARE = 5  # vectors that a restarted search has at least beside those that it looks for
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
    krylov = KrylovBasis(times, generator.standard_normal(size), room)
    converged = _searched(krylov, generator, count, max(count, steps), tolerance)
    values, ritz = krylov.ritz()
    values, vectors = values[::-1][:count], krylov.vectors(ritz.T[::-1][:count])
    errors = [krylov.residual(value, v) for value, v in zip(values, vectors, strict=True)]
    return Top(values, vectors, np.array(errors), krylov.products, converged)


def _searched(
    krylov: KrylovBasis, generator: np.random.Generator, count: int, steps: int, tolerance: float
) -> bool:
    """Let `krylov` grow until its `count` largest eigenvalues have converged, or for at most
    `steps` products. Returns whether they have converged.
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
        krylov = KrylovBasis(times, start, most)
        bias.append(_grown(krylov, min(steps, most), most))
        values, vectors = krylov.ritz()
        nodes.append(values)
        weights.append(np.square(vectors[0]))
    mass = _exactly_one(np.concatenate([w / (w.sum() * probes) for w in weights]))
    where, lengths = np.concatenate(nodes), list(map(len, nodes))
    owner = np.repeat(np.arange(probes), lengths)
    smoothed = _smoothed(where, mass, points)
    return Density(where, mass, owner, *smoothed, max(lengths), np.array(bias), size)


def _grown(krylov: KrylovBasis, first: int, most: int) -> float:
    """Let `krylov` grow to `first` steps, then by half again and again up to `most`, until its
    negative share is stable. Returns the possible error of the share.

    This error is the change over the last third of the steps, but at least half of the weight of a
    node at the cut, because such a node stands for eigenvalues on both sides of it. Of the two
    nodes beside the cut the one of smaller weight is used; the other may be all flat directions.
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


def _negative(krylov: KrylovBasis, steps: int) -> tuple[float, float]:
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
    """Normalise the weights to a sum of exactly 1; the largest weight takes the rounding error."""
    result = weights.copy()
    for _ in range(2):  # the first time, the sum's own rounding may be left over
        result[result.argmax()] += 1.0 - math.fsum(result)
    return result


def _smoothed(
    nodes: np.ndarray, weights: np.ndarray, points: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """(grid, density, width). Each node becomes a Gaussian, integrated over the cells of the grid,
    so that no node falls between two points.
    """
    width = _width(nodes)
    edges = np.linspace(nodes.min() - TAILS * width, nodes.max() + TAILS * width, points + 1)
    mass = weights @ np.diff(ndtr((edges - nodes[:, None]) / width), axis=1)
    return (edges[1:] + edges[:-1]) / 2, mass / mass.sum() / np.diff(edges), width


def _width(nodes: np.ndarray) -> float:
    """The standard deviation of the smoothing, for eigenvalues over the range of `nodes`."""
    return (float(np.ptp(nodes)) or max(1.0, abs(float(nodes[0])))) * WIDTH
