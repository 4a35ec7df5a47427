"""t-SNE (van der Maaten & Hinton 2008; Barnes-Hut 2014) by scikit-learn: who is near whom is kept,
how far apart the rest lies is not.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from landscape_app.analysis.embedding import Embedding
from landscape_app.analysis.paths import pieces
from landscape_app.analysis.quality import fitted
from landscape_app.analysis.space import Space
from landscape_app.analysis.stability import Restart
from landscape_app.analysis.start import classical_start, random_start
from landscape_app.records.pulse import waited
from landscape_app.seeds import stream_seed

NARROW = 1e-4  # spread of the start, scikit-learn's own: early on every snapshot feels every other
REACH = 3  # neighbours a snapshot is drawn to, in perplexities


def embed(space: Space, *, dims: int, perplexity: float) -> Embedding:
    """Coordinates (m, dims), scaled to the distances by least squares, as t-SNE's own unit means
    nothing.

    `perplexity` is bounded by a third of the other snapshots. meta: perplexity as used, components
    of the graph of the 3·perplexity nearest neighbours, along which t-SNE attracts.
    """
    m, seed = len(space.distances), space.spec.seed
    used = max(1.0, min(float(perplexity), (m - 1) / REACH))
    run = partial(_run, space.distances / space.distances.max(), perplexity=used, seed=seed)

    def again(number: int) -> np.ndarray:
        return run(random_start(m, dims=dims, seed=seed, number=number), number=number)

    placed = run(classical_start(space.principal[0], dims=dims, seed=seed), number=0)
    meta = {"perplexity": used, "components": pieces(space.distances, int(REACH * used + 1))}
    return Embedding(
        fitted(space.distances, placed),
        space.distances,
        True,
        meta,
        restart=Restart(again, "begun at random"),
    )


def _run(
    distances: np.ndarray, start: np.ndarray, *, perplexity: float, seed: int, number: int
) -> np.ndarray:
    method = TSNE(
        n_components=start.shape[1],
        perplexity=perplexity,
        metric="precomputed",
        init=(NARROW * start).astype(np.float32),
        random_state=stream_seed(seed, "tsne", number) % 2**32,
        n_jobs=1,
    )

    def fitted_in_one_thread() -> np.ndarray:
        # sums over several threads come in any order, and the bytes with them
        with threadpool_limits(1, user_api="openmp"):
            return np.asarray(method.fit_transform(distances).astype(np.float64))

    return waited(fitted_in_one_thread)
