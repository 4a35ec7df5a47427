"""Which snapshots have a place in a cloud, how far apart they lie, and which of them coincide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landscape_app.analysis.distances import Squares, euclidean, fingerprints, first_of_equals
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Snapshots


@dataclass(frozen=True)
class Geometry:
    """n finite snapshots: canonical `rows` (n,), `distances` (n, n) float32, `representative` (n,) positions into `rows`.

    Snapshots with equal weights are 0 apart and share the first of them (the anchor, if it is among them) as their
    representative. `excluded`: canonical ids of the snapshots that diverged; they are left out, never altered.
    """

    rows: np.ndarray
    distances: np.ndarray
    representative: np.ndarray
    excluded: tuple[int, ...]

    def __post_init__(self) -> None:
        n = len(self.rows)
        if self.distances.shape != (n, n) or self.representative.shape != (n,):
            raise ValueError(f"{n} rows, distances {self.distances.shape}, representatives {self.representative.shape}")

    @property
    def distinct(self) -> np.ndarray:
        """Positions (m,) of the snapshots that represent themselves, ascending."""
        return np.flatnonzero(self.representative == np.arange(len(self.rows)))

    @property
    def place(self) -> np.ndarray:
        """For each of the n snapshots the index of its representative among the m distinct ones, (n,)."""
        return np.searchsorted(self.distinct, self.representative)

    def between_distinct(self) -> np.ndarray:
        """Distances (m, m) float64 between the distinct snapshots."""
        return self.distances[np.ix_(self.distinct, self.distinct)].astype(np.float64)


def measure(snapshots: Snapshots, distance: Squares = euclidean) -> Geometry:
    """The geometry of `snapshots` under `distance`. Raises AnalysisError if fewer than three are finite."""
    squared = distance(snapshots)
    finite = ~np.isnan(np.diagonal(squared)) & ~np.asarray(snapshots.column("diverged"), dtype=bool)
    kept = snapshots.select(finite)
    rows = snapshots.column("row")
    if len(kept) < 3:
        raise AnalysisError(f"{snapshots.run_id}: {len(kept)} of {len(snapshots)} snapshots are finite; three are needed.")
    representative = first_of_equals(fingerprints(kept.delta))
    values = np.sqrt(squared[np.ix_(finite, finite)]).astype(np.float32)
    return Geometry(kept.column("row"), values, representative, tuple(int(row) for row in rows[~finite]))
