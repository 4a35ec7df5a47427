"""Which snapshots coincide: those that a distance does not tell apart are one for kernels and
filtrations, which a distance of 0 would break.
"""

from __future__ import annotations

import hashlib

import numpy as np

from landscape_app.records.snapshots import Matrix

COLUMNS = 16_384  # of a block that is hashed at a time
ROWS = 256  # of distances looked at at a time


def coinciding(
    values: np.ndarray, *, within: np.ndarray | None = None, start: np.ndarray | None = None
) -> np.ndarray:
    """For each of n snapshots the position (n,) of the first one that it coincides with: itself if
    with none before it.

    values (n, n) distances, NaN for those without a place. Two coincide that are no further apart
    than within_i + within_j (n,), or not at all. Snapshots are taken in order and compared with
    those that represent themselves, so that two representatives never coincide, and a row of
    snapshots, each a little further on, does not melt into its first. `start` (n,): a coincidence
    that is known already; what it merges stays merged.
    """
    n = len(values)
    firsts = np.arange(n) if start is None else start.copy()
    own = firsts == np.arange(n)
    reach = np.zeros(n) if within is None else within
    for first in range(0, n, ROWS):
        block = values[first : first + ROWS]
        near = np.tril(block <= reach[first : first + ROWS, None] + reach, first - 1)
        for i in np.flatnonzero(near.any(axis=1)) + first:
            before = np.flatnonzero(near[i - first] & own)
            if own[i] and len(before):
                firsts[i], own[i] = before[0], False
    return firsts[firsts]


def equal_weights(delta: Matrix, positions: np.ndarray) -> np.ndarray:
    """For each of n snapshots the position (n,) of the first of those at `positions` (m,) whose
    weights are the same; itself elsewhere.
    """
    marks = fingerprints(delta)
    first = np.arange(len(marks))
    first[positions] = positions[first_of_equals([marks[position] for position in positions])]
    return first


def fingerprints(matrix: Matrix) -> list[bytes]:
    """One hash per row of `matrix`: equal exactly when the rows are equal (0 and −0 are)."""
    hashes = [hashlib.blake2b(digest_size=16) for _ in range(matrix.shape[0])]
    for block in matrix.blocks(COLUMNS):
        for row, whole in zip(np.ascontiguousarray(block) + np.float32(0), hashes, strict=True):
            whole.update(row)
    return [whole.digest() for whole in hashes]


def first_of_equals(labels: list[bytes]) -> np.ndarray:
    """For each entry the position (n,) of the first one equal to it."""
    first: dict[bytes, int] = {}
    return np.array(
        [first.setdefault(label, position) for position, label in enumerate(labels)], dtype=np.int64
    )
