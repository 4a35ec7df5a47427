"""One run, analysed: distances, embeddings, the loss over them, Rips persistence, measures, checks.
What is current is reused.
"""

from __future__ import annotations

import logging
from typing import Any

from landscape_app.analysis.embedding import embed
from landscape_app.analysis.methods import meaningful
from landscape_app.errors import AnalysisError
from landscape_app.pipeline import arrays, measures, topology, verify
from landscape_app.pipeline.analysed_run import KERNEL, AnalysedRun
from landscape_app.pipeline.spaces import kernel
from landscape_app.pipeline.threads import one_thread
from landscape_app.pipeline.whole import check_whole
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import heard
from landscape_app.registries import EMBEDDINGS
from landscape_app.settings import AnalysisSpec
from landscape_app.store import derived, usable_results
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")

DIMS = (2, 3)


@heard
@one_thread(blas=False)
def run(run: RunFolder, spec: AnalysisSpec, progress: Progress) -> None:
    """Compute every analysis of `run`, at `spec`'s t or at the knee, and store it in its folder. An
    AnalysisError of an analysis that has no meaning for these snapshots is raised after all the
    others are done.
    """
    check_whole(run)
    analysed = AnalysedRun(run, spec)
    progress.phase("distances")
    with analysed.cache.attempt():
        _ = analysed.geometry
    with analysed.cache.attempt():
        _embeddings(analysed, progress)
    topology.run(analysed, progress)
    progress.phase("measures")
    with analysed.cache.attempt():
        measures.run(analysed)
    progress.phase("checks")
    # what was damaged and is here again is checked again
    _checks(analysed, anew=usable_results.sweep(run.path))
    analysed.cache.close()


@heard
@one_thread(blas=False)
def knee(run: RunFolder, spec: AnalysisSpec, progress: Progress) -> int:
    """The diffusion time at the knee of the run's own entropy, whatever t `spec` asks for."""
    check_whole(run)
    progress.phase("distances")
    return int(AnalysedRun(run, spec).diffusion(KERNEL).meta["knee"])


def _embeddings(analysed: AnalysedRun, progress: Progress) -> None:
    """Every requested method in two and three dimensions. A method with diffusion has its t among
    the parameters.
    """
    methods, left_out = meaningful(analysed.spec.methods, analysed.spec.distance)
    for why in left_out.values():
        log.info("left out: %s", why)
    progress.phase("embedding", len(methods) * len(DIMS), "embeddings")
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


def _checks(analysed: AnalysedRun, *, anew: bool) -> None:
    try:
        at: dict[str, Any] = {"t": analysed.t(KERNEL), **kernel(analysed.spec)}
    except AnalysisError:  # said already; the other checks do not need an embedding
        at = {"t": None, **kernel(analysed.spec)}
    if anew or verify.outdated(analysed.run, inputs=analysed.cache.inputs, parameters=at):
        verify.store(analysed.run, inputs=analysed.cache.inputs, parameters=at)
