"""Several runs compared: each analysed at one diffusion time, the median of their knees, and all
embedded together in function space.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from landscape_app import protocol
from landscape_app.errors import AnalysisError, SpecError
from landscape_app.pipeline import analyse, function_space, joint
from landscape_app.pipeline.diagram_distances import diagram_distances
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.pipeline.spaces import kernel
from landscape_app.pipeline.whole import check_whole
from landscape_app.protocol import FUNCTION_METHODS
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
    functions = shared_function_space(cache, folders, spec, progress)
    shared = shared_t(cache, folders, spec, progress)
    for folder in folders:
        with cache.attempt():
            settings = spec.model_copy(update={"t": shared})
            analyse.run(folder, settings, progress, function=functions.get(folder.id))
    with cache.attempt():
        diagram_distances(cache, folders, spec.model_copy(update={"t": shared}))
    with cache.attempt():
        methods = tuple(dict.fromkeys((*FUNCTION_METHODS, *spec.methods)))
        joint.run(cache, folders, spec.model_copy(update={"methods": methods}), progress)
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
    return stored_t(
        cache, spec, {folder.id: analyse.knee(folder, spec, progress) for folder in folders}
    )


@heard
def shared_function_space(
    cache: ResultCache, folders: Sequence[RunFolder], spec: AnalysisSpec, progress: Progress
) -> dict[str, AnalysisSpec]:
    """{run: the settings for its function space}: one kernel, and the median of the knees, for all
    that have the same distance. Each knee is stored.
    """
    groups = function_space.of_runs(folders, spec)
    knees = {
        member.id: function_knee(member, asked, progress)
        for members, asked in groups
        for member in members
    }
    return function_settings(cache, groups, knees)


def function_knee(run: RunFolder, asked: AnalysisSpec, progress: Progress) -> int | None:
    """The knee of `run` in function space; None where it has none, for a reason that is stored
    with it.
    """
    with suppress(AnalysisError):
        return analyse.knee(run, asked, progress)
    return None


def function_settings(
    cache: ResultCache,
    groups: Sequence[tuple[Sequence[RunFolder], AnalysisSpec]],
    knees: Mapping[str, int | None],
) -> dict[str, AnalysisSpec]:
    """{run: the settings for its function space}, from the knees of the runs of each of the
    `groups` that function_space.of_runs gives; each knee is stored.
    """
    settings: dict[str, AnalysisSpec] = {}
    for members, asked in groups:
        own = {run.id: knee for run in members if (knee := knees.get(run.id)) is not None}
        t = stored_t(cache, asked, own) if own else None
        settings |= {member.id: asked.model_copy(update={"t": t}) for member in members}
    return settings


def stored_t(cache: ResultCache, spec: AnalysisSpec, knees: Mapping[str, int]) -> int:
    """The settings' t, otherwise the median of the `knees` of the runs, a whole number."""
    shared = spec.t or int(np.median(list(knees.values())))
    cache.result(
        "shared", {"asked": spec.t, **kernel(spec)}, lambda: ({}, {"t": shared, "knees": knees})
    )
    return shared
