"""One side of a data set, train or test, from a pair, a dict, a Dataset or a DataLoader; or the
reason why it cannot be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from landscape_app.datasets import loaders
from landscape_app.datasets.batches import parts
from landscape_app.datasets.rows import Rows, pair
from landscape_app.errors import DataError


def read(side: str, source: Any) -> Rows:
    """The rows of `source`, which is `side` ("train", "test"): inputs and labels in the types they
    came in, and what was decided.

    Every generator of random numbers that reading draws from is put back. Raises DataError naming
    the side and what is wrong.
    """
    if isinstance(source, DataLoader):
        return loaders.of_loader(side, source)
    if type(source) is TensorDataset:
        return pair(side, parts(side, source.tensors))
    if isinstance(source, Mapping) or (
        isinstance(source, (tuple, list)) and len(source) == 2 and not _holds_rows(source)
    ):
        return pair(side, parts(side, source))
    if (fault := _fault(source)) is not None:
        raise DataError(f"{side} is {fault}.")
    return loaders.of_dataset(side, source)


def _holds_rows(source: Any) -> bool:
    """Whether a list contains pairs, rows or batches, and is not a row itself."""
    return (
        isinstance(source, list)
        and bool(source)
        and all(isinstance(item, (tuple, Mapping)) for item in source)
    )


def _fault(source: Any) -> str | None:
    """Why the rows of `source` cannot be read one by one, in words; None if they can."""
    name = type(source).__name__
    give = "give a pair (inputs, labels), a Dataset or a DataLoader"
    if isinstance(source, list):
        kinds = sorted({type(item).__name__ for item in source})
        return (
            f"a list of {len(source)} ({', '.join(kinds[:3])}), which may be rows or batches:"
            f" {give}"
        )
    if isinstance(source, tuple):
        return f"a tuple of {len(source)} parts: {give}"
    if isinstance(source, (Tensor, np.ndarray)):
        return (
            f"a {name} of shape {tuple(source.shape)}, without labels: give a pair (inputs, labels)"
        )
    if hasattr(source, "columns"):
        return (
            f"a {name}, which does not say what its labels are: give a pair, e.g. (frame[inputs],"
            " frame[label])"
        )
    if isinstance(source, IterableDataset):
        return (
            f"an IterableDataset ({name}), a stream of single rows: put it into a DataLoader with a"
            " batch_size"
        )
    if hasattr(source, "__next__"):
        return (
            f"of type {name}, a stream that may yield rows or batches and can be read once only:"
            f" {give}"
        )
    if isinstance(source, (str, bytes)) or not (
        hasattr(source, "__getitem__") and hasattr(source, "__len__")
    ):
        return f"of type {name}; {give}"
    return None
