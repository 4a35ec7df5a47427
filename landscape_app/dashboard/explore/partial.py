"""A picture of a run that has no embedding yet: principal axes of the snapshots committed so far,
worked out in the web process.

Numpy only and one pass over (at most a sample of) the weights of at most DRAWN snapshots, whose
Gram matrix stays small; the stored embedding takes its place when the job has made it.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.orientation import orient
from landscape_app.analysis.thinning import taken, thinning
from landscape_app.errors import AnalysisError
from landscape_app.figures.view import InMemoryResult
from landscape_app.records.snapshots import Snapshots

DRAWN = 1_000  # snapshots of a picture
MOST = 16_000_000  # numbers that are read: 64 MB, about 0.1 s
BLOCK, BLOCK_NUMBERS = 2048, 2**23  # columns that are read at once, and numbers
TURNS = 30


def pca(snapshots: Snapshots, *, dims: int, of: str = "") -> InMemoryResult:
    """Scores on the first principal axes of the finite snapshots: arrays rows (m,), coordinates (m,
    dims), as a stored embedding has.

    Of more than DRAWN only so many are drawn; meta: "drawn" says how many, "finite" of how many.
    of: the state of the run, kept in meta.
    """
    finite = np.flatnonzero(~np.asarray(snapshots.column("diverged"), dtype=bool))
    chosen, thinned = spread(
        snapshots.column("trajectory")[finite], snapshots.column("epoch")[finite]
    )
    keep = finite[chosen]
    gram, share = _gram(snapshots, keep)
    coordinates = np.zeros((len(keep), dims))
    if len(keep) > 1:
        values, vectors = leading(gram, dims)
        coordinates[:, : len(values)] = vectors * np.sqrt(values)
        coordinates = orient(coordinates, np.asarray(snapshots.column("seed"))[keep], turn=False)
    rows = np.asarray(snapshots.column("row"))
    left_out = np.setdiff1d(rows, rows[finite]).tolist()
    meta = {
        "method": "pca",
        "provisional": True,
        "share": share,
        "excluded": left_out,
        "thinned": thinned,
    }
    meta |= {"drawn": len(keep), "finite": len(finite), "of": of}
    return InMemoryResult({"rows": rows[keep], "coordinates": coordinates.astype(np.float32)}, meta)


def spread(trajectory: np.ndarray, epoch: np.ndarray, most: int = DRAWN) -> tuple[np.ndarray, int]:
    """(positions (m,), k), m ≤ `most`, of snapshots (n,) in canonical order: every k-th epoch of
    every trajectory, with its first and last and the anchor; evenly over all where those alone are
    too many.
    """
    n = len(epoch)
    if n <= most:
        return np.arange(n), 1
    try:
        every = thinning([(trajectory, epoch)], most)
        return np.flatnonzero(taken(trajectory, epoch, every)), every
    except AnalysisError:
        return np.unique(np.linspace(0, n - 1, most).astype(np.int64)), 1


def _gram(snapshots: Snapshots, keep: np.ndarray) -> tuple[np.ndarray, float]:
    """(centred Gram matrix (m, m), share of the weights that went into it): evenly spread column
    blocks of large networks.
    """
    n, width = snapshots.delta.shape
    step = min(BLOCK, max(64, BLOCK_NUMBERS // max(n, 1)))
    starts = np.arange(0, width, step)
    every = max(1, -(-n * width // MOST))
    gram = np.zeros((len(keep), len(keep)), dtype=np.float64)
    for start in starts[::every]:
        block = snapshots.delta.read(int(start), int(min(start + step, width)))[keep]
        gram += block @ block.T  # float32 within a block: a picture needs no more
    gram -= gram.mean(axis=0)
    gram -= gram.mean(axis=1)[:, None]
    return gram, 1.0 / every


def leading(gram: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` largest eigenvalues (descending, not below 0) and vectors of a symmetric matrix,
    by orthogonal iteration.
    """
    m = len(gram)
    width = min(m, count + 6)
    basis = np.linalg.qr(np.cos(np.outer(np.arange(m) + 1.0, np.arange(width) + 0.5)))[0]
    for _ in range(TURNS):
        basis = np.linalg.qr(gram @ basis)[0]
    values, turn = np.linalg.eigh(basis.T @ gram @ basis)
    order = np.argsort(-values)[: min(count, width)]
    return np.maximum(values[order], 0.0), basis @ turn[:, order]
