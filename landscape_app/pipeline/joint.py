"""The joint embeddings of a study: all its runs in one cloud, in function space, by every method
that was asked for. PHATE and metric MDS are made as in the function space of a single run.

A cloud of many runs is thinned, so that its memory is bounded; which space, and why there is none,
is stored with the result.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from landscape_app.analysis.embedding import embed
from landscape_app.analysis.methods import meaningful, without_common_place
from landscape_app.analysis.pool import MOST, Pool, pool
from landscape_app.analysis.space import Space
from landscape_app.errors import AnalysisError
from landscape_app.memory import free_memory
from landscape_app.pipeline import room
from landscape_app.pipeline.analysed_run import AnalysedRun
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.embeddings import DIMS
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.pipeline.spaces import EUCLIDEAN, common, kernel, of_function_space
from landscape_app.pipeline.threads import one_thread
from landscape_app.protocol import FUNCTION_METHODS, JOINT_SPACES
from landscape_app.records.progress import Progress
from landscape_app.records.pulse import heard
from landscape_app.settings import AnalysisSpec
from landscape_app.store.run import RunFolder

log = logging.getLogger("landscape")


@heard
@one_thread(blas=False)
def run(
    cache: ResultCache,
    folders: Sequence[RunFolder],
    spec: AnalysisSpec,
    progress: Progress,
    *,
    joint: Joint | None = None,
) -> None:
    """Every joint embedding that is not current, at the cloud's own knee unless the settings name a
    t.

    In ρ where the settings' distance is "losses", else in the distance between what the runs
    compute. Runs without a common function space have none: the reason is stored in its place.
    joint: these runs by the same settings but for the methods, where they were embedded before.
    """
    joint = joint or Joint(tuple(folders), spec)
    methods, left_out = meaningful(spec.methods, joint.distance)
    for why in left_out.values():
        log.info("left out of the joint embeddings: %s", why)
    progress.phase("joint embedding", len(methods) * len(DIMS), "embeddings")
    for method in methods:
        for dims in DIMS:
            with cache.attempt():
                cache.result(
                    "joint", joint.parameters(method, dims), partial(joint.embed, method, dims)
                )
            progress.advance()


@dataclass(frozen=True, eq=False)
class Joint:
    """The runs of a study as one cloud."""

    folders: tuple[RunFolder, ...]
    spec: AnalysisSpec

    def parameters(self, method: str, dims: int) -> dict[str, Any]:
        """What a joint embedding is stored under."""
        spec = self.settings(method)
        return {
            "method": method,
            "dims": dims,
            "t": spec.t,
            **kernel(spec),
            "seed": spec.seed,
            "distance": self.space,
        }

    def settings(self, method: str) -> AnalysisSpec:
        """Those that `method` is made by: as in the function space of a single run, unless the
        settings themselves ask for function space.
        """
        if method not in FUNCTION_METHODS or self.spec.distance == self.distance:
            return self.spec
        least = min(folder.spec.snapshots for folder in self.folders)
        return of_function_space(self.spec, self.distance, least)

    @property
    def distance(self) -> str:
        """The distance of the function space that the runs are compared in."""
        return common(self.spec, self.folders)

    @property
    def space(self) -> str:
        """What that function space is called."""
        return JOINT_SPACES[self.distance]

    @cached_property
    def members(self) -> tuple[AnalysedRun, ...]:
        """The runs by their weights, which say what is finite and what coincides whatever is
        compared.
        """
        return tuple(
            AnalysedRun(folder, self.spec.model_copy(update={"distance": EUCLIDEAN}))
            for folder in self.folders
        )

    @cached_property
    def refusal(self) -> str | None:
        """Why these runs have no common function space; None if they have one."""
        unlike = (
            _unlike_losses(self.folders)
            if self.distance == "losses"
            else _unlike_probes(self.folders)
        )
        if unlike is not None:
            return unlike
        try:
            _ = self.pool
        except AnalysisError as error:
            return str(error)
        return None

    @cached_property
    def pool(self) -> Pool:
        """The snapshots of all runs; fewer of each, if there is little memory free."""
        most = min(MOST, room.most(free_memory()))
        return pool(
            [analysed.snapshots for analysed in self.members],
            [analysed.geometry for analysed in self.members],
            self.spec.model_copy(update={"distance": self.distance}),
            most=most,
        )

    @cached_property
    def as_single(self) -> Space:
        """The cloud by the settings of the function space of a single run."""
        return self.pool.space.by(self.settings(FUNCTION_METHODS[0]))

    @cached_property
    def meta(self) -> dict[str, Any]:
        """The facts that every joint result stores."""
        if self.refusal is not None:
            return self.refused(self.refusal)
        why = {
            folder.id: because
            for folder, because in zip(self.folders, self.pool.because, strict=True)
            if because
        }
        rows = {
            id: sorted(row for ids in because.values() for row in ids)
            for id, because in why.items()
        }
        return self.refused(None) | {
            "excluded": rows,
            "excluded_because": why,
            "thinned": self.pool.thinned,
        }

    def refused(self, why: str | None) -> dict[str, Any]:
        """The facts of a joint result without a picture, and the reason."""
        return {
            "runs": [folder.id for folder in self.folders],
            "distance": self.space,
            "refused": why,
            "excluded": {},
            "excluded_because": {},
            "thinned": None,
        }

    def embed(self, method: str, dims: int) -> Stored:
        """rows (n,) canonical ids, run (n,) index into meta["runs"], coordinates (n, dims); nothing
        but meta where refused.
        """
        if (why := without_common_place(method)) is not None:
            return {}, self.refused(why)
        if self.refusal is not None:
            return {}, self.meta
        own = self.settings(method) is self.spec
        embedding = embed(self.pool.space if own else self.as_single, method, dims=dims)
        coordinates = embedding.coordinates[self.pool.place].astype(np.float32)
        arrays = {
            "rows": self.pool.rows,
            "run": self.pool.run,
            "coordinates": coordinates,
            **embedding.arrays,
        }
        return arrays, embedding.meta | self.meta


def _unlike_probes(folders: Sequence[RunFolder]) -> str | None:
    """Why softmax outputs of these runs cannot be compared; "" if they can."""
    probes = {folder.id: (folder.prepared() or {}).get("probe_hash") for folder in folders}
    other = _other(probes)
    return (
        None
        if other is None
        else (
            f"{folders[0].id} and {other} have different probe sets, so their outputs cannot be"
            " compared."
        )
    )


def _unlike_losses(folders: Sequence[RunFolder]) -> str | None:
    """Why losses of single examples cannot be compared between these runs (another loss, other
    examples or labels); "" if they can.
    """
    facts = {folder.id: folder.prepared() or {} for folder in folders}
    other = _other({id: prepared.get("loss") for id, prepared in facts.items()})
    if other is not None:
        return (
            f"{folders[0].id} and {other} have different losses, so the losses of their examples"
            " cannot be compared."
        )
    hashes = {id: prepared.get("loss_hash") for id, prepared in facts.items()}
    # prepared before that was recorded: the whole data, and the name that draws the examples
    if None in hashes.values():
        hashes = {
            folder.id: f"{facts[folder.id].get('data_hash')} {folder.spec.data}"
            for folder in folders
        }
    other = _other(hashes)
    if other is None:
        return None
    return (
        f"{folders[0].id} and {other} have different train examples or labels, so their losses of"
        " single examples cannot be compared. Use another distance, for example softmax."
    )


def _other(values: dict[str, Any]) -> str | None:
    """The first id whose value is missing, or differs from that of the first id."""
    first = next(iter(values.values()))
    return next((id for id, value in values.items() if value is None or value != first), None)
