"""The meaning of label arrays: classes, or numbers to predict. Labels that could be either are
refused by name.
"""

from __future__ import annotations

import numpy as np

from landscape_app.errors import DataError
from landscape_app.records.dataset import Dataset

MOST_CLASSES = 10_000


def of_objects(
    train: np.ndarray, test: np.ndarray, *, own: bool = False
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """(y_train, y_test, decisions) from Python: whole numbers (row,) are classes, int64; floats are
    numbers to predict.

    Numbers to predict become float32 (row, target). `own`: the loss is the user's function, so
    whole numbers that are not classes (several per row; −1 and 1) are also numbers to predict.
    Raises DataError naming the side.
    """
    train, test = (y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y for y in (train, test))
    if own and all(y.dtype.kind in "iub" and (y.ndim == 2 or _signs(y)) for y in (train, test)):
        return *_targets(train, test), []
    for side, y in (("train", train), ("test", test)):
        _check_shape(side, y)
    if (train.dtype.kind == "f") != (test.dtype.kind == "f"):
        raise DataError(
            f"The labels of train are {train.dtype}, those of test {test.dtype}; they must be of"
            " one kind."
        )
    if train.dtype.kind == "f":
        wide = max(train.dtype.itemsize, test.dtype.itemsize) > 4
        return *_targets(train, test), (
            [f"labels of type {train.dtype} used as float32"] if wide else []
        )
    alone = bool(len(train)) and train.min() == train.max()
    notes = [f"the labels of train are all {train[0]:d}: one class only"] if alone else []
    return train.astype(np.int64), test.astype(np.int64), notes


def left_out(train: np.ndarray, test: np.ndarray) -> int | None:
    """The only label below 0, or 255, among class labels (row,): the user's own loss may ignore it.
    None: there is no such label.
    """
    values = np.unique(np.concatenate([train, test]))
    odd = values[(values < 0) | (values == 255)]
    return int(odd[0]) if len(odd) == 1 and len(values) > 1 else None


def _signs(y: np.ndarray) -> bool:
    return (
        y.ndim == 1
        and len(y) > 0
        and y.dtype.kind == "i"
        and bool((np.abs(y) == 1).all())
        and bool((y == -1).any())
    )


def _check_shape(side: str, y: np.ndarray) -> None:
    if y.dtype.kind == "f":
        if y.ndim not in (1, 2):
            raise DataError(
                f"The labels of {side} have type {y.dtype} and shape {y.shape}; "
                "numbers to predict must be (rows,) or (rows, targets): one list of numbers a row."
            )
    elif y.ndim == 2 and _one_hot(y):
        raise DataError(
            f"The labels of {side} are one-hot rows of whole numbers {y.shape}: give class numbers,"
            " e.g. labels.argmax(1)."
        )
    elif y.ndim == 2 and y.size and y.min() >= 0 and y.max() <= 1:
        raise DataError(
            f"The labels of {side} are zeros and ones of type {y.dtype} and shape {y.shape}: for"
            " several labels a row give floats and a loss such as nn.BCEWithLogitsLoss()."
        )
    elif y.ndim != 1:
        raise DataError(
            f"The labels of {side} have type {y.dtype} and shape {y.shape}; they must be whole"
            " numbers (rows,) for classes, or floating-point (rows,) or (rows, outputs) for"
            " regression. Labels of every position or pixel are not supported."
        )


def of_file(
    data: str, train: np.ndarray, test: np.ndarray, *, numbers: bool = False
) -> tuple[np.ndarray, np.ndarray, int, list[str]]:
    """(y_train, y_test, classes, decisions): labels int64 (row,), or targets float32 (row, target)
    and no classes. Floats that are exactly the classes 0 … c−1 are classes, unless `numbers` says
    that the loss predicts numbers.
    """
    train, test = (y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y for y in (train, test))
    for name, y in (("y_train", train), ("y_test", test)):
        _check_numbers(data, name, y)
    floats = train.dtype.kind == "f"
    if floats and (numbers or not _all_classes(train)):
        if test.dtype.kind != "f":
            raise DataError(
                f"{data}: y_train has type {train.dtype} (numbers to predict) and y_test"
                f" {test.dtype} (classes). Save both with one type."
            )
        targets = _targets(train, test)
        return *targets, 0, [f"regression: {targets[0].shape[1]} to predict"]
    for name, y in (("y_train", train), ("y_test", test)):
        _check_classes(data, name, y)
    classes = max(int(train.max()) + 1, 2) if len(train) else 2
    if classes > MOST_CLASSES:
        raise DataError(
            f"{data}: y_train has labels up to {classes - 1}; at most {MOST_CLASSES} classes. For"
            " regression save floats."
        )
    note = f"labels are whole numbers of type {train.dtype}: read as {classes} classes"
    return train.astype(np.int64), test.astype(np.int64), classes, [note] if floats else []


def _all_classes(y: np.ndarray) -> bool:
    """Whether the floats `y` are exactly the classes 0 … c−1."""
    return _whole(y) and np.array_equal(np.unique(y), np.arange(max(2, y.max() + 1)))


def _check_numbers(data: str, name: str, y: np.ndarray) -> None:
    if y.dtype.kind not in "fiub":
        raise DataError(
            f"{data}: {name} has type {y.dtype}; it must be whole numbers from 0 (classes) or"
            " floats (regression)."
        )


def _check_classes(data: str, name: str, y: np.ndarray) -> None:
    """Raise DataError where `y` does not hold one class number per row."""
    if y.dtype.kind == "f" and not _whole(y):
        raise DataError(
            f"{data}: {name} holds other than whole numbers; class labels must be whole numbers"
            " from 0."
        )
    if y.ndim != 1:
        raise DataError(
            f"{data}: {name} has shape {y.shape}; give one class number a row (floats are read as"
            " regression)."
        )


def like_classes(data: Dataset, outputs: int) -> str:
    """If `data`'s numbers to predict look like classes: what they look like, and what to do;
    otherwise "".

    outputs: how many numbers the network gives for a row. Without a named loss, such targets would
    be fitted with squared error.
    """
    y = data.y_train
    whole = bool((y == np.round(y)).all())
    if data.classes or not (whole or _shares(y)):
        return ""
    return _like_class_rows(y, whole) if y.shape[1] > 1 else _like_class_numbers(y, outputs)


def _like_class_rows(y: np.ndarray, whole: bool) -> str:
    """The same for several numbers per row, (row, target)."""
    if _one_hot(y):
        return (
            "one-hot rows stored as floating point; give class numbers, e.g. labels.argmax(1),"
            " or name the loss that is meant"
        )
    if y.min() < 0 or y.max() > 1:
        return ""
    shape = (
        "zeros and ones, several a row"
        if whole
        else "rows that sum to 1, like probabilities of classes"
    )
    return (
        f"{shape}; name the loss that is meant: nn.BCEWithLogitsLoss(),"
        " nn.CrossEntropyLoss() or 'squared_error'"
    )


def _like_class_numbers(y: np.ndarray, outputs: int) -> str:
    """The same for one number per row, (row, 1)."""
    if outputs > 1 and y.min() >= 0:
        return (
            "whole numbers stored as floating point; convert them with .long() for classes, or name"
            " loss='squared_error' for regression"
        )
    values = np.unique(y)
    if outputs == 1 and len(values) == 2 and values[0] in (-1, 0) and values[1] == 1:
        loss, remedy = (
            ("nn.SoftMarginLoss()", "")
            if values[0] < 0
            else ("nn.BCEWithLogitsLoss()", ", or convert them with .long() for two outputs")
        )
        return (
            f"{values[0]:g} and {values[1]:g} stored as floating point; name the loss that is"
            f" meant, e.g. {loss} or 'squared_error'{remedy}"
        )
    return ""


def _targets(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # what is too large for float32 becomes infinite, and is refused by row
    with np.errstate(over="ignore"):
        train, test = (
            np.require(y[:, None] if y.ndim == 1 else y, np.float32, ["C_CONTIGUOUS", "WRITEABLE"])
            for y in (train, test)
        )
    return train, test


def _one_hot(y: np.ndarray) -> bool:
    return y.shape[1] > 1 and bool(((y == 0) | (y == 1)).all() and (y.sum(1) == 1).all())


def _shares(y: np.ndarray) -> bool:
    return y.shape[1] > 1 and bool((y >= 0).all() and (np.abs(y.sum(1) - 1) < 1e-4).all())


def _whole(y: np.ndarray) -> bool:
    # The size is checked first: a list of all classes up to 1e30 would be long.
    return (
        y.ndim == 1
        and len(y) > 0
        and bool((np.isfinite(y) & (y == np.round(y)) & (y >= 0) & (y < MOST_CLASSES)).all())
    )
