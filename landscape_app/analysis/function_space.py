"""Distances between what networks answer, which mean the same for every network: only here have
networks of any kind a common place.

Outputs on the probe set (softmax outputs, or the outputs of a regression in units of its targets'
standard deviations), and losses of single train examples, both stored while sampling.
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
NOT_FINITE = {
    "softmax": "outputs not finite",
    "outputs": "outputs not finite",
    "losses": "losses not finite",
}
COLUMNS = 16_384  # of the probe's outputs that are read at a time


def softmax(snapshots: Snapshots) -> Distances:
    """Root-mean-square difference of the softmax outputs over the probe examples: at most √2. Equal
    weights or outputs coincide.
    """
    return _measured(snapshots, "softmax")


def outputs(snapshots: Snapshots) -> Distances:
    """Root-mean-square difference of the outputs over the probe examples, each output in units of
    the standard deviation of its target over the train rows. Equal weights or outputs coincide.
    """
    return _measured(snapshots, "outputs")


def losses(snapshots: Snapshots) -> Distances:
    """ρ(w, w') = mean_i |ℓ(w, z_i) − ℓ(w', z_i)| over the train examples whose losses are stored.
    Equal weights or losses coincide.

    A metric up to that; in the unit of the loss. Means the same only for networks that were given
    the same labels.
    """
    return _measured(snapshots, "losses")


def own(snapshots: Snapshots) -> str:
    """The distance between what this network computes at its snapshots: "softmax" where it tells
    classes apart, else "outputs".
    """
    return "softmax" if snapshots.classes else "outputs"


def distances_to(snapshots: Snapshots, place: int) -> np.ndarray:
    """(n,) float64, the distance `own` of every snapshot to the one at position `place`; NaN where
    outputs are not finite. Raises AnalysisError where they are not stored. One pass.
    """
    distance = own(snapshots)
    matrix = answers(snapshots, distance)
    total = np.zeros(len(snapshots))
    with np.errstate(invalid="ignore", over="ignore"):
        for block in matrix.blocks(COLUMNS):
            apart = block.astype(np.float64) - block[place]
            total += np.einsum("ij,ij->i", apart, apart)
        values = np.sqrt(total / _averaged(matrix, distance, snapshots.classes))
    return np.where(np.isfinite(values), values, np.nan)


def predicted(snapshots: Snapshots) -> np.ndarray:
    """(n, examples) the class of the largest softmax output of every probe example; of equal ones
    the first. Raises AnalysisError where no softmax outputs are stored.
    """
    matrix, classes = answers(snapshots, "softmax"), snapshots.classes
    blocks = matrix.blocks(classes * max(1, COLUMNS // classes))
    n = len(snapshots)
    largest = [block.reshape(n, -1, classes).argmax(axis=2) for block in blocks]
    return np.concatenate([np.empty((n, 0), dtype=np.int64), *largest], axis=1)


def answers(snapshots: Snapshots, distance: str) -> Matrix:
    """What `distance` ("softmax", "outputs" or "losses") compares of `snapshots`. Raises
    AnalysisError where it is not stored.
    """
    if distance == "outputs":
        return _scaled(snapshots)
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


def _scaled(snapshots: Snapshots) -> Matrix:
    """The outputs on the probe set, each divided by the standard deviation of its target: in
    float64, so that close outputs keep the difference that is stored of them.
    """
    probe, scale = snapshots.probe, np.asarray(snapshots.target_scale, dtype=np.float64)
    id = snapshots.run_id
    if snapshots.classes:
        raise AnalysisError(
            f"{id} tells classes apart: its outputs are compared as softmax outputs. Use the"
            " distance 'softmax'."
        )
    if probe is None:
        raise AnalysisError(f"{id} has no outputs on a probe set, so no place in function space.")
    if not len(scale) or probe.shape[1] % len(scale):
        raise AnalysisError(
            f"{id} has no place in function space: its outputs are neither scores of classes nor"
            " estimates of targets whose spread over the train rows is recorded."
        )
    every = np.tile(scale, probe.shape[1] // len(scale))
    return Matrix(probe.shape, lambda start, stop: probe.read(start, stop) / every[start:stop])


def _averaged(matrix: Matrix, distance: str, classes: int) -> int:
    """What a sum of squared differences is divided by: examples of the softmax, all outputs of a
    regression.
    """
    return matrix.shape[1] // classes if distance == "softmax" else matrix.shape[1]


def apart(matrix: Matrix, distance: str, *, classes: int) -> np.ndarray:
    """`distance` ("softmax", "outputs" or "losses") between the rows of `matrix`, (n, n) float64;
    NaN where a row is not finite.

    classes: the width of one example's softmax outputs; of the others it plays no part.
    """
    if distance == "losses":
        return mean_absolute(matrix)
    values = squares(matrix)
    values /= _averaged(matrix, distance, classes)
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
