"""PHATE's diffusion on a kernel: the operator, the entropy whose knee sets the diffusion time, and
the potential.

P = D⁻¹K; H(t) = −Σ p log p with p = σᵗ/Σσᵗ, σ the singular values of P; U = −log(Pᵗ + 1e-7).
The same numbers as the phate package's (a test compares them) in a tenth of its time: powers of the
symmetric conjugate, sparse as long as that pays, and singular values of P from the eigenvalues of P
Pᵀ. Moon et al., Nature Biotechnology 37 (2019) 1482.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import linalg, sparse
from scipy.linalg.blas import dsyrk
from scipy.sparse.csgraph import connected_components

from landscape_app.analysis.distances import mirror, squares
from landscape_app.analysis.mds import classical
from landscape_app.errors import AnalysisError
from landscape_app.records.pulse import pulse, waited
from landscape_app.records.snapshots import Matrix

T_MAX = 100
# share of entries from which a dense product is quicker: at 8 % of 5,000² it takes 1.5 s and a
# sparse one 2.5 s
DENSE = 0.05
STRIP = 256
LARGE = 2_000  # snapshots from which torch's eigenvalues pay for the time that importing it takes
# operations of a dense product in one go, for a second or two: no other thread runs meanwhile
GO = 3e10
FLOOR = 1e-7  # added to probabilities before the logarithm


@dataclass(frozen=True, eq=False)
class Potential:
    """Distances (m, m) float64 between the rows of U = −log(Pᵗ + 1e-7) at one diffusion time
    `t`.
    """

    t: int
    distances: np.ndarray

    @cached_property
    def start(self) -> np.ndarray:
        """Classical scaling in three dimensions (m, 3): where metric scaling begins; the first two
        columns are the one in two.
        """
        return classical(self.distances, dims=3)[0]


@dataclass(frozen=True, eq=False)
class Diffusion:
    """A symmetric kernel (m, m) with positive diagonal and what follows from it. `joined_edges` of
    its edges were added to connect it.
    """

    kernel: sparse.csr_array
    joined_edges: int = 0
    _potentials: dict[int, Potential] = field(default_factory=dict)

    @cached_property
    def degree(self) -> np.ndarray:
        """Row sums of the kernel (m,)."""
        return np.asarray(self.kernel.sum(axis=1)).ravel()

    @cached_property
    def components(self) -> int:
        """Connected components of the kernel's graph."""
        return int(connected_components(self.kernel, directed=False)[0])

    @property
    def operator(self) -> sparse.csr_array:
        """P = D⁻¹K (m, m), rows sum to 1."""
        return sparse.csr_array(sparse.diags_array(1.0 / self.degree) @ self.kernel)

    @cached_property
    def entropy(self) -> np.ndarray:
        """Von Neumann entropy H (100,): entry j is that of σ^(j+1), which the phate package labels
        t = j. O(m³).
        """
        operator = self.operator
        squared = eigenvalues(waited(lambda: operator @ operator.T).toarray())
        sigma = np.sqrt(np.maximum(squared, 0.0))
        powers = (sigma / sigma.max()) ** np.arange(1, T_MAX + 1)[:, None]
        p = powers / powers.sum(axis=1, keepdims=True)
        return np.asarray(-np.sum(p * np.log(p, out=np.zeros_like(p), where=p > 0), axis=1))

    @cached_property
    def knee(self) -> int:
        """The diffusion time at the knee of the entropy, labelled as the phate package does."""
        return knee(self.entropy)

    def power(self, t: int) -> np.ndarray:
        """Pᵗ (m, m), dense."""
        root = np.sqrt(self.degree)
        conjugate = sparse.csr_array(
            sparse.diags_array(1.0 / root) @ self.kernel @ sparse.diags_array(1.0 / root)
        )
        result = _symmetric_power(conjugate, t)
        result *= root
        result /= root[:, None]
        return result

    def potential(self, t: int) -> Potential:
        """The potential distances at `t`; kept, for every embedding and graph that is built on
        them.
        """
        if t not in self._potentials:
            self._potentials.clear()  # one at a time: each is as large as the distance matrix
            self._potentials[t] = Potential(t, row_distances(potential(self.power(t))))
        return self._potentials[t]


