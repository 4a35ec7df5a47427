"""One embedding of a cloud by its name in the table: coordinates, turned the same way for every
run, with the scores that judge them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from landscape_app.analysis.orientation import orient
from landscape_app.analysis.quality import demap, step_over_spread, stress, trustworthiness
from landscape_app.analysis.space import Space
from landscape_app.analysis.stability import Restart, judge
from landscape_app.errors import AnalysisError
from landscape_app.registries import EMBEDDINGS, find

SMALLEST = 3  # snapshots that have a shape


@dataclass(frozen=True)
class Embedding:
    """coordinates (m, dims) of the distinct snapshots; `target` (m, m) the distances they stand
    for; what else is worth keeping.

    `turn`: whether the axes mean nothing, so that the picture may be rotated. meta: plain values;
    arrays: by name. `restart`: how it is made from another start, None where nothing in it is
    random.
    """

    coordinates: np.ndarray
    target: np.ndarray
    turn: bool
    meta: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    restart: Restart | None = None


def embed(space: Space, method: str, *, dims: int) -> Embedding:
    """The embedding called `method` of `space` in `dims` (2 or 3) dimensions, oriented, meta
    completed with its scores.

    meta: t, knee, components, joined_edges (None where the method has none), k, k_cross, decay,
    seed, the method's own settings as used, stress, demap, trustworthiness, step_over_spread,
    stability, stability_seeds, stability_note, stability_misfit, seconds. Raises UnknownNameError,
    and AnalysisError where the method has no meaning for the cloud.
    """
    begun = time.perf_counter()
    entry = find("embedding", EMBEDDINGS, method)
    if len(space.distances) < SMALLEST:
        raise AnalysisError(
            f"An embedding needs {SMALLEST} distinct snapshots; there are {len(space.distances)}."
        )
    embedding: Embedding = entry.load()(space, dims=dims, **entry.settings)
    coordinates = orient(embedding.coordinates, space.group, turn=embedding.turn)
    spec = space.spec
    meta = {
        "t": None,
        "knee": None,
        "components": None,
        "joined_edges": None,
        "k": spec.k,
        "k_cross": spec.k_cross,
        "decay": spec.decay,
        "seed": spec.seed,
        **embedding.meta,
        "stress": stress(embedding.target, coordinates),
        "demap": demap(space.geodesics, coordinates),
        "trustworthiness": trustworthiness(space.distances, coordinates),
        "step_over_spread": step_over_spread(coordinates, space.steps),
        **judge(coordinates, embedding.restart, asked=spec.stability),
    }
    return replace(
        embedding,
        coordinates=coordinates,
        meta=meta | {"seconds": time.perf_counter() - begun},
        restart=None,
    )
