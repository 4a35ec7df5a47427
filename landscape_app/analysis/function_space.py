"""Distances between what networks answer, which mean the same for every network: only here have
networks of any kind a common place.

Softmax outputs on the probe set, and losses of single train examples, both stored while sampling.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import pdist, squareform

from landscape_app.analysis.coincidence import coinciding, equal_weights
from landscape_app.analysis.distances import (
    DIVERGED,
    Distances,
    diverged,
    leave_out,
    squares,
    width,
)
from landscape_app.errors import AnalysisError
from landscape_app.records.pulse import waited
from landscape_app.records.snapshots import Matrix, Snapshots

# why a snapshot has no place, though its weights are finite
NOT_FINITE = {"softmax": "outputs not finite", "losses": "losses not finite"}


def softmax(snapshots: Snapshots) -> Distances:
    """Root-mean-square difference of the softmax outputs over the probe examples: at most √2. Equal
    weights or outputs coincide.
    """
    return _measured(snapshots, "softmax")


def losses(snapshots: Snapshots) -> Distances:
    """ρ(w, w') = mean_i |ℓ(w, z_i) − ℓ(w', z_i)| over the train examples whose losses are stored.
    Equal weights or losses coincide.

    A metric up to that; in the unit of the loss. Means the same only for networks that were given
    the same labels.
    """
    return _measured(snapshots, "losses")


def answers(snapshots: Snapshots, distance: str) -> Matrix:
    """What `distance` ("softmax" or "losses") compares of `snapshots`. Raises AnalysisError where
    it is not stored.
    """
    if distance == "losses":
        if snapshots.losses is None or not snapshots.losses.shape[1]:
            why = f": {snapshots.unsplit}" if snapshots.unsplit else ""
            raise AnalysisError(
                f"{snapshots.run_id} has no losses of single examples stored with its snapshots,"
                f" which the distance 'losses' compares{why}. Use another distance."
            )
        return snapshots.losses
    if snapshots.probe is None or not snapshots.classes:
        raise AnalysisError(
            f"{snapshots.run_id} has no softmax outputs on a probe set, so it has no place in"
            " function space. Use another distance: euclidean, cosine or losses."
        )
    return snapshots.probe


def apart(matrix: Matrix, distance: str, *, classes: int) -> np.ndarray:
    """`distance` ("softmax" or "losses") between the rows of `matrix`, (n, n) float64; NaN where a
    row is not finite.

    classes: the width of one example's softmax outputs; of losses it plays no part.
    """
    if distance == "losses":
        return mean_absolute(matrix)
    values = squares(matrix)
    values /= matrix.shape[1] // classes
    return np.asarray(np.sqrt(values, out=values))


def mean_absolute(matrix: Matrix) -> np.ndarray:
    """Mean absolute difference (n, n) float64 between the rows of `matrix`, NaN where a row is not
    finite. O(n² width).
    """
    n = matrix.shape[0]
    total = np.zeros(n * (n - 1) // 2)
    finite = np.ones(n, dtype=bool)
    for block in matrix.blocks(width(n)):
        finite &= np.isfinite(block).all(axis=1)
        # rows that are not finite are left out below
        wide = np.where(np.isfinite(block), block, 0).astype(np.float64)
        total += waited(pdist, wide, "cityblock")
    values: np.ndarray = squareform(total / matrix.shape[1]) if n > 1 else np.zeros((n, n))
    leave_out(values, ~finite)
    return values


def _measured(snapshots: Snapshots, distance: str) -> Distances:
    matrix = answers(snapshots, distance)
    values = apart(matrix, distance, classes=snapshots.classes)
    gone = diverged(snapshots)
    unknown = np.isnan(np.diagonal(values)) & ~gone
    leave_out(values, gone | unknown)
    placed = np.flatnonzero(~(gone | unknown))
    representative = coinciding(values, start=equal_weights(snapshots.delta, placed))
    return Distances(
        values,
        representative,
        {DIVERGED: np.flatnonzero(gone), NOT_FINITE[distance]: np.flatnonzero(unknown)},
    )
