"""PHATE as the paper computed it: kernel, operator and potential by the phate package."""

from __future__ import annotations

from functools import partial

import numpy as np

from landscape_app.analysis.diffusion import row_distances
from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.embeddings.phate import metric_picture
from landscape_app.analysis.mds import classical
from landscape_app.analysis.phate_package import PackagePotential, package_mds
from landscape_app.analysis.published_distance import DECAY, K
from landscape_app.analysis.quality import fitted, stress
from landscape_app.analysis.space import Space
from landscape_app.analysis.stability import Restart

SEEDS = 2**32


def embed(space: Space, *, dims: int, mds: str) -> Embedding:
    """`mds`: "ours", or "package" for the package's own, which does not converge.

    meta: t and knee (the same: the package chooses t for each run alone), components, k, decay.
    arrays: entropy (100,). Coordinates are in units of the potential. Raises AnalysisError for
    fewer than seven distinct snapshots.
    """
    potential = space.by_package(k=K, decay=DECAY)
    target = row_distances(potential.values)
    if mds == "ours":
        start = classical(target, dims=3)[0]
        coordinates, restart = metric_picture(target, start, space, dims=dims, starts=1)
    else:
        coordinates, restart = _by_package(potential, target, dims=dims, seed=space.spec.seed)
    meta = {
        "t": potential.t,
        "knee": potential.t,
        "components": potential.components,
        "joined_edges": 0,
        "k": K,
        "k_cross": None,
        "decay": float(DECAY),
        "kernel": "phate package",
        "space": "cosine after 100 principal components",
        "mds": mds,
    }
    return Embedding(coordinates, target, True, meta, {"entropy": potential.entropy}, restart)


def _by_package(
    potential: PackagePotential, target: np.ndarray, *, dims: int, seed: int
) -> tuple[np.ndarray, Restart]:
    """The package's metric MDS, scaled to the potential; and with another seed."""

    def place(number: int) -> np.ndarray:
        return fitted(
            target, package_mds(potential.values, dims=dims, seed=(seed + number) % SEEDS)
        )

    words = "the package's MDS of the same potential, with another random seed"
    return place(0), Restart(place, words, 1, partial(stress, target))
