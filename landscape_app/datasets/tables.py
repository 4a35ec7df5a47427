"""The tables inside scikit-learn, for classification and regression: no download, one fixed split,
standardised columns.
"""

from __future__ import annotations

import numpy as np

from landscape_app.records.dataset import Dataset
from landscape_app.seeds import DATASET_ROOT, numpy_stream

REGRESSION = ("diabetes", "linnerud")


def load(*, table: str) -> Dataset:
    """scikit-learn's `load_<table>`. Two thirds of the rows are train rows, chosen by a permutation
    from the data-set stream.

    Every column, and for regression every target, is in standard deviations from the mean of the
    train rows; test rows do not contribute.
    """
    import sklearn.datasets

    bunch = getattr(sklearn.datasets, f"load_{table}")()
    order = numpy_stream(DATASET_ROOT, table, "split").permutation(len(bunch.data))
    train, test = np.split(order, [2 * len(order) // 3])
    x_train, x_test = _standardised(np.asarray(bunch.data, np.float64), train, test)
    name = table.replace("_", "-")
    if table in REGRESSION:
        y_train, y_test = _standardised(
            np.asarray(bunch.target, np.float64).reshape(len(order), -1), train, test
        )
        return Dataset(
            name,
            x_train,
            y_train,
            x_test,
            y_test,
            classes=0,
            note="targets in standard deviations of the train rows",
        )
    y = np.asarray(bunch.target, np.int64)
    return Dataset(name, x_train, y[train], x_test, y[test], classes=int(y.max()) + 1)


def _standardised(
    columns: np.ndarray, train: np.ndarray, test: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The rows `train` and `test` of `columns` (row, column), as float32, standardised by mean and
    standard deviation of the train rows.
    """
    mean, deviation = columns[train].mean(0), columns[train].std(0)
    deviation[deviation == 0] = 1.0  # a constant column becomes 0
    scaled = ((columns - mean) / deviation).astype(np.float32)
    return scaled[train], scaled[test]
