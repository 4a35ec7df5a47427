"""Which snapshots have a place in a cloud, how far apart they lie, and which of them coincide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from landscape_app.analysis.distances import Distance, euclidean
from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Snapshots


@dataclass(frozen=True)
class Geometry:
    """n snapshots with a place: canonical `rows` (n,), `distances` (n, n) float32, `representative`
    (n,) positions into `rows`.

    Snapshots that the distance does not tell apart share the first of them (the anchor, if it is
    among them) as their representative. because: {why a snapshot has no place: canonical ids}; they
    are left out, never altered.
    """

    rows: np.ndarray
    distances: np.ndarray
    representative: np.ndarray
    because: Mapping[str, tuple[int, ...]]

    def __post_init__(self) -> None:
        n = len(self.rows)
        if self.distances.shape != (n, n) or self.representative.shape != (n,):
            raise ValueError(
                f"{n} rows, distances {self.distances.shape}, representatives"
                f" {self.representative.shape}"
            )

    @property
    def excluded(self) -> tuple[int, ...]:
        """Canonical ids of the snapshots that have no place, whatever the reason, ascending."""
        return tuple(sorted(row for rows in self.because.values() for row in rows))

    @property
    def distinct(self) -> np.ndarray:
        """Positions (m,) of the snapshots that represent themselves, ascending."""
        return np.flatnonzero(self.representative == np.arange(len(self.rows)))

    @property
    def place(self) -> np.ndarray:
        """For each of the n snapshots the index of its representative among the m distinct ones,
        (n,).
        """
        return np.searchsorted(self.distinct, self.representative)

    def between_distinct(self) -> np.ndarray:
        """Distances (m, m) float64 between the distinct snapshots."""
        return np.asarray(self.distances[np.ix_(self.distinct, self.distinct)].astype(np.float64))


def measure(snapshots: Snapshots, distance: Distance = euclidean) -> Geometry:
    """The geometry of `snapshots` under `distance`. Raises AnalysisError if fewer than three have a
    place.
    """
    measured = distance(snapshots)
    rows = snapshots.column("row")
    because = {
        why: tuple(rows[positions].tolist())
        for why, positions in measured.because.items()
        if len(positions)
    }
    placed = np.setdiff1d(
        np.arange(len(rows)), np.concatenate([np.empty(0, np.int64), *measured.because.values()])
    )
    if len(placed) < 3:
        gone = ", ".join(f"{len(ids)} {why}" for why, ids in because.items())
        words = f" ({gone})" if gone else ""
        raise AnalysisError(
            f"{snapshots.run_id}: {len(placed)} of {len(rows)} snapshots have a place{words}; three"
            " are needed."
        )
    values = measured.values[np.ix_(placed, placed)].astype(np.float32)
    return Geometry(
        rows[placed], values, np.searchsorted(placed, measured.representative[placed]), because
    )
