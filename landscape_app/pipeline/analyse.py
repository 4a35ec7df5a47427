"""One run, analysed: distances, function space, embeddings, the loss over them, Rips persistence,
measures, checks. What is current is reused.
"""

from __future__ import annotations

from typing import Any

from landscape_app.errors import AnalysisError
from landscape_app.pipeline import embeddings, function_space, measures, topology, verify
from landscape_app.pipeline.analysed_run import KERNEL, AnalysedRun
from landscape_app.pipeline.spaces import kernel
from landscape_app.pipeline.threads import one_thread
from landscape_app.pipeline.whole import check_whole
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import heard
from landscape_app.settings import AnalysisSpec
from landscape_app.store import usable_results
from landscape_app.store.run import RunFolder


@heard
@one_thread(blas=False)
def run(
    run: RunFolder,
    spec: AnalysisSpec,
    progress: Progress,
    *,
    function: AnalysisSpec | None = None,
) -> None:
    """Compute every analysis of `run`, at `spec`'s t or at the knee, and store it in its folder. An
    AnalysisError of an analysis that has no meaning for these snapshots is raised after all the
    others are done. function: the settings for its function space (spaces.of_function_space), where
    it shares them with other runs.
    """
    check_whole(run)
    analysed = AnalysedRun(run, spec)
    progress.phase("distances")
    with analysed.cache.attempt():
        _ = analysed.geometry
    with analysed.cache.attempt():
        function_space.run(analysed, function, progress)
    with analysed.cache.attempt():
        embeddings.run(analysed, progress)
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


def _checks(analysed: AnalysedRun, *, anew: bool) -> None:
    try:
        at: dict[str, Any] = {"t": analysed.t(KERNEL), **kernel(analysed.spec)}
    except AnalysisError:  # said already; the other checks do not need an embedding
        at = {"t": None, **kernel(analysed.spec)}
    if anew or verify.outdated(analysed.run, inputs=analysed.cache.inputs, parameters=at):
        verify.store(analysed.run, inputs=analysed.cache.inputs, parameters=at)
