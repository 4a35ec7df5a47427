"""The joint embeddings of a study: all its runs in one cloud, in function space, by every method in the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from landscape_app.analysis.embedding import embed
from landscape_app.analysis.pool import Pool, pool
from landscape_app.pipeline.analyse import DIMS
from landscape_app.pipeline.arrays import Stored
from landscape_app.pipeline.keeping import Keeper
from landscape_app.pipeline.subject import Subject, kernel
from landscape_app.records.progress import Progress
from landscape_app.settings import AnalysisSpec
from landscape_app.store.run import RunFolder

SPACE = "function space (softmax)"


def run(keeper: Keeper, folders: Sequence[RunFolder], spec: AnalysisSpec, progress: Progress) -> None:
    """Every joint embedding that is not current, at the cloud's own knee unless the settings name a t.

    Runs without a common function space have none: the reason is stored in its place.
    """
    progress.phase("joint embedding", len(spec.methods) * len(DIMS), "embeddings")
    joint = Joint(tuple(Subject(folder, spec) for folder in folders), spec)
    for method in spec.methods:
        for dims in DIMS:
            with keeper.attempt():
                keeper.result("joint", joint.parameters(method, dims), partial(joint.embed, method, dims))
            progress.advance()


@dataclass(frozen=True, eq=False)
class Joint:
    """The runs of a study as one subject."""

    subjects: tuple[Subject, ...]
    spec: AnalysisSpec

    def parameters(self, method: str, dims: int) -> dict[str, Any]:
        """What a joint embedding is stored under."""
        return {"method": method, "dims": dims, "t": self.spec.t, **kernel(self.spec), "seed": self.spec.seed, "distance": SPACE}

    @cached_property
    def refusal(self) -> str | None:
        """Why these runs have no common function space; None if they have one."""
        first = self.subjects[0].run
        probes = {subject.run.id: (subject.run.prepared() or {}).get("probe_hash") for subject in self.subjects}
        other = next((id for id, probe in probes.items() if probe is None or probe != probes[first.id]), None)
        if other is not None:
            return f"{first.id} and {other} were probed on different examples, so their outputs cannot be compared."
        without = next((s.run.id for s in self.subjects if s.snapshots.probe is None or not s.snapshots.classes), None)
        return None if without is None else f"{without} has no softmax outputs on a probe set."

    @cached_property
    def pool(self) -> Pool:
        """All finite snapshots of all runs."""
        return pool([subject.snapshots for subject in self.subjects], [subject.geometry for subject in self.subjects], self.spec)

    @cached_property
    def meta(self) -> dict[str, Any]:
        """What every joint result says of itself."""
        excluded = {subject.run.id: list(subject.geometry.excluded) for subject in self.subjects if subject.geometry.excluded}
        return {"runs": [subject.run.id for subject in self.subjects], "distance": SPACE, "excluded": excluded, "refused": self.refusal}

    def embed(self, method: str, dims: int) -> Stored:
        """rows (n,) canonical ids, run (n,) index into meta["runs"], coordinates (n, dims); nothing but meta where refused."""
        if self.refusal is not None:
            return {}, self.meta
        found = embed(self.pool.space, method, dims=dims)
        coordinates = found.coordinates[self.pool.place].astype(np.float32)
        arrays = {"rows": self.pool.rows, "run": self.pool.run, "coordinates": coordinates, **found.arrays}
        return arrays, found.meta | self.meta
