"""PHATE (Moon et al. 2019): metric scaling of the diffusion potential, on our kernel or the
paper's.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.mds import metric
from landscape_app.analysis.quality import stress
from landscape_app.analysis.space import Space
from landscape_app.analysis.stability import Restart
from landscape_app.analysis.start import random_start, spread

RANDOM = "metric MDS of the same potential with a random start instead of the classical one"


def embed(space: Space, *, dims: int, kernel: str, starts: int | None = None) -> Embedding:
    """`kernel`: "trajectory" or "paper". The diffusion time is the settings' t, else the knee.
    meta: t, knee, components, joined_edges.

    arrays: entropy (100,), whose entry j the phate package labels t = j. Coordinates are in units
    of the potential. `starts`: at most so many others are made to judge the stability.
    """
    diffusion = space.diffusion(kernel)
    t = diffusion.knee if space.spec.t is None else space.spec.t
    potential = diffusion.potential(t)
    target = potential.distances
    coordinates, restart = metric_picture(target, potential.start, space, dims=dims, starts=starts)
    return Embedding(
        coordinates,
        target,
        True,
        {
            "t": t,
            "knee": diffusion.knee,
            "components": diffusion.components,
            "joined_edges": diffusion.joined_edges,
            "kernel": kernel,
        },
        {"entropy": diffusion.entropy},
        restart,
    )


def metric_picture(
    target: np.ndarray, start: np.ndarray, space: Space, *, dims: int, starts: int | None
) -> tuple[np.ndarray, Restart]:
    """(metric scaling (m, dims) of the distances `target` (m, m) from `start` (m, 3), how it is
    begun again at random, at most `starts` times).
    """
    scale = spread(target, dims=dims)

    def again(number: int) -> np.ndarray:
        at = random_start(len(target), dims=dims, seed=space.spec.seed, number=number)
        return metric(target, scale * at)

    return metric(target, start[:, :dims]), Restart(again, RANDOM, starts, partial(stress, target))
