"""Where an embedding that improves itself step by step begins: at the classical picture, or at
random.
"""

from __future__ import annotations

import numpy as np

from landscape_app.seeds import numpy_stream

# spread that an axis gets which the classical picture lacks; without it no gradient ever leaves the
# plane
FLAT = 1e-3


def classical_start(principal: np.ndarray, *, dims: int, seed: int) -> np.ndarray:
    """The first `dims` axes of `principal` (m, 3), the first of spread 1; (m, dims) float64.

    An axis with no extent is filled from the stream (seed, "start", "flat").
    """
    place = principal[:, :dims] / (principal[:, 0].std() or 1.0)
    flat = place.std(axis=0) < FLAT**2
    filled = FLAT * numpy_stream(seed, "start", "flat").standard_normal(place.shape)
    return np.where(flat, filled, place)


def random_start(m: int, *, dims: int, seed: int, number: int) -> np.ndarray:
    """The `number`-th random start: m Gaussian points of spread 1 in `dims` dimensions, from the
    stream (seed, "start", number).
    """
    return numpy_stream(seed, "start", number).standard_normal((m, dims))


def spread(distances: np.ndarray, *, dims: int) -> float:
    """The spread along each of `dims` axes at which Gaussian points lie as far apart as `distances`
    (m, m), in the quadratic mean.
    """
    return float(np.sqrt(np.vdot(distances, distances) / (2 * dims * distances.size)))
