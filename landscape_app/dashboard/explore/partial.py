"""A picture of a run that is still being sampled: principal axes of the snapshots committed so far, worked out in the web process.

Numpy only and one pass over (at most a sample of) the weights; the stored embedding takes its place when the job has made it.
"""

from __future__ import annotations

import numpy as np

from landscape_app.analysis.orientation import orient
from landscape_app.figures.view import Given
from landscape_app.records.snapshots import Snapshots

MOST = 16_000_000  # numbers that are read: 64 MB, about 0.1 s
BLOCK = 2048
TURNS = 30


def pca(snapshots: Snapshots, *, dims: int) -> Given:
    """Scores on the first principal axes of the finite snapshots: arrays rows (m,), coordinates (m, dims), as a stored embedding has."""
    keep = np.flatnonzero(~np.asarray(snapshots.column("diverged"), dtype=bool))
    gram, share = _gram(snapshots, keep)
    coordinates = np.zeros((len(keep), dims))
    if len(keep) > 1:
        values, vectors = leading(gram, dims)
        coordinates[:, : len(values)] = vectors * np.sqrt(values)
        coordinates = orient(coordinates, np.asarray(snapshots.column("seed"))[keep], turn=False)
    rows = np.asarray(snapshots.column("row"))
    left_out = np.setdiff1d(rows, rows[keep]).tolist()
    meta = {"method": "pca", "provisional": True, "share": share, "excluded": left_out}
    return Given({"rows": rows[keep], "coordinates": coordinates.astype(np.float32)}, meta)


def _gram(snapshots: Snapshots, keep: np.ndarray) -> tuple[np.ndarray, float]:
    """(centred Gram matrix (m, m), share of the weights that went into it): evenly spread column blocks of large networks."""
    n, width = snapshots.delta.shape
    starts = np.arange(0, width, BLOCK)
    every = max(1, -(-n * width // MOST))
    gram = np.zeros((len(keep), len(keep)), dtype=np.float64)
    for start in starts[::every]:
        block = snapshots.delta.read(int(start), int(min(start + BLOCK, width)))[keep]
        gram += block @ block.T  # float32 within a block: a picture needs no more
    gram -= gram.mean(axis=0)
    gram -= gram.mean(axis=1)[:, None]
    return gram, 1.0 / every


def leading(gram: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` largest eigenvalues (descending, not below 0) and vectors of a symmetric matrix, by orthogonal iteration."""
    m = len(gram)
    width = min(m, count + 6)
    basis = np.linalg.qr(np.cos(np.outer(np.arange(m) + 1.0, np.arange(width) + 0.5)))[0]
    for _ in range(TURNS):
        basis = np.linalg.qr(gram @ basis)[0]
    values, turn = np.linalg.eigh(basis.T @ gram @ basis)
    order = np.argsort(-values)[: min(count, width)]
    return np.maximum(values[order], 0.0), basis @ turn[:, order]
