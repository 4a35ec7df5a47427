"""Metric MDS: the picture whose distances come nearest to the input's in the mean square, by our
own solver.
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

RANDOM = "metric MDS with a random start instead of the classical one"


def embed(space: Space, *, dims: int) -> Embedding:
    """Coordinates (m, dims) in units of the distance, from the classical picture on."""
    m, unit = len(space.distances), float(space.distances.max())
    # the solver squares in single precision: no distance is too large, or too small, for it
    target = space.distances / unit
    scale = spread(target, dims=dims)

    def again(number: int) -> np.ndarray:
        return metric(
            target, scale * random_start(m, dims=dims, seed=space.spec.seed, number=number)
        )

    placed = unit * metric(target, space.principal[0][:, :dims] / unit)
    return Embedding(
        placed,
        space.distances,
        True,
        restart=Restart(again, RANDOM, misfit=partial(stress, target)),
    )
