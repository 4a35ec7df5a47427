"""Distances between the directions in which snapshots lie: 1 − cos of δ, and of δ less its mean
over the snapshots.

As 1 − cos = ½‖u − v‖² of unit vectors, pairs that are nearly parallel are taken apart as the
differences of their unit vectors; 1 less a product has no digit left where the angle is under 1e-8.
1 − cos is no metric (two turns by 45° cost 0.59, one by 90° costs 1); its root is, up to a factor
the chord ‖u − v‖.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.coincidence import coinciding
from landscape_app.analysis.distances import (
    DIVERGED,
    Distances,
    diverged,
    products,
    taken_apart,
    width,
)
from landscape_app.records.snapshots import Matrix, Snapshots

NO_DIRECTION = "no direction"  # why a snapshot has no place: it lies where directions begin
AT_THE_MEAN = 1e-12  # of the longest row: a centred row so short is what rounding left of 0
HALF_ULP = 2.0**-24  # of float32, relative


def cosine(snapshots: Snapshots) -> Distances:
    """1 − cos of the angle between δ_i and δ_j, from 0 to 2. The anchor, and every start at it, has
    no direction.

    The jumps of one seed at several step sizes lie in one direction, so they coincide.
    """
    finite = _finite(snapshots)
    return _between(snapshots, snapshots.delta.rows(finite), finite, shortest=0.0)


def centred_cosine(snapshots: Snapshots) -> Distances:
    """1 − cos of the angle between δ_i and δ_j after the mean over the finite snapshots is
    subtracted from each (not each one's own mean).
    """
    finite = _finite(snapshots)
    return _between(snapshots, _centred(snapshots.delta.rows(finite)), finite, shortest=AT_THE_MEAN)


def _finite(snapshots: Snapshots) -> np.ndarray:
    """Positions (m,) of the snapshots whose weights are finite and that did not diverge; one
    pass.
    """
    finite = ~diverged(snapshots)
    for block in snapshots.delta.blocks(width(len(snapshots))):
        finite &= np.isfinite(block).all(axis=1)
    return np.flatnonzero(finite)


def _centred(matrix: Matrix) -> Matrix:
    """`matrix` less the mean of its rows, float64, as it is read: every block holds all rows."""

    def read(start: int, stop: int) -> np.ndarray:
        block = matrix.read(start, stop).astype(np.float64)
        return block - block.mean(axis=0) if len(block) else block

    return Matrix(matrix.shape, read)


def _units(matrix: Matrix, lengths: np.ndarray, index: np.ndarray) -> Matrix:
    """The rows `index` (m,) of `matrix` over their `lengths` (m,), float64, as they are read."""
    return Matrix(
        (len(index), matrix.shape[1]),
        lambda start, stop: matrix.read(start, stop)[index].astype(np.float64) / lengths[:, None],
    )


def _between(
    snapshots: Snapshots, matrix: Matrix, finite: np.ndarray, *, shortest: float
) -> Distances:
    """Between the directions of the rows of `matrix`, which are those of the snapshots at `finite`,
    as far as they have one.
    """
    inner = products(matrix)
    lengths = np.sqrt(np.diagonal(inner))
    directed = np.flatnonzero(lengths > shortest * lengths.max(initial=0.0))
    at, lengths = finite[directed], lengths[directed]
    chords = inner[np.ix_(directed, directed)]  # squared, so far
    chords *= -2.0
    chords /= lengths[:, None]
    chords /= lengths
    chords += 2.0
    chords = taken_apart(chords, np.ones(len(at)), _units(matrix, lengths, directed))
    n = len(snapshots)
    values, representative = np.full((n, n), np.nan), np.arange(n)
    values[np.ix_(at, at)] = 0.5 * chords
    within = _resolution(snapshots.select(at), lengths)
    representative[at] = at[coinciding(np.sqrt(chords, out=chords), within=within)]
    because = {DIVERGED: np.setdiff1d(np.arange(n), finite), NO_DIRECTION: np.setdiff1d(finite, at)}
    return Distances(values, representative, because)


def _resolution(snapshots: Snapshots, lengths: np.ndarray) -> np.ndarray:
    """How far (m,) rounding to float32 may have turned the direction of each snapshot, as a chord.

    A jump is θo + a·v̄ rounded: an error in proportion to ‖θo‖ + ‖δ‖, where ‖θo‖ = ‖v̄‖ = ‖δ‖/a. A
    retrained snapshot is where it is.
    """
    step = snapshots.column("step_size")
    jump = (snapshots.column("epoch") == 0) & (step > 0)
    origin = np.divide(snapshots.column("distance"), step, out=np.zeros(len(step)), where=jump)
    return np.asarray(HALF_ULP * (2.0 + origin / lengths))
