"""Turning a picture so that every run looks the same way: distances do not say which way is up, but
the protocol does.

All runs share the direction seeds, so the mean of each seed's snapshots is turned towards a corner
of its own, the same in every run. Only rotations and reflections: no distance changes.
"""

from __future__ import annotations

import numpy as np

GOLDEN = np.pi * (3.0 - np.sqrt(5.0))


def orient(coordinates: np.ndarray, group: np.ndarray, *, turn: bool) -> np.ndarray:
    """`coordinates` (m, dims) centred and turned by `group` (m,) labels (−1: none), float64.

    turn False: the axes have a meaning, and are only flipped. With too few groups to fix a
    rotation, the principal axes are used.
    """
    centred = coordinates - coordinates.mean(axis=0)
    labels = np.unique(group[group >= 0])
    dims = centred.shape[1]
    if turn and len(labels) <= dims:
        centred = centred @ np.linalg.svd(centred, full_matrices=len(centred) < dims)[2].T
    if len(labels) == 0:
        return np.asarray(
            centred * _signs(centred[np.abs(centred).argmax(axis=0), np.arange(dims)])
        )
    means = np.stack([centred[group == label].mean(axis=0) for label in labels])
    aims = corners(len(labels), dims)
    if turn and len(labels) > dims:
        left, _, right = np.linalg.svd(means.T @ aims)
        return np.asarray(centred @ (left @ right))
    return np.asarray(centred * _signs(np.einsum("gd,gd->d", means, aims)))


def corners(count: int, dims: int) -> np.ndarray:
    """`count` directions spread over the circle (dims 2) or the sphere (dims 3), unit vectors
    (count, dims).
    """
    if dims == 2:
        angle = 2 * np.pi * (np.arange(count) + 0.5) / count
        return np.asarray(np.c_[np.cos(angle), np.sin(angle)])
    height = 1 - 2 * (np.arange(count) + 0.5) / count
    angle, radius = GOLDEN * np.arange(count), np.sqrt(1 - height**2)
    return np.asarray(np.c_[radius * np.cos(angle), radius * np.sin(angle), height])


def _signs(values: np.ndarray) -> np.ndarray:
    return np.where(values < 0, -1.0, 1.0)
