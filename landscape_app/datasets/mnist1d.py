"""MNIST-1D: ten shapes of twelve points, padded, shifted, sheared and noisy: 40 values a row.

Greydanus 2020, "Scaling down deep learning", arXiv 2011.14439. Written from its description and
its published constants; its rows come from a random stream of this program, so they are other rows
of the same distribution.
"""

from __future__ import annotations

import numpy as np

from landscape_app.records.dataset import Dataset
from landscape_app.seeds import DATASET_ROOT, numpy_stream

ROWS, TRAIN_ROWS, VALUES = 5_000, 4_000, 40
PADDING = (36, 60)  # zeros after the shape, both ends included
POINTS = 12 + PADDING[1]  # of a row before it is cut to VALUES
SCALE, SHEAR = 0.4, 0.75  # width of the random factor and of the random slope
SHIFTS = 48  # a row is shifted by 0 … 47 points, around its end
NOISE, WHITE_NOISE = 0.25, 0.02  # standard deviations: smooth, where no shape is; everywhere
SMOOTH = 2.0  # points, standard deviation of the Gaussian that smooths the noise

# heights of a pen that draws each digit
SHAPES = (
    (5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5),
    (5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5),
    (5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5),
    (5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5),
    (5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5),
    (5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5),
    (5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5),
    (5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5),
)


def load() -> Dataset:
    """4,000 train and 1,000 test rows of 40 values, 10 classes of 500 rows in all; the values have
    mean 0 and standard deviation 1.
    """
    rng = numpy_stream(DATASET_ROOT, "mnist1d")
    y = rng.permutation(np.arange(ROWS) % len(SHAPES))
    x = _versions(_shapes()[y], rng)
    x = ((x - x.mean()) / x.std()).astype(np.float32)
    parts = x[:TRAIN_ROWS], y[:TRAIN_ROWS], x[TRAIN_ROWS:], y[TRAIN_ROWS:]
    return Dataset("mnist1d", *parts, classes=len(SHAPES))


def _shapes() -> np.ndarray:
    """(10, 12): each has standard deviation 1/6 and starts at 0."""
    shapes = np.array(SHAPES)
    shapes = (shapes - shapes.mean(1, keepdims=True)) / shapes.std(1, keepdims=True)
    return np.asarray((shapes - shapes[:, :1]) / 6.0)


def _versions(shapes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(rows, 40): one random version of each of the shapes (rows, 12)."""
    from scipy.ndimage import gaussian_filter1d

    n = len(shapes)
    rows = np.stack([_padded(shape, rng) for shape in shapes])
    rows *= 1 + SCALE * (rng.random((n, 1)) - 0.5)
    shifted = (np.arange(POINTS) - rng.integers(SHIFTS, size=(n, 1))) % POINTS
    rows = np.take_along_axis(rows, shifted, axis=1)
    noise = gaussian_filter1d(NOISE * rng.standard_normal((n, POINTS)), SMOOTH, axis=1)
    rows = np.where(rows != 0, rows, noise) + WHITE_NOISE * rng.standard_normal((n, POINTS))
    rows -= SHEAR * (rng.random((n, 1)) - 0.5) * np.linspace(-0.5, 0.5, POINTS)
    return np.array([_resampled(row, VALUES) for row in rows])


def _padded(shape: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(POINTS,): a shape with zeros after it; the more zeros, the shorter it becomes."""
    zeros = np.zeros(rng.integers(PADDING[0], PADDING[1] + 1))
    return _resampled(np.concatenate([shape + 1e-8, zeros]), POINTS)  # its own zeros are no padding


def _resampled(row: np.ndarray, points: int) -> np.ndarray:
    """Straight lines between the values, read at `points` equal distances."""
    ends = np.linspace(0, 1, points), np.linspace(0, 1, len(row))
    return np.asarray(np.interp(*ends, row))
