"""Laws of the record of a data set: what does not fit is refused by array and row, and the digest
sees every change.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from landscape_app.errors import DataError
from landscape_app.records.dataset import Dataset


def classes(**changes) -> Dataset:
    x = np.arange(12, dtype=np.float32).reshape(6, 2)
    return Dataset(
        **{
            "name": "d",
            "x_train": x,
            "y_train": np.arange(6) % 3,
            "x_test": x[:3],
            "y_test": np.arange(3),
            "classes": 3,
            **changes,
        }
    )


def numbers(**changes) -> Dataset:
    x = np.arange(12, dtype=np.float32).reshape(6, 2)
    given = {
        "name": "d",
        "x_train": x,
        "y_train": x * 2,
        "x_test": x[:3],
        "y_test": x[:3],
        "classes": 0,
    }
    return Dataset(**{**given, **changes})


def with_nan(array: np.ndarray, row: int) -> np.ndarray:
    array = array.astype(np.float32)
    array[row, 1] = np.nan
    return array


def test_what_it_is_and_how_many_outputs_it_needs():
    assert (classes().task, classes().outputs) == ("classification", 3)
    assert (numbers().task, numbers().outputs) == ("regression", 2)


FAULTS = [
    (classes, {"classes": 1}, "1 classes cannot be told apart"),
    (classes, {"classes": -1}, "-1 classes"),
    (classes, {"x_train": np.zeros((6, 0), np.float32)}, "rows are empty"),
    (classes, {"x_train": np.zeros((6, 2))}, "x_train has type float64; it must be float32"),
    (
        classes,
        {"x_test": with_nan(np.zeros((3, 2)), 2)},
        "x_test has values that are not finite, first in row 2",
    ),
    (classes, {"y_train": np.arange(5)}, r"y_train has shape \(5,\), but there are 6 rows"),
    (classes, {"y_train": np.arange(6.0)}, "y_train has type float64; class labels must be int64"),
    (
        classes,
        {"y_train": np.array([0, 1, 2, 0, 3, 3])},
        "labels from 0 to 3, first out of range in row 4; 3 classes are numbered 0 to 2",
    ),
    (
        classes,
        {"y_test": np.array([0, -1, 2])},
        "y_test has labels from -1 to 2, first out of range in row 1",
    ),
    (
        numbers,
        {"y_train": np.zeros(6, np.float32)},
        r"y_train has shape \(6,\).*regression needs \(6, targets\)",
    ),
    (numbers, {"y_train": np.zeros((6, 0), np.float32)}, r"regression needs \(6, targets\)"),
    (
        numbers,
        {"y_train": np.zeros((6, 2))},
        "y_train has type float64; numbers to predict must be float32",
    ),
    (
        numbers,
        {"y_train": with_nan(np.zeros((6, 2)), 4)},
        "y_train has values that are not finite, first in row 4",
    ),
    (numbers, {"y_test": np.zeros((3, 5), np.float32)}, "y_train has 2 targets a row, y_test 5"),
    (
        numbers,
        {"x_test": np.zeros((3, 5), np.float32)},
        r"a row of x_train has shape \(2,\), of x_test \(5,\)",
    ),
]


@pytest.mark.parametrize(
    ("make", "changes", "words"), FAULTS, ids=[words[:30] for *_, words in FAULTS]
)
def test_what_does_not_fit_is_refused_by_array_and_row(make, changes, words):
    with pytest.raises(DataError, match=words):
        make(**changes)


@pytest.mark.parametrize("make", [classes, numbers])
@pytest.mark.parametrize("name", ["x_train", "y_train", "x_test", "y_test"])
def test_the_digest_sees_a_change_of_any_array(make, name):
    data = make()
    changed = getattr(data, name).copy()
    changed[0] = changed[1]
    assert dataclasses.replace(data, **{name: changed}).digest() != data.digest()


def test_the_digest_sees_what_changes_the_augmentation_and_no_words():
    data = classes()
    assert dataclasses.replace(data, flips=True).digest() != data.digest()
    assert dataclasses.replace(data, name="other", note="said").digest() == data.digest()
