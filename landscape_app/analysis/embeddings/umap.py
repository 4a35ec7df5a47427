"""UMAP (McInnes, Healy & Melville 2018) by umap-learn, an optional extra: the fuzzy graph of
nearest neighbours, laid out by attraction.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import numpy as np

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.paths import pieces
from landscape_app.analysis.quality import fitted
from landscape_app.analysis.space import Space
from landscape_app.analysis.stability import Restart
from landscape_app.analysis.start import classical_start, random_start
from landscape_app.errors import AnalysisError
from landscape_app.records.pulse import waited
from landscape_app.seeds import stream_seed

MISSING = (
    "UMAP needs the package umap-learn, which is not installed. Install it by: pip install"
    " 'landscape-app[umap]' (in a checkout: pip install -e '.[umap]' -c constraints.txt). t-SNE and"
    " Isomap need nothing more."
)


def embed(space: Space, *, dims: int, neighbours: int, min_dist: float) -> Embedding:
    """Coordinates (m, dims), scaled to the distances by least squares, as UMAP's own unit means
    nothing.

    meta: neighbours as used (no more than there are), components of their graph. Raises
    AnalysisError where umap-learn is missing.
    """
    m, seed = len(space.distances), space.spec.seed
    used = min(neighbours, m - 1)
    run = partial(
        _run, space.distances / space.distances.max(), neighbours=used, min_dist=min_dist, seed=seed
    )

    def again(number: int) -> np.ndarray:
        return run(random_start(m, dims=dims, seed=seed, number=number), number=number)

    placed = run(classical_start(space.principal[0], dims=dims, seed=seed), number=0)
    meta = {"neighbours": used, "min_dist": min_dist, "components": pieces(space.distances, used)}
    return Embedding(
        fitted(space.distances, placed),
        space.distances,
        True,
        meta,
        restart=Restart(again, "another seed, begun at random"),
    )


def _run(
    distances: np.ndarray,
    start: np.ndarray,
    *,
    neighbours: int,
    min_dist: float,
    seed: int,
    number: int,
) -> np.ndarray:
    library = waited(_library)
    method = library.UMAP(
        n_components=start.shape[1],
        n_neighbors=neighbours,
        min_dist=min_dist,
        metric="precomputed",
        init=start.astype(np.float32),
        random_state=stream_seed(seed, "umap", number) % 2**32,
        n_jobs=1,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that distances cannot be turned back into snapshots
        return np.asarray(waited(method.fit_transform, distances), dtype=np.float64)


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that TensorFlow is not there either
        try:
            import umap
        except ImportError as error:
            raise AnalysisError(MISSING) from error
    return umap
