"""Distances between snapshots, from one pass over their columns: float64 products of float32 blocks, so that close pairs keep their digits.

A snapshot's neighbours on its own trajectory lie up to 10⁴ times closer to it than it lies to the anchor. In float32 products of δ the
difference of the squares then has no digit left (measured on digits, regime plain: relative errors up to 1.1, squares below 0); in
float64 the same pairs are right to 1e-8, for twice the work, and still closer ones are taken apart directly. Every distance is a function (snapshots) → squared, (n, n).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
from scipy.linalg.blas import dsyrk

from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Matrix, Snapshots

WIDEST = 16_384  # columns of a block
BLOCK_BYTES = 2**26  # of a block in float64
TILE = 256
CLOSE = 3e-10  # of the squared norms: below, a squared distance from float64 products is off by more than 1e-6
Squares = Callable[[Snapshots], np.ndarray]


def euclidean(snapshots: Snapshots) -> np.ndarray:
    """Squared ‖θ_i − θ_j‖² over the trainable weights, (n, n) float64."""
    return squares(snapshots.delta)


def function_space(snapshots: Snapshots) -> np.ndarray:
    """Squared root-mean-square difference of the softmax outputs over the probe examples, (n, n) float64.

    It has the same meaning for every network that was probed on the same examples; two networks never disagree by more than √2.
    """
    if snapshots.probe is None or not snapshots.classes:
        raise AnalysisError(f"{snapshots.run_id} has no softmax outputs on a probe set, so it has no place in function space.")
    return squares(snapshots.probe) / (snapshots.probe.shape[1] // snapshots.classes)


def squares(matrix: Matrix) -> np.ndarray:
    """Squared Euclidean distances (n, n) float64 between the rows of `matrix`: symmetric, diagonal 0, NaN where a row is not finite.

    One pass over the columns, and a second for the pairs (few, if any) that lie so close that products lose them. Equal rows are
    exactly 0 apart. Relative error of a distance ≤ 1e-5.
    """
    n = matrix.shape[0]
    squared = np.zeros((n, n), order="F")
    for block in matrix.blocks(_width(n)):
        wide = np.asarray(block, dtype=np.float64)
        squared = dsyrk(1.0, wide.T, beta=1.0, c=squared, trans=1, overwrite_c=1)  # the upper triangle, half of a full product
    norms = np.diagonal(squared).copy()
    squared *= -2.0
    with np.errstate(invalid="ignore"):
        squared += norms[:, None]
        squared += norms
        _refine(squared, norms, matrix)
    mirror(squared)
    np.fill_diagonal(squared, np.where(np.isfinite(norms), 0.0, np.nan))
    return squared


def _refine(squared: np.ndarray, norms: np.ndarray, matrix: Matrix) -> None:
    """Replace the upper entries of close pairs by sums of squared differences, in place."""
    near = [np.flatnonzero(squared[i, i + 1 :] < CLOSE * (norms[i] + norms[i + 1 :])) + i + 1 for i in range(len(norms))]
    i, j = np.repeat(np.arange(len(norms)), [len(row) for row in near]), np.concatenate(near)
    if not len(i):
        return
    total, width = np.zeros(len(i)), _width(len(norms))
    for block in matrix.blocks(width):
        for first in range(0, len(i), len(norms)):
            part = slice(first, first + len(norms))
            apart = block[i[part]].astype(np.float64) - block[j[part]]
            total[part] += np.einsum("pw,pw->p", apart, apart)
    squared[i, j] = total


def mirror(matrix: np.ndarray) -> None:
    """Fill the lower triangle of `matrix` (n, n) from the upper one, in place, in blocks that stay in the cache."""
    for first in range(0, len(matrix), TILE):
        last = min(first + TILE, len(matrix))
        corner = matrix[first:last, first:last]
        corner[:] = np.triu(corner) + np.triu(corner, 1).T
        matrix[last:, first:last] = matrix[first:last, last:].T


def fingerprints(matrix: Matrix) -> list[bytes]:
    """One hash per row of `matrix`: equal exactly when the rows are equal (0 and −0 are)."""
    hashes = [hashlib.blake2b(digest_size=16) for _ in range(matrix.shape[0])]
    for block in matrix.blocks(_width(matrix.shape[0])):
        for row, whole in zip(np.ascontiguousarray(block) + np.float32(0), hashes, strict=True):
            whole.update(row)
    return [whole.digest() for whole in hashes]


def first_of_equals(labels: list[bytes]) -> np.ndarray:
    """For each entry the position (n,) of the first one equal to it."""
    first: dict[bytes, int] = {}
    return np.array([first.setdefault(label, position) for position, label in enumerate(labels)], dtype=np.int64)


def _width(n: int) -> int:
    return int(np.clip(BLOCK_BYTES // (8 * max(n, 1)), 256, WIDEST))