def eigenvalues(matrix: np.ndarray) -> np.ndarray:
    """Those of the symmetric `matrix` (m, m), ascending; it is overwritten. Both ways to 1e-14 of
    the largest.

    torch brings MKL, which reduces a large matrix in half the work of scipy's library. In one
    thread: 3.6 s for 5,000, whatever else runs; two would take 2.2 s alone, but 4-9 s where another
    process takes a third of a core, as each waits for the other.
    """
    if len(matrix) < LARGE:
        return np.asarray(linalg.eigvalsh(matrix, overwrite_a=True, check_finite=False))
    return waited(_large_eigenvalues, matrix)


def _large_eigenvalues(matrix: np.ndarray) -> np.ndarray:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return np.asarray(torch.linalg.eigvalsh(torch.from_numpy(matrix)).numpy())
    finally:
        torch.set_num_threads(threads)


def potential(power: np.ndarray) -> np.ndarray:
    """U = −log(Pᵗ + 1e-7), the potential at γ = 1."""
    return -np.log(power + FLOOR)


def knee(curve: np.ndarray) -> int:
    """The index i at which two least-squares lines, one up to i and one from i on, leave the
    smallest sum of absolute residuals.

    As in the phate package, the second line is fitted to the point before i too, though its
    residual there is not counted.
    """
    if len(curve) < 3:
        raise AnalysisError(f"A knee needs three points; the curve has {len(curve)}.")
    misfits = [
        np.abs(_residuals(curve[: i + 1])).sum() + np.abs(_residuals(curve[i - 1 :])[1:]).sum()
        for i in range(1, len(curve) - 1)
    ]
    return int(np.argmin(misfits)) + 1


def _residuals(y: np.ndarray) -> np.ndarray:
    """What the least-squares line through the equally spaced `y` leaves."""
    x = np.arange(len(y)) - (len(y) - 1) / 2
    rest = y - y.mean()
    return np.asarray(rest - x * (x @ rest) / (x @ x))


def _symmetric_power(matrix: sparse.csr_array, t: int) -> np.ndarray:
    """`matrix`ᵗ dense, by binary powering: sparse while it is sparse, then half of each dense
    product.
    """
    result = matrix
    for bit in f"{t:b}"[1:]:
        pulse()
        result = _dense_if_full(_square(result))
        if bit == "1":
            result = (
                _dense_if_full(matrix @ result)
                if sparse.issparse(result)
                else _times(matrix, result)
            )
    return np.asarray(result.toarray() if sparse.issparse(result) else result)


def _dense_if_full(matrix: np.ndarray | sparse.csr_array) -> np.ndarray | sparse.csr_array:
    return (
        matrix
        if isinstance(matrix, np.ndarray) or matrix.nnz <= DENSE * matrix.shape[0] ** 2
        else matrix.toarray()
    )


def _times(matrix: sparse.csr_array, power: np.ndarray) -> np.ndarray:
    """`matrix` @ `power` (m, m): a power again, so symmetric, of which half is computed."""
    product = np.empty_like(power)
    for first in range(0, len(power), STRIP):
        pulse()
        last = min(first + STRIP, len(power))
        product[:last, first:last] = matrix[:last] @ np.ascontiguousarray(power[:, first:last])
    mirror(product)
    return product


def _square(matrix: np.ndarray | sparse.csr_array) -> np.ndarray | sparse.csr_array:
    if sparse.issparse(matrix):
        return waited(lambda: matrix @ matrix)
    # symmetric: no copy into Fortran's order is needed
    whole = matrix if matrix.flags.f_contiguous else matrix.T
    product, columns = np.zeros(whole.shape, order="F"), max(STRIP, int(GO / len(whole) ** 2))
    for first in range(0, len(whole), columns):
        pulse()
        product = dsyrk(1.0, whole[:, first : first + columns], beta=1.0, c=product, overwrite_c=1)
    mirror(product)
    return product


def row_distances(rows: np.ndarray) -> np.ndarray:
    """Euclidean distances (m, m) between the rows of `rows` (m, width); the mean is taken off
    first, for digits.
    """
    distances = np.sqrt(squares(Matrix.of(rows - rows.mean(axis=0))))
    if not distances.max() > 1e-6 * np.sqrt(rows.shape[1]):
        raise AnalysisError(
            "The diffusion potential is the same at every snapshot (all are equally far apart, or t"
            " is too large)."
        )
    return np.asarray(distances)
