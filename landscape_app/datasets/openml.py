"""A download from OpenML. It is accepted only if every class has as many rows as the data set's
authors published.
"""

from __future__ import annotations

import http.client
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.errors import DataError

TIMEOUT = 60.0  # seconds without a byte
# no connection, a refusal, a broken or incomplete answer
FAULTS = (OSError, ValueError, KeyError, http.client.HTTPException)


@dataclass(frozen=True)
class Published:
    """The name of a data set on OpenML, and the number of rows of every class that its authors
    published for training and testing.
    """

    name: str
    train: tuple[int, ...]
    test: tuple[int, ...]


def fetch(published: Published, shape: tuple[int, ...], *, home: Path) -> dict[str, np.ndarray]:
    """x_train (n, *shape), y_train (n,), x_test, y_test, all uint8. scikit-learn stores its
    downloads under `home`.

    OpenML stores one table with the train rows first. The counts of every class on both sides of
    the cut confirm this. Raises DataError if nothing can be downloaded, or it is not the published
    data. CIFAR takes minutes and 2 GB of memory, once.
    """
    try:
        bunch = _downloaded(published.name, home)
        x, y = _bytes("pixels", bunch.data), _bytes("labels", bunch.target)
    except FAULTS as error:
        reason = " ".join(str(getattr(error, "reason", error)).split()) or type(error).__name__
        raise DataError(f"OpenML's '{published.name}' could not be had ({reason})") from error
    cut = sum(published.train)
    rows = cut + sum(published.test)
    if x.size != rows * int(np.prod(shape)) or len(y) != rows:
        raise DataError(
            f"OpenML's '{published.name}' has shape {x.shape}, not the {rows:,} rows that were"
            " published"
        )
    _check_counts(published, y[:cut], y[cut:])
    x = x.reshape(rows, *shape)
    return {"x_train": x[:cut], "y_train": y[:cut], "x_test": x[cut:], "y_test": y[cut:]}


def _downloaded(name: str, home: Path) -> Any:
    from sklearn.datasets import fetch_openml

    with _timeout(TIMEOUT), warnings.catch_warnings():
        # "retrying", "invalid cache", remarks on the version: the counts of classes decide
        warnings.simplefilter("ignore")
        return fetch_openml(
            name,
            version=1,
            data_home=home,
            as_frame=False,
            parser="liac-arff",
            n_retries=1,
            delay=0.5,
        )


def _check_counts(published: Published, train: np.ndarray, test: np.ndarray) -> None:
    """Raise DataError if the number of rows of a class differs from the published one, on either
    side.
    """
    for side, labels, counts in (
        ("train", train, published.train),
        ("test", test, published.test),
    ):
        if tuple(np.bincount(labels, minlength=len(counts))) != counts:
            raise DataError(
                f"OpenML's '{published.name}' does not have its published {side} rows in the"
                " published order"
            )


def _bytes(what: str, values: np.ndarray) -> np.ndarray:
    numbers = np.asarray(values).astype(np.float32)
    if not ((numbers >= 0) & (numbers <= 255) & (numbers == np.floor(numbers))).all():
        raise ValueError(f"its {what} are not bytes")
    return numbers.astype(np.uint8)


@contextmanager
def _timeout(seconds: float) -> Iterator[None]:
    """New sockets give up after `seconds`. scikit-learn has no argument for it, and a firewall that
    does not answer would block a job for ever.
    """
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
