"""Rows collected from batches or from single rows. An error names the batch, the row and the shape
that do not fit.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape_app.datasets.values import plain
from landscape_app.errors import DataError

TOLD_EVERY = 10.0  # seconds

log = logging.getLogger("landscape")


@dataclass(frozen=True, eq=False)
class Rows:
    """x (row, …) and y (row, …), each in the type it came in; `note`: how they were read, in words,
    "" if there is nothing to say.
    """

    x: np.ndarray
    y: np.ndarray
    note: str = ""
    batches: int = 1


def pair(side: str, given: tuple[Any, Any]) -> Rows:
    """The rows of one pair (inputs, labels)."""
    x, y = _arrays(side, given)
    _check_pair(side, x, y, "")
    return Rows(x, y)


def of_batches(
    side: str,
    batches: Iterable[tuple[Any, Any]],
    *,
    most_rows: float = float("inf"),
    most_bytes: float = float("inf"),
) -> Rows:
    """The rows of all pairs of batches, one after the other. Raises DataError for a stream that
    does not end within the limits.
    """
    inputs, labels = list[np.ndarray](), list[np.ndarray]()
    size, count, logged = 0, 0, time.monotonic()
    for number, batch in enumerate(batches):
        x, y = _arrays(side, batch)
        _check_pair(side, x, y, f", in batch {number}")
        if inputs:
            _check_alike(side, "inputs", number, x, inputs[0])
            _check_alike(side, "labels", number, y, labels[0])
        inputs.append(x)
        labels.append(y)
        size, count = size + x.nbytes + y.nbytes, count + len(x)
        if time.monotonic() - logged > TOLD_EVERY:
            log.info("reading %s: %s rows so far", side, f"{count:,}")
            logged = time.monotonic()
        if count > most_rows or size > most_bytes:
            raise DataError(
                f"{side} has not ended after {count:,} rows ({size / 2**30:.1f} GiB): give a loader"
                " that ends, or fewer rows, e.g. a Subset."
            )
    if not count:
        raise DataError(f"{side} has no rows.")
    return Rows(np.concatenate(inputs), np.concatenate(labels), batches=len(inputs))


def of_rows(side: str, rows: Iterable[tuple[Any, Any]]) -> Rows:
    """The rows of pairs (input, label) of one row each."""
    inputs, labels = list[np.ndarray](), list[np.ndarray]()
    for number, row in enumerate(rows):
        x, y = _arrays(side, row)
        if inputs:
            _check_row(side, "input", number, x, inputs[0])
            _check_row(side, "label", number, y, labels[0])
        inputs.append(x)
        labels.append(y)
    if not inputs:
        raise DataError(f"{side} has no rows.")
    x, y = np.stack(inputs), np.stack(labels)
    _check_pair(side, x, y, "")
    return Rows(x, y)


def _arrays(side: str, given: tuple[Any, Any]) -> tuple[np.ndarray, np.ndarray]:
    return plain(f"The inputs of {side}", given[0]), plain(f"The labels of {side}", given[1])


def _check_pair(side: str, x: np.ndarray, y: np.ndarray, where: str) -> None:
    if x.ndim == 0 or y.ndim == 0:
        raise DataError(
            f"{side} yields inputs of shape {x.shape} and labels of shape {y.shape}{where}: single"
            " rows. Give them in batches."
        )
    if x.ndim == 1 and y.ndim >= 2 and len(x) == len(y):
        raise DataError(
            f"{side} yields inputs of shape {x.shape} and labels of shape {y.shape}{where}: give"
            " the inputs first."
        )
    if len(x) != len(y):
        raise DataError(
            f"{side} has {len(x)} inputs and {len(y)} labels{where}: one label a row is needed."
        )


def _check_alike(side: str, what: str, number: int, part: np.ndarray, first: np.ndarray) -> None:
    if part.shape[1:] != first.shape[1:]:
        raise DataError(
            f"The {what} of {side} have rows of shape {part.shape[1:]} in batch {number},"
            f" {first.shape[1:]} in batch 0: pad all rows to one length, not each batch to its own."
        )
    if part.dtype.kind != first.dtype.kind:
        raise DataError(
            f"The {what} of {side} have type {part.dtype} in batch {number}, {first.dtype} in batch"
            " 0: give one type."
        )


def _check_row(side: str, what: str, number: int, part: np.ndarray, first: np.ndarray) -> None:
    if part.shape != first.shape:
        raise DataError(
            f"The {what}s of {side} are ragged: row {number} has shape {part.shape}, row 0"
            f" {first.shape}. Pad all rows to one length."
        )
    if part.dtype.kind != first.dtype.kind:
        raise DataError(
            f"The {what}s of {side} have type {part.dtype} in row {number}, {first.dtype} in row 0:"
            " give one type."
        )
