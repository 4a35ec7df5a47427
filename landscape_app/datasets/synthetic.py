"""Two small synthetic data sets, one table and one of images, for trials and tests: both are easy
to fit and cheap.
"""

from __future__ import annotations

import numpy as np

from landscape_app.records.dataset import Dataset
from landscape_app.seeds import DATASET_ROOT, numpy_stream


def blobs(*, rows: int = 120, classes: int = 3) -> Dataset:
    """Gaussian clusters of standard deviation 0.5 around `classes` points of the unit circle, 2
    features, half of them test.
    """
    rng = numpy_stream(DATASET_ROOT, "blobs")
    y = np.arange(2 * rows) % classes
    angle = 2 * np.pi * y / classes
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1) * 2 + rng.normal(0, 0.5, (2 * rows, 2))
    return _halved("blobs", x, y, classes)


def stripes(*, rows: int = 96) -> Dataset:
    """Noisy 8×8 images of three bars in one of four orientations at a random phase: 4 classes, half
    of the rows test.
    """
    rng = numpy_stream(DATASET_ROOT, "stripes")
    y = np.arange(2 * rows) % 4
    i, j = np.mgrid[0:8, 0:8]
    slopes = np.array([[1, 0], [0, 1], [1, 1], [1, -1]])[y]  # (rows, 2)
    phase = rng.uniform(0, 2 * np.pi, (2 * rows, 1, 1))
    wave = np.sin(2 * np.pi / 4 * (slopes[:, :1, None] * i + slopes[:, 1:, None] * j) + phase)
    return _halved("stripes", (wave + rng.normal(0, 0.3, wave.shape))[:, None], y, 4)


def _halved(name: str, x: np.ndarray, y: np.ndarray, classes: int) -> Dataset:
    half = len(y) // 2
    x, y = x.astype(np.float32), y.astype(np.int64)
    return Dataset(name, x[:half], y[:half], x[half:], y[half:], classes=classes)
