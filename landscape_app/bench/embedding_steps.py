"""Distances, PHATE and metric scaling of a made cloud, beside scipy, scikit-learn and the phate
package.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from landscape_app.analysis.diffusion import Potential, potential
from landscape_app.analysis.distances import squares
from landscape_app.analysis.mds import metric
from landscape_app.analysis.quality import stress
from landscape_app.bench.comparison import TimedStep, affordable
from landscape_app.bench.made import BenchCloud, diffusion
from landscape_app.records.snapshots import Matrix
from landscape_app.seeds import numpy_stream

DIMS = 3
PAIRS = 2_000  # whose distances are taken directly, to see the errors of all ways
SLOW = 1_000  # snapshots up to which scipy takes differences of every pair
Found = tuple[Potential, np.ndarray]  # what PHATE gives: potential, coordinates (n, 3)


def _gram(delta: np.ndarray) -> np.ndarray:
    norms = np.einsum("nd,nd->n", delta, delta)
    return np.asarray(np.sqrt(np.maximum(norms[:, None] + norms - 2 * delta @ delta.T, 0)))


def distances(cloud: BenchCloud, limit: int) -> TimedStep:
    """Distances of all pairs; `error`: the largest relative one of the pairs of `_direct`."""
    from scipy.spatial.distance import cdist
    from sklearn.metrics.pairwise import euclidean_distances

    delta = cloud.delta
    i, j, exact = _direct(delta)

    def error(values: np.ndarray) -> dict[str, float]:
        return {"error": float(np.abs(values[i, j] / exact - 1).max())}

    def pairwise() -> Any:
        return euclidean_distances(delta.astype(np.float64))

    def differences() -> Any:
        wide = delta.astype(np.float64)
        return cdist(wide, wide)

    theirs = [
        affordable(name, run, lambda a, b: error(b), n=cloud.n, limit=most)
        for name, run, most in (
            ("scikit-learn euclidean_distances, float64", pairwise, 2 * limit),
            ("scipy cdist, float64", differences, min(limit, SLOW)),
            ("numpy Gram matrix, float32", partial(_gram, delta), 2 * limit),
        )
    ]
    return TimedStep(
        "distances", cloud.n, lambda: np.sqrt(squares(Matrix.of(delta))), theirs, error
    )


def _direct(delta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(i, j, distances (pairs,)) in float64 from differences. Half of the pairs are consecutive
    rows, the others are drawn.
    """
    rng, n = numpy_stream(0, "bench", "pairs"), len(delta)
    i = rng.integers(0, n - 1, PAIRS)
    j = np.where(np.arange(PAIRS) % 2, i + 1, (i + rng.integers(1, n, PAIRS)) % n)
    return (
        i,
        j,
        np.array(
            [
                np.linalg.norm(delta[a].astype(np.float64) - delta[b])
                for a, b in zip(i, j, strict=True)
            ]
        ),
    )


def embedding(cloud: BenchCloud, limit: int) -> TimedStep:
    """Kernel, entropy and knee, potential, metric scaling to 3-D, from the distances on; the phate
    package gets our kernel.
    """
    dense = cloud.diffusion.kernel.toarray() if cloud.n <= limit else np.empty(0)

    def agreement(ours: Found, theirs: Any) -> dict[str, float]:
        operator, coordinates = theirs
        here = potential(cloud.diffusion.power(int(operator.optimal_t)))
        return {
            "t": float(operator.optimal_t),
            "potential_apart": float(np.abs(here - operator.diff_potential).max()),
            "stress": _stress(ours[0].distances, coordinates),
        }

    theirs = [
        affordable(
            f"phate, {solver} solver",
            partial(_phate, dense, solver),
            agreement,
            n=cloud.n,
            limit=limit,
            note=note,
        )
        for solver, note in (("sgd", "its default"), ("smacof", ""))
    ]
    return TimedStep(
        "embedding",
        cloud.n,
        lambda: phate(cloud),
        theirs,
        lambda result: {"t": result[0].t, "stress": _stress(result[0].distances, result[1])},
    )


def phate(cloud: BenchCloud) -> Found:
    """Ours, from the distances of `cloud` on."""
    diffused = diffusion(cloud)
    apart = diffused.potential(diffused.knee)
    return apart, metric(apart.distances, apart.start)


def _phate(kernel: np.ndarray, solver: str) -> Any:
    from phate import PHATE

    operator = PHATE(
        n_components=DIMS,
        knn_dist="precomputed_affinity",
        n_landmark=None,
        thresh=0,
        mds_solver=solver,
        random_state=0,
        verbose=0,
    )
    return operator, operator.fit_transform(kernel)


def scaling(cloud: BenchCloud, limit: int) -> TimedStep:
    """Metric scaling of the potential to 3-D, both from the same classical start, whose time is not
    counted.
    """
    from sklearn.manifold import smacof

    apart = cloud.potential

    options = {"n_init": 1, "max_iter": 300, "eps": 1e-6, "normalized_stress": False}

    def theirs() -> Any:
        return smacof(apart.distances, n_components=DIMS, init=apart.start, **options)[0]

    def judged(coordinates: np.ndarray) -> dict[str, float]:
        return {"stress": stress(apart.distances, coordinates)}

    reference = affordable(
        "scikit-learn smacof (300 steps, eps 1e-6)",
        theirs,
        lambda a, b: judged(b),
        n=cloud.n,
        limit=limit,
    )
    return TimedStep(
        "metric MDS", cloud.n, lambda: metric(apart.distances, apart.start), [reference], judged
    )


def _stress(target: np.ndarray, coordinates: np.ndarray) -> float:
    """Stress of the coordinates after the best scaling, because the scale of the phate package has
    no meaning.
    """
    over, under = 0.0, 0.0
    for first in range(0, len(target), 256):
        difference = coordinates[first : first + 256, None].astype(np.float64) - coordinates
        embedded = np.linalg.norm(difference, axis=2)
        over, under = (
            over + float((target[first : first + 256] * embedded).sum()),
            under + float((embedded**2).sum()),
        )
    return stress(target, coordinates * (over / under))
