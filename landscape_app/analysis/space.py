"""A cloud of distinct snapshots as embeddings see it, and what they share: each part is computed
once, when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from landscape_app.analysis.diffusion import Diffusion
from landscape_app.analysis.geometry import Geometry
from landscape_app.analysis.kernel import KERNELS, connect
from landscape_app.analysis.mds import classical
from landscape_app.analysis.phate_package import PackagePotential, package_potential
from landscape_app.analysis.quality import Geodesics, geodesics
from landscape_app.errors import AnalysisError
from landscape_app.settings import AnalysisSpec

SIMPLEX = 4  # so many points can be equally far apart in three dimensions


@dataclass(frozen=True, eq=False)
class Space:
    """m distinct snapshots. distances (m, m) float64; `trajectory` (m,) labels; `group` (m,) what
    turns the picture the same way for every run (the direction's seed; −1: none); `steps` (p, 2)
    positions of snapshots that follow each other; the settings. entropies: those (100,) that are
    known already, by the kernel's name; whoever holds the dict may add to it.

    Raises AnalysisError if the distances are not square, symmetric, finite and positive.
    """

    distances: np.ndarray
    trajectory: np.ndarray
    group: np.ndarray
    steps: np.ndarray
    spec: AnalysisSpec
    entropies: Mapping[str, np.ndarray] = field(default_factory=dict)
    _diffusions: dict[str, Diffusion] = field(default_factory=dict)
    _by_package: dict[tuple[int, float], PackagePotential] = field(default_factory=dict)
    _same: Space | None = None  # the same snapshots, by other settings of the same seed

    def __post_init__(self) -> None:
        if self._same is None:
            check(self.distances)
        m = len(self.distances)
        if len(self.trajectory) != m or len(self.group) != m:
            raise ValueError(
                f"{m} snapshots, {len(self.trajectory)} trajectory labels, {len(self.group)} groups"
            )

    @staticmethod
    def of(
        geometry: Geometry,
        columns: Mapping[str, np.ndarray],
        spec: AnalysisSpec,
        entropies: Mapping[str, np.ndarray] | None = None,
    ) -> Space:
        """The distinct snapshots of `geometry`; `columns` (trajectory, epoch, seed) are aligned
        with its rows.
        """
        distinct = geometry.distinct
        return Space(
            geometry.between_distinct(),
            np.asarray(columns["trajectory"])[distinct],
            np.asarray(columns["seed"])[distinct],
            following(columns["trajectory"], columns["epoch"], geometry.place),
            spec,
            {} if entropies is None else entropies,
        )

    def diffusion(self, kernel: str) -> Diffusion:
        """The diffusion on the kernel of that name. The paper's stays as it falls apart; ours is
        joined where it does.
        """
        if kernel not in self._diffusions:
            affinity = KERNELS[kernel](
                self.distances,
                self.trajectory,
                k=self.spec.k,
                k_cross=self.spec.k_cross,
                decay=self.spec.decay,
            )
            joined = 0
            if kernel != "paper":
                affinity, joined = connect(affinity, self.distances)
            diffusion = self._diffusions[kernel] = Diffusion(affinity, joined)
            if kernel in self.entropies:
                vars(diffusion)["entropy"] = self.entropies[kernel]
        return self._diffusions[kernel]

    def by_package(self, *, k: int, decay: float) -> PackagePotential:
        """The potential as the phate package computes it, at the t that it chooses."""
        if (k, decay) not in self._by_package:
            self._by_package[k, decay] = package_potential(
                self.distances, k=k, decay=decay, seed=self.spec.seed
            )
        return self._by_package[k, decay]

    def by(self, spec: AnalysisSpec) -> Space:
        """The same snapshots by other settings. What does not depend on a kernel is computed once
        for both, where the seed is the same.
        """
        same = self if spec.seed == self.spec.seed else None
        return Space(self.distances, self.trajectory, self.group, self.steps, spec, _same=same)

    @cached_property
    def geodesics(self) -> Geodesics:
        """Ranked shortest-path lengths in the input distance."""
        if self._same is not None:
            return self._same.geodesics
        return geodesics(self.distances, seed=self.spec.seed)

    @cached_property
    def principal(self) -> tuple[np.ndarray, np.ndarray]:
        """Classical scaling of the distances in three dimensions: coordinates (m, 3), share of the
        variance of each axis (3,).
        """
        if self._same is not None:
            return self._same.principal
        coordinates, values = classical(self.distances, dims=3)
        return coordinates, values / (np.square(self.distances).sum() / (2 * len(self.distances)))


def following(trajectory: np.ndarray, epoch: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Positions (p, 2) among the distinct snapshots of those one epoch apart on a trajectory, each
    pair once.

    The step from the anchor to a jump is none (the anchor is on no trajectory); two snapshots that
    coincide are none either.
    """
    order = np.lexsort((epoch, trajectory))
    before, after = order[:-1], order[1:]
    consecutive = (
        (trajectory[before] == trajectory[after])
        & (epoch[after] - epoch[before] == 1)
        & (trajectory[before] >= 0)
    )
    pairs = np.c_[place[before], place[after]][consecutive]
    return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)


def check(distances: np.ndarray) -> None:
    """Raises AnalysisError, saying what is wrong, unless `distances` is a matrix of distances
    between snapshots.
    """
    if distances.ndim != 2 or distances.shape[0] != distances.shape[1]:
        raise AnalysisError(f"Distances must be a square matrix, not of shape {distances.shape}.")
    if not np.isfinite(distances).all():
        raise AnalysisError("Distances must be finite; leave out the snapshots that diverged.")
    scale = float(distances.max(initial=0.0))
    if distances.min(initial=0.0) < 0 or np.abs(np.diagonal(distances)).max(initial=0.0) > 0:
        raise AnalysisError("Distances must not be negative, and 0 from a snapshot to itself.")
    asymmetry = float(np.abs(distances - distances.T).max(initial=0.0))
    if asymmetry > 1e-6 * scale:
        raise AnalysisError(
            "The distance matrix is not symmetric: two entries of a pair differ by"
            f" {asymmetry:.3g}."
        )
    if scale == 0:
        raise AnalysisError(
            "All snapshots coincide: every distance is 0, so there is nothing to embed."
        )
    m = len(distances)
    if m > SIMPLEX and (distances[~np.eye(m, dtype=bool)] > (1 - 1e-6) * scale).all():
        raise AnalysisError(
            f"All distances are the same ({scale:.6g}): {m} snapshots equally far apart have no"
            " shape to embed."
        )
