"""The embeddings of one run, stored: each method in two and three dimensions."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from landscape_app.analysis.embedding import embed
from landscape_app.analysis.methods import meaningful
from landscape_app.pipeline import arrays
from landscape_app.pipeline.analysed_run import AnalysedRun
from landscape_app.pipeline.spaces import kernel
from landscape_app.records.progress import Progress
from landscape_app.registries import EMBEDDINGS
from landscape_app.store import derived

log = logging.getLogger("landscape")

DIMS = (2, 3)


def run(analysed: AnalysedRun, progress: Progress) -> None:
    """Every method asked for that has a meaning in the distance."""
    methods, left_out = meaningful(analysed.spec.methods, analysed.spec.distance)
    for why in left_out.values():
        log.info("left out: %s", why)
    progress.phase("embedding", len(methods) * len(DIMS), "embeddings")
    each(analysed, methods, progress)


def each(analysed: AnalysedRun, methods: Sequence[str], progress: Progress) -> None:
    """`methods` in two and three dimensions; one that diffuses has its t among the parameters."""
    for method in methods:
        for dims in DIMS:
            with analysed.cache.attempt():
                _embedding(analysed, method, dims, EMBEDDINGS[method].settings.get("kernel"))
            progress.advance()


def _embedding(analysed: AnalysedRun, method: str, dims: int, diffuses: str | None) -> None:
    t = analysed.t(diffuses) if diffuses else None
    parameters = {
        "method": method,
        "dims": dims,
        "t": t,
        **kernel(analysed.spec),
        "seed": analysed.spec.seed,
    }
    path, inputs = analysed.run.path, analysed.cache.inputs
    stored = derived.current(path, "embedding", parameters, inputs)
    # judged from too few starts
    if stored is None or stored.meta.get("stability_asked", 0) < analysed.spec.stability:
        cloud = analysed.cloud(method)
        result = arrays.of_embedding(embed(cloud.space, method, dims=dims), cloud.geometry)
        derived.write(path, "embedding", parameters, *result, inputs)
