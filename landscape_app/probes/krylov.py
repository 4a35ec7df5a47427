"""The Krylov basis of a symmetric matrix, with full reorthogonalisation and thick restarts (Wu &
Simon 2000, SIAM J. Matrix Anal. Appl. 22).
"""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg import eigh_tridiagonal

from landscape_app.probes.hessian import Product

BLOCK = 2**16  # parameters of which a restart makes the new basis at a time
BREAKDOWN = 1e-10  # of the largest entry so far: what is left of a product is rounding


class KrylovBasis:
    """A basis of at most `room` vectors, which grows by one product at a time.

    The matrix on it is tridiagonal: `alpha` on the diagonal, `beta` beside it, and beta[-1] is the
    length of what is left over. After a restart the first vectors are Ritz vectors: `_ritz_values`
    stand on the diagonal before `alpha`, and `_coupling` joins each to the first vector after them.
    """

    def __init__(self, times: Product, start: np.ndarray, room: int) -> None:
        self._times = times
        self._basis = np.empty((room, len(start)))
        self._ritz_values = self._coupling = np.empty(0)
        self.alpha: list[float] = []
        self.beta: list[float] = []
        self.products = 0
        self._next = start / np.linalg.norm(start)

    def __len__(self) -> int:
        return len(self._ritz_values) + len(self.alpha)

    @property
    def full(self) -> bool:
        """Whether there is no room for one more vector."""
        return len(self) == len(self._basis)

    def grow(self, refill: np.random.Generator | None = None) -> bool:
        """One step; False where the space is invariant. `refill`: draws the vector to go on with
        there (then beta is 0).
        """
        at = len(self)
        self._basis[at] = self._next
        rest = self._times(self._next)
        self.products += 1
        self.alpha.append(float(self._next @ rest))
        rest = self._without(rest, at + 1)
        left = float(np.linalg.norm(rest))
        largest = max(map(abs, [*self._ritz_values, *self.alpha, *self.beta]))
        broken = left <= BREAKDOWN * largest or at + 1 == len(rest)
        if broken and refill is not None and at + 1 < len(rest):
            rest, left = self._without(refill.standard_normal(len(rest)), at + 1), 0.0
        self.beta.append(0.0 if broken else left)
        if (broken and refill is None) or at + 1 == len(rest):
            return False
        self._next = rest / np.linalg.norm(rest)
        return True

    def _without(self, v: np.ndarray, count: int) -> np.ndarray:
        for _ in range(2):  # twice is enough (Giraud et al. 2005): orthogonal to rounding
            v = v - self._basis[:count].T @ (self._basis[:count] @ v)
        return v

    def restart(self, count: int) -> None:
        """Keep the `count` Ritz vectors of largest value, and what is left over, as the basis."""
        values, vectors = self.ritz()
        self._ritz_values, self._coupling = values[-count:], self.beta[-1] * vectors[-1, -count:]
        for start in range(0, self._basis.shape[1], BLOCK):
            columns = slice(start, start + BLOCK)
            self._basis[:count, columns] = vectors[:, -count:].T @ self._basis[:, columns]
        self.alpha, self.beta = [], []

    def ritz(self, steps: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Eigenvalues (m,), ascending, and eigenvectors (m, m) in columns, of the matrix on the
        first `steps` vectors (None: all; a part only before a restart).
        """
        m = len(self) if steps is None else steps
        at, beta = len(self._ritz_values), np.array(self.beta[: m - 1])
        if not at:
            values, vectors = eigh_tridiagonal(np.array(self.alpha[:m]), beta)
            return values, vectors
        matrix = np.diag([*self._ritz_values, *self.alpha])
        matrix[at, :at] = matrix[:at, at] = self._coupling
        matrix[at:, at:] += np.diag(self.beta[:-1], 1) + np.diag(self.beta[:-1], -1)
        values, vectors = np.linalg.eigh(matrix)
        return values, vectors

    def vectors(self, ritz: np.ndarray) -> np.ndarray:
        """(k, parameter) of norm 1 with positive largest entry, of eigenvectors (k, m) of the
        matrix on the basis.
        """
        vectors = np.empty((len(ritz), self._basis.shape[1]))
        for row, coefficients in zip(vectors, ritz, strict=True):
            row[:] = coefficients @ self._basis[: len(self)]
            row /= math.copysign(np.linalg.norm(row), row[np.abs(row).argmax()])
        return vectors

    def residual(self, value: float, v: np.ndarray) -> float:
        """‖Hv − λv‖, by one more product."""
        self.products += 1
        return float(np.linalg.norm(self._times(v) - value * v))
