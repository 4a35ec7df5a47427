"""The function space of a run, which every analysis stores beside its own distance: how far every
snapshot is from the anchor, PHATE, metric MDS, and Rips persistence with the test of its loops.

Several runs are embedded by one kernel, at the median of the knees of their entropies.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np

from landscape_app.analysis import function_space
from landscape_app.analysis.measures.trajectories import anchor
from landscape_app.errors import AnalysisError
from landscape_app.pipeline import embeddings, room, topology
from landscape_app.pipeline.analysed_run import KERNEL, AnalysedRun
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.spaces import kernel, of_function_space, own_function_space
from landscape_app.records.progress import Progress
from landscape_app.records.snapshots import Snapshots
from landscape_app.settings import AnalysisSpec
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")

NAME = "function_space"  # of the stored result


def of_run(run: RunFolder, spec: AnalysisSpec) -> AnalysisSpec:
    """How the function space of `run` is embedded where it shares that with no other run."""
    return of_function_space(spec, own_function_space(run), run.spec.snapshots)


def run(analysed: AnalysedRun, asked: AnalysisSpec | None, progress: Progress) -> None:
    """Everything of function space, as `asked` (None: as for this run alone). A run that has none
    stores why.
    """
    spec = of_run(analysed.run, analysed.spec) if asked is None else asked
    room.check(analysed.run.id, len(analysed.snapshots))
    here = analysed.by(spec)
    progress.phase("function space", 2 * len(spec.methods) + 2, "results")
    stored = here.cache.result(NAME, kernel(spec), lambda: _described(here))
    why = stored.meta["refused"] or stored.meta["unembedded"]
    if why:
        log.info("%s is not embedded in function space: %s", analysed.run.id, why)
        return
    embeddings.each(here, spec.methods, progress)
    for compute in (topology.over_distances, topology.loops):
        with here.cache.attempt():
            compute(here)
        progress.advance()


def of_runs(
    folders: Sequence[RunFolder], spec: AnalysisSpec
) -> list[tuple[list[RunFolder], AnalysisSpec]]:
    """(runs that share a distance of function space, how they are embedded), for each distance."""
    groups: dict[str, list[RunFolder]] = {}
    for folder in folders:
        groups.setdefault(own_function_space(folder), []).append(folder)
    return [
        (members, of_function_space(spec, name, min(run.spec.snapshots for run in members)))
        for name, members in groups.items()
    ]


def _described(here: AnalysedRun) -> Stored:
    """rows (n,), distance (n,) to the anchor, disagreement (n,): the share of probe inputs in
    another class than the anchor's. meta: distance, refused: why there is none of this, unembedded:
    why there is no picture.
    """
    about = {"distance": here.spec.distance, "refused": None, "unembedded": None}
    base = anchor(here.snapshots)
    try:
        arrays = _to_anchor(here.snapshots, base)
    except AnalysisError as error:
        return {}, about | {"refused": str(error)}
    try:
        here.diffusion(KERNEL)
    except AnalysisError as error:
        return arrays, about | {"unembedded": str(error)}
    return arrays, about


def _to_anchor(snapshots: Snapshots, base: int) -> dict[str, np.ndarray]:
    apart = function_space.distances_to(snapshots, base)
    arrays = {"rows": snapshots.column("row"), "distance": apart}
    if snapshots.classes:
        classes = function_space.predicted(snapshots)
        differs = np.mean(classes != classes[base], axis=1)
        arrays["disagreement"] = np.where(np.isfinite(apart), differs, np.nan)
    return arrays
