"""Projections of snapshots on a line or plane: coordinates by least squares and the residual, in
blocks of parameters.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh
from scipy.linalg.blas import dsyrk

from landscape_app.errors import AnalysisError
from landscape_app.records.snapshots import Matrix

BLOCK_BYTES = 2**26  # of a block of columns in float64
FLAT = 1e-10  # of the largest variance: below, an axis is rounding


def project(delta: Matrix, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(coordinates (n, d), residual (n,)) float64 of the rows of `delta` (n, parameter) on
    `directions` (d, parameter).

    Least squares, so that directions need not be orthogonal; residual = ‖δ −
    coordinates·directions‖, summed over the differences themselves (two passes over `delta`): it
    keeps its digits where a row lies in the plane. NaN where a row is not finite.
    """
    inner, products = np.zeros((len(directions),) * 2), np.zeros((delta.shape[0], len(directions)))
    for block, axes in _blocks(delta, directions):
        inner += axes @ axes.T
        products += block @ axes.T
    finite = np.isfinite(products).all(1)
    coordinates = np.full(products.shape, np.nan)
    coordinates[finite] = np.linalg.lstsq(inner, products[finite].T)[0].T
    squares = np.zeros(delta.shape[0])
    for block, axes in _blocks(delta, directions):
        squares += np.square(block - coordinates @ axes).sum(1)
    return coordinates, np.sqrt(squares)


def principal(delta: Matrix, *, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(axes (count, parameter) of norm 1, share of Σ‖δ‖² along each (count,)): the plane through
    the anchor nearest to all rows.

    The anchor, not the mean, is the origin, so that the plane contains it. From the Gram matrix δδᵀ
    = VΛVᵀ: axis k is δᵀv_k/√λ_k; two passes over `delta`. Each axis is turned so that the row that
    lies furthest along it lies on its positive side. Raises AnalysisError where the rows span fewer
    than `count` dimensions.
    """
    n = delta.shape[0]
    gram = np.zeros((n, n), order="F")
    for block, _ in _blocks(delta, np.empty((0, delta.shape[1]))):
        gram = dsyrk(1.0, block.T, beta=1.0, c=gram, trans=1, overwrite_c=1)
    wanted = min(count, n)
    values, vectors = eigh(gram, lower=False, subset_by_index=[n - wanted, n - 1])
    values, vectors = values[::-1], vectors[:, ::-1]
    if wanted < count or values[-1] <= FLAT * max(values[0], np.finfo(float).tiny):
        raise AnalysisError(
            f"The snapshots span fewer than {count} dimensions around the anchor: there is no plane"
            " of their principal axes."
        )
    vectors = (
        vectors * np.sign(vectors[np.abs(vectors).argmax(0), np.arange(count)]) / np.sqrt(values)
    )
    axes = np.concatenate(
        [(block.T @ vectors).T for block, _ in _blocks(delta, np.empty((0, delta.shape[1])))],
        axis=1,
    )
    return axes, values / np.trace(gram)


def _blocks(delta: Matrix, directions: np.ndarray):  # type: ignore[no-untyped-def]
    """Successive (columns of delta, the same columns of directions), float64."""
    width = int(np.clip(BLOCK_BYTES // (8 * max(delta.shape[0], 1)), 256, 2**18))
    start = 0
    for block in delta.blocks(width):
        stop = start + block.shape[1]
        yield (
            np.asarray(block, dtype=np.float64),
            np.asarray(directions[:, start:stop], dtype=np.float64),
        )
        start = stop
