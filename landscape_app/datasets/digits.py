"""scikit-learn's handwritten digits: 1,797 real 8×8 images, embedded, split once for every run."""

from __future__ import annotations

import numpy as np

from landscape_app.records.dataset import Dataset
from landscape_app.seeds import DATASET_ROOT, numpy_stream

TRAIN_ROWS = 1_000


def load() -> Dataset:
    """1,000 train and 797 test images (1, 8, 8), pixels scaled to [0, 1]; the split comes from the
    data-set stream.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = numpy_stream(DATASET_ROOT, "digits", "split").permutation(len(bunch.target))
    x = (bunch.images[order, None] / 16.0).astype(np.float32)
    y = bunch.target[order].astype(np.int64)
    return Dataset(
        "digits", x[:TRAIN_ROWS], y[:TRAIN_ROWS], x[TRAIN_ROWS:], y[TRAIN_ROWS:], classes=10
    )
