"""Several runs compared: each analysed at one diffusion time, the median of their knees, and all
embedded together in function space.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from landscape_app import protocol
from landscape_app.errors import SpecError
from landscape_app.pipeline import analyse, joint
from landscape_app.pipeline.diagram_distances import diagram_distances
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.pipeline.spaces import kernel
from landscape_app.pipeline.whole import check_whole
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import heard
from landscape_app.settings import ALSO, AnalysisSpec
from landscape_app.store import names
from landscape_app.store.folder import is_id
from landscape_app.store.run import RunFolder
from landscape_app.store.study import StudyFolder


def open_study(
    runs: Path, ids: Sequence[str], spec: AnalysisSpec, study: str | None = None
) -> StudyFolder:
    """The study `study` of the runs `ids`, made if it does not exist. Without a name: the study
    that compares exactly these, or a new one. Raises RunMissingError for a run that does not exist,
    SpecError if the study compares other runs or with other settings.
    """
    for id in ids:
        RunFolder.open(runs, id)
    if len(set(ids)) != len(ids):
        raise SpecError(f"Each run can be named once; given were {', '.join(ids)}.")
    name = study or _named(ids, spec)
    if not is_id(name) or not names.exists(runs / "_studies" / name):
        return StudyFolder.create(runs, name, list(ids), spec)
    folder = StudyFolder.open(runs, name)
    if folder.runs != list(ids) or not folder.analysis.compares_as(spec):
        raise SpecError(
            f"There is a study '{name}' already, of {', '.join(folder.runs)} or with other"
            " settings. Give another name."
        )
    return folder


@heard
def run(study: StudyFolder, runs: Path, spec: AnalysisSpec, progress: Progress) -> None:
    """Every analysis of each run of `study` at the shared t, then the joint embeddings; all that is
    current is reused.

    An analysis that has no meaning raises its AnalysisError after all the others are done. A joint
    embedding that is refused (the runs were probed on different data) is no error: the reason is
    stored.
    """
    folders = [RunFolder.open(runs, id) for id in study.runs]
    for folder in folders:
        check_whole(folder)
    cache = ResultCache(study.path, inputs(folders))
    shared = shared_t(cache, folders, spec, progress)
    for folder in folders:
        with cache.attempt():
            analyse.run(folder, spec.model_copy(update={"t": shared}), progress)
    with cache.attempt():
        diagram_distances(cache, folders, spec.model_copy(update={"t": shared}))
    with cache.attempt():
        joint.run(cache, folders, spec, progress)
    cache.close()


def _named(ids: Sequence[str], spec: AnalysisSpec) -> str:
    """An id that is always the same for these runs and settings."""
    mark = hashlib.sha256(f"{list(ids)} {spec.model_dump_json(exclude=ALSO)}".encode()).hexdigest()[
        :8
    ]
    return f"compare-{mark}"


def inputs(folders: Sequence[RunFolder]) -> str:
    """A digest of the runs, in order, and of what is sampled of each."""
    return protocol.study_inputs((folder.id, folder.digest()) for folder in folders)


@heard
def shared_t(
    cache: ResultCache, folders: Sequence[RunFolder], spec: AnalysisSpec, progress: Progress
) -> int:
    """The settings' t, otherwise the median of the runs' knees, a whole number. Each knee is
    stored.
    """
    knees = {folder.id: analyse.knee(folder, spec, progress) for folder in folders}
    shared = spec.t or int(np.median(list(knees.values())))
    cache.result(
        "shared", {"asked": spec.t, **kernel(spec)}, lambda: ({}, {"t": shared, "knees": knees})
    )
    return shared
