"""A run under analysis: the parts that several results need, each read from the folder or computed
at its first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from landscape_app.analysis.geometry import Geometry, measure
from landscape_app.analysis.methods import without_meaning
from landscape_app.analysis.space import Space
from landscape_app.entries import load
from landscape_app.errors import AnalysisError, RunDamagedError
from landscape_app.pipeline import arrays, room
from landscape_app.pipeline.result_cache import ResultCache
from landscape_app.pipeline.spaces import kernel
from landscape_app.records.rows import count, look_up
from landscape_app.records.snapshots import Matrix, Snapshots
from landscape_app.registries import DISTANCES, EMBEDDINGS
from landscape_app.settings import AnalysisSpec
from landscape_app.store import commands, derived, snapshots
from landscape_app.store.run import RunFolder
from landscape_app.store.run_facts import ANCHOR

KERNEL = "trajectory"  # whose knee is the run's, and whose potential carries the filtrations
HELD = 2**28  # bytes of weights up to which they are read once and kept


@dataclass(frozen=True, eq=False)
class EmbeddedCloud:
    """The snapshots of an embedding: their places in the run, and what embeddings share."""

    geometry: Geometry
    space: Space


@dataclass(frozen=True, eq=False)
class AnalysedRun:
    """`run` with the settings `spec`. Everything except the results is dropped with the object."""

    run: RunFolder
    spec: AnalysisSpec
    _entropies: dict[str, np.ndarray] = field(default_factory=dict)
    _clouds: dict[str, EmbeddedCloud] = field(default_factory=dict)

    def by(self, spec: AnalysisSpec) -> AnalysedRun:
        """The same run with other settings; what was read already is not read again."""
        other = AnalysedRun(self.run, spec)
        shared = ("cache", "snapshots", "weights")
        vars(other).update({name: vars(self)[name] for name in shared if name in vars(self)})
        return other

    @cached_property
    def cache(self) -> ResultCache:
        """The cache of the run's results."""
        return ResultCache(self.run.path, self.run.digest())

    @cached_property
    def snapshots(self) -> Snapshots:
        """Every committed, intact snapshot; weights are read when asked for."""
        taken = snapshots.read(self.run)
        if not len(taken):
            raise AnalysisError(
                f"Run {self.run.id} has no snapshots yet. Sample it:"
                f" {commands.line('resume', self.run.id, self.run.path.parent)}"
            )
        return taken

    @cached_property
    def weights(self) -> Snapshots:
        """The snapshots with their weights in memory, if they are not too large for it."""
        taken = self.snapshots
        n, width = taken.delta.shape
        delta = Matrix.of(taken.delta.whole()) if 4 * n * width <= HELD else taken.delta
        return replace(taken, delta=delta)

    @cached_property
    def anchor(self) -> np.ndarray | None:
        """The trainable weights (parameters,) of the anchor, in the order of δ; None where the run
        does not record that order. Raises RunDamagedError.
        """
        stored, facts = self.run.tensors(ANCHOR), self.run.prepared() or {}
        slots = sorted(facts.get("tensors") or (), key=lambda slot: int(slot["start"]))
        if not slots:
            return None
        try:
            flat = [stored[f"param.{slot['key']}"].reshape(-1) for slot in slots]
        except KeyError as error:
            raise RunDamagedError(
                f"The anchor of run {self.run.id} has no tensor {error}."
            ) from None
        weights = np.concatenate(flat)
        if len(weights) != self.snapshots.delta.shape[1]:
            raise RunDamagedError(f"The anchor of run {self.run.id} has another number of weights.")
        return weights

    @cached_property
    def geometry(self) -> Geometry:
        """The snapshots with a place, and their distances. Raises AnalysisError where the memory is
        too small for these and for what follows.
        """
        name = self.spec.distance
        room.check(self.run.id, len(self.snapshots))

        def compute() -> arrays.Stored:
            stored, meta = arrays.of_geometry(measure(self.weights, DISTANCES[name].load()))
            return stored, meta | {
                "note": DISTANCES[name].settings.get("note", ""),
                "left_out": self.left_out,
            }

        result = self.cache.result("geometry", {"distance": name}, compute)
        return arrays.to_geometry(result.arrays, result.meta)

    @property
    def left_out(self) -> dict[str, str]:
        """The embeddings that have no meaning for the distance of the settings, and why."""
        return {
            method: why
            for method in EMBEDDINGS
            if (why := without_meaning(method, self.spec.distance)) is not None
        }

    @property
    def distinct_rows(self) -> np.ndarray:
        """Canonical ids (m,) of the snapshots that represent themselves."""
        return np.asarray(self.geometry.rows[self.geometry.distinct])

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """The columns (m,) of the distinct snapshots."""
        place = self._at(self.distinct_rows)
        return {name: column[place] for name, column in self.snapshots.columns.items()}

    @cached_property
    def space(self) -> Space:
        """The distinct snapshots in the form that embeddings use."""
        return self._space(self.geometry, self._entropies)

    def cloud(self, method: str) -> EmbeddedCloud:
        """The snapshots for the embedding `method`: with the distance of the settings, or with
        distances of its own.
        """
        own = EMBEDDINGS[method].facts.get("distances")
        if own is None:
            return EmbeddedCloud(self.geometry, self.space)
        if own not in self._clouds:
            room.check(self.run.id, len(self.snapshots))
            geometry = measure(self.weights, load(own))
            self._clouds[own] = EmbeddedCloud(geometry, self._space(geometry))
        return self._clouds[own]

    def _space(
        self, geometry: Geometry, entropies: Mapping[str, np.ndarray] | None = None
    ) -> Space:
        place = self._at(geometry.rows)
        names = ("trajectory", "epoch", "seed")
        columns = {name: self.snapshots.column(name)[place] for name in names}
        return Space.of(geometry, columns, self.spec, entropies)

    def _at(self, rows: np.ndarray) -> np.ndarray:
        """Positions of the canonical ids `rows` among the snapshots. Raises AnalysisError where a
        snapshot was lost after it was measured.
        """
        place = look_up(self.snapshots.column("row"), rows)
        if place.missing:
            raise AnalysisError(
                f"Run {self.run.id}: {count(place.missing)} that were measured are in damaged"
                " files. Sample them again:"
                f" {commands.line('resume', self.run.id, self.run.path.parent)}"
            )
        return place.at

    def diffusion(self, name: str) -> derived.Result:
        """The entropy (100,) on the kernel called `name`, and its knee. They are stored separately,
        because they do not depend on t.
        """

        def compute() -> arrays.Stored:
            diffusion = self.space.diffusion(name)
            meta = {
                "knee": diffusion.knee,
                "components": diffusion.components,
                "joined_edges": diffusion.joined_edges,
            }
            return {"entropy": diffusion.entropy}, meta

        result = self.cache.result("diffusion", {"kernel": name, **kernel(self.spec)}, compute)
        self._entropies[name] = result.arrays["entropy"]
        return result

    def t(self, name: str) -> int:
        """The settings' t, otherwise the knee on the kernel called `name`."""
        return int(self.diffusion(name).meta["knee"]) if self.spec.t is None else self.spec.t

    @property
    def potential(self) -> np.ndarray:
        """Potential distances (m, m) on our kernel."""
        return self.space.diffusion(KERNEL).potential(self.t(KERNEL)).distances
