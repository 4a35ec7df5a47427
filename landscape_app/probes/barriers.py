"""Barriers: the highest loss on the straight segment between two points of weight space, and how
far it is above both ends.

Finite differences of height, no derivative: Draxler et al. 2018, arXiv 1803.00885; Frankle et al.
2020, arXiv 1912.05671. What lies between the evaluated points is not seen, so a barrier is a lower
bound; and a curved path may go around it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Loss = Callable[[np.ndarray], float]  # (width,) -> mean loss there


@dataclass(frozen=True)
class Segment:
    """losses (m,) at equally spaced points from one end to the other, both included."""

    losses: np.ndarray

    @property
    def height(self) -> float:
        """The highest loss on it, NaN or inf if one is."""
        return float(self.losses.max())

    @property
    def barrier(self) -> float:
        """The height above the higher end: 0 where none has to be climbed."""
        return self.height - float(max(self.losses[0], self.losses[-1]))


def segment(
    loss: Loss,
    one: np.ndarray,
    other: np.ndarray,
    *,
    points: int,
    ends: tuple[float, float] | None = None,
) -> Segment:
    """`loss` at `points` (≥ 3) points from `one` (width,) to `other`; `ends`: the losses there, if
    known already.
    """
    one, other = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    first, last = ends if ends is not None else (loss(one), loss(other))
    inner = [
        loss((1 - share) * one + share * other) for share in np.arange(1, points - 1) / (points - 1)
    ]
    return Segment(np.array([first, *inner, last]))


def between(
    loss: Loss, vertices: np.ndarray, *, points: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(losses (n,), pairs (e, 2), profiles (e, points)) of all segments between `vertices` (n,
    width), e = n(n − 1)/2.
    """
    at = np.array([loss(vertex) for vertex in np.asarray(vertices)])
    pairs = np.stack(np.triu_indices(len(at), 1), axis=1)
    profiles = [
        segment(
            loss, vertices[i], vertices[j], points=points, ends=(float(at[i]), float(at[j]))
        ).losses
        for i, j in pairs
    ]
    return at, pairs, np.array(profiles).reshape(len(pairs), points)
