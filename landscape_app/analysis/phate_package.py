"""Kernel, diffusion operator and potential by the phate package (Moon et al. 2019, version 2).

Its settings avoid four traps: landmarks change t, so there are none; its own principal components
are random, so it is given distances; distances of 0 break its bandwidth, so snapshots that coincide
are merged before; and it is given a seed, or it would draw from NumPy's global generator.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse.csgraph import connected_components

from landscape_app.errors import AnalysisError
from landscape_app.records.pulse import waited

T_MAX = 100


@dataclass(frozen=True, eq=False)
class PackagePotential:
    """U = −log(Pᵗ + 1e-7), `values` (m, m), as the package computes it, at the diffusion time `t`.

    entropy (100,): the von Neumann entropy, whose knee is t. components: connected components of
    the kernel's graph.
    """

    values: np.ndarray
    t: int
    components: int
    entropy: np.ndarray


def package_potential(
    distances: np.ndarray, *, k: int, decay: float, seed: int
) -> PackagePotential:
    """The potential of m snapshots at `distances` (m, m), of which no two are 0 apart.

    k: nearest neighbours; decay: exponent of the kernel. The package chooses t, at the knee of the
    entropy. Raises AnalysisError for too few snapshots. O(m³): 2 s for 640, 5 s for
    1,000, one core.
    """
    m = len(distances)
    if m <= k + 1:
        raise AnalysisError(
            f"The phate package needs {k + 2} distinct snapshots for k = {k}; there are {m}."
        )
    return waited(_fitted, distances, k, decay, seed)


def package_mds(potential: np.ndarray, *, dims: int, seed: int) -> np.ndarray:
    """Coordinates (m, dims) by the package's default metric MDS (stochastic gradient descent).

    It stops before it converges, and its unit means nothing. O(300·m²/10).
    """
    phate = waited(_library)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        placed = waited(phate.mds.embed_MDS, potential, ndim=dims, seed=seed)
    return np.asarray(placed, dtype=np.float64)


def _fitted(distances: np.ndarray, k: int, decay: float, seed: int) -> PackagePotential:
    phate = _library()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a graph in pieces: the number of components tells it
        operator = phate.PHATE(
            knn=k,
            decay=decay,
            n_landmark=None,
            knn_dist="precomputed_distance",
            random_state=seed % 2**32,
            n_jobs=1,
            verbose=0,
        ).fit(distances)
        diffused = np.asarray(operator.diff_op)
        entropy = phate.vne.compute_von_neumann_entropy(diffused, t_max=T_MAX)
        t = int(phate.vne.find_knee_point(entropy))
        values = np.asarray(operator.set_params(t=t).diff_potential)
    pieces = int(connected_components(diffused > 0, directed=False)[0])
    return PackagePotential(values, t, pieces, entropy)


def _library() -> Any:
    """The phate package, quiet: it writes to the terminal by a logger of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import phate
        import phate.mds
        import phate.vne
    logging.getLogger("graphtools").setLevel(logging.ERROR)
    return phate
