"""Metric MDS: the picture whose distances come nearest to the input's in the mean square, by our own solver (SCIENCE §5)."""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.mds import metric
from landscape_app.analysis.space import Space
from landscape_app.analysis.stability import Restart
from landscape_app.analysis.start import random_start, spread

RANDOM = "metric scaling begun at random in place of the classical picture"


def embed(space: Space, *, dims: int) -> Embedding:
    """Coordinates (m, dims) in units of the distance, from the classical picture on."""
    m, seed = len(space.distances), space.spec.seed
    scale = spread(space.distances, dims=dims)

    def again(number: int) -> np.ndarray:
        return metric(space.distances, scale * random_start(m, dims=dims, seed=seed, number=number))

    placed = metric(space.distances, space.principal[0][:, :dims])
    return Embedding(placed, space.distances, True, restart=Restart(again, RANDOM))
