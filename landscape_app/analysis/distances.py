"""Distances between snapshots, from one pass over their columns: float64 products of float32
blocks, so that close pairs keep their digits.

A snapshot's neighbours on its own trajectory lie up to 10⁴ times closer to it than it lies to the
anchor. In float32 products of δ the difference of the squares then has no digit left (measured on
digits, regime plain: relative errors up to 1.1, squares below 0); in float64 the same pairs are
right to 1e-8, for twice the work, and still closer ones are taken apart directly. Every distance of
the table is a function (snapshots) → Distances; here is the one between weights, and what those in
cosine_distance.py and function_space.py share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.linalg.blas import dsyrk

from landscape_app.analysis.coincidence import coinciding
from landscape_app.records.snapshots import Matrix, Snapshots

NARROWEST, WIDEST = 256, 16_384  # columns of a block
BLOCK_BYTES = 2**26  # of a block in float64
TILE = 256
# multiplications of a product in one go: a second or two, in which no cancel is heard
GO = 42 * 10**9
# of the squared norms: below, a squared distance from float64 products is off by more than 1e-6
CLOSE = 3e-10
# why a snapshot has no place: its weights, or its mean losses, are not finite
DIVERGED = "diverged"


@dataclass(frozen=True, eq=False)
class Distances:
    """How far n snapshots are apart: `values` (n, n) float64, symmetric, diagonal 0; NaN in the
    rows and columns of those without a place.

    representative (n,): position of the first snapshot that each coincides with, its own where
    there is none before it. because: {why it has no place: positions}, each such snapshot once.
    """

    values: np.ndarray
    representative: np.ndarray
    because: Mapping[str, np.ndarray] = field(default_factory=dict)


Distance = Callable[[Snapshots], Distances]


def euclidean(snapshots: Snapshots) -> Distances:
    """‖θ_i − θ_j‖ over the trainable weights. Snapshots of equal weights coincide."""
    values = squares(snapshots.delta)
    np.sqrt(values, out=values)
    gone = np.isnan(np.diagonal(values)) | diverged(snapshots)
    leave_out(values, gone)
    return Distances(values, coinciding(values), {DIVERGED: np.flatnonzero(gone)})


def diverged(snapshots: Snapshots) -> np.ndarray:
    """Which snapshots (n,) are recorded as diverged."""
    return np.asarray(snapshots.column("diverged"), dtype=bool)


def leave_out(values: np.ndarray, gone: np.ndarray) -> None:
    """NaN, in place, in the rows and columns of `values` (n, n) where the mask `gone` (n,) says
    so.
    """
    values[gone] = np.nan
    values[:, gone] = np.nan


def squares(matrix: Matrix) -> np.ndarray:
    """Squared Euclidean distances (n, n) float64 between the rows of `matrix`: symmetric, diagonal
    0, NaN where a row is not finite.

    One pass over the columns, and a second for the pairs (few, if any) that lie so close that
    products lose them. Equal rows are exactly 0 apart. Relative error of a distance ≤ 1e-5.
    """
    squared = products(matrix)
    norms = np.diagonal(squared).copy()
    squared *= -2.0
    with np.errstate(invalid="ignore"):
        squared += norms[:, None]
        squared += norms
    return taken_apart(squared, norms, matrix)


def products(matrix: Matrix) -> np.ndarray:
    """Inner products (n, n) float64 between the rows of `matrix`; the upper triangle, as that is
    half of a full product.
    """
    n = matrix.shape[0]
    inner = np.zeros((n, n), order="F")
    if not n:  # BLAS takes no empty matrix
        return inner
    for block in matrix.blocks(width(n)):
        wide = np.asarray(block, dtype=np.float64)
        inner = dsyrk(1.0, wide.T, beta=1.0, c=inner, trans=1, overwrite_c=1)
    return inner


def taken_apart(squared: np.ndarray, norms: np.ndarray, matrix: Matrix) -> np.ndarray:
    """`squared` (n, n), changed in place, of which the upper triangle came from products of rows of
    squared `norms` (n,).

    Close pairs become sums of squared differences of the rows of `matrix`; then the lower triangle
    and the diagonal are filled.
    """
    with np.errstate(invalid="ignore"):
        _refine(squared, norms, matrix)
    mirror(squared)
    np.fill_diagonal(squared, np.where(np.isfinite(norms), 0.0, np.nan))
    return squared


def _refine(squared: np.ndarray, norms: np.ndarray, matrix: Matrix) -> None:
    """Replace the upper entries of close pairs by sums of squared differences, in place."""
    near = [
        np.flatnonzero(squared[i, i + 1 :] < CLOSE * (norms[i] + norms[i + 1 :])) + i + 1
        for i in range(len(norms))
    ]
    i, j = (
        np.repeat(np.arange(len(norms)), [len(row) for row in near]),
        np.concatenate([np.empty(0, np.int64), *near]),
    )
    if not len(i):
        return
    total = np.zeros(len(i))
    for block in matrix.blocks(width(len(norms))):
        for first in range(0, len(i), len(norms)):
            part = slice(first, first + len(norms))
            apart = block[i[part]].astype(np.float64) - block[j[part]]
            total[part] += np.einsum("pw,pw->p", apart, apart)
    squared[i, j] = total


def mirror(matrix: np.ndarray) -> None:
    """Fill the lower triangle of `matrix` (n, n) from the upper one, in place, in blocks that stay
    in the cache.
    """
    for first in range(0, len(matrix), TILE):
        last = min(first + TILE, len(matrix))
        corner = matrix[first:last, first:last]
        corner[:] = np.triu(corner) + np.triu(corner, 1).T
        matrix[last:, first:last] = matrix[first:last, last:].T


def width(n: int) -> int:
    """Columns of a block of n rows that stays small."""
    return int(
        np.clip(min(BLOCK_BYTES // (8 * max(n, 1)), GO // max(n, 1) ** 2), NARROWEST, WIDEST)
    )
