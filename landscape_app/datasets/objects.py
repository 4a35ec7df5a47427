"""A data set from what people have in Python: pairs of tensors or arrays, a Dataset, a DataLoader; or a callable that makes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset
from torch.utils.data import Dataset as TorchDataset

from landscape_app.errors import DataError
from landscape_app.records.dataset import Dataset
from landscape_app.registries import imported

INPUT_KEYS = ("x", "input", "inputs", "image", "images", "pixel_values", "features", "input_ids")
TARGET_KEYS = ("y", "label", "labels", "target", "targets")
READ_ROWS = 256


def from_objects(name: str, train: Any, test: Any, *, classes: int | None = None) -> Dataset:
    """The data set of two sides, each (inputs, labels), a torch Dataset or a DataLoader of pairs or dicts (read once, in its order).

    Whole-number labels of shape (rows,) mean classification (`classes`: how many, None: as many as occur), floating-point ones
    regression. Raises DataError naming the side and what is wrong.
    """
    x_train, y_train = _side("train", train)
    x_test, y_test = _side("test", test)
    if y_train.dtype.kind != y_test.dtype.kind:
        raise DataError(f"{name}: the labels of train are {y_train.dtype}, those of test {y_test.dtype}; they must be of one kind.")
    if y_train.dtype.kind == "f":
        return Dataset(name, x_train, y_train, x_test, y_test, classes=0)
    found = int(max(y_train.max(initial=1), y_test.max(initial=1))) + 1
    return Dataset(name, x_train, y_train, x_test, y_test, classes=classes or found)


def load(target: str) -> Dataset:
    """The data set that the callable "module:name" returns: a Dataset record, (train, test), or (x_train, y_train, x_test, y_test)."""
    made = imported(target, "data set")()
    if isinstance(made, Dataset):
        return made
    if isinstance(made, tuple) and len(made) == 4:
        return from_objects(target, made[:2], made[2:])
    if isinstance(made, tuple) and len(made) == 2:
        return from_objects(target, *made)
    raise DataError(f"'{target}' returned a {type(made).__name__}; it must return (train, test) or (x_train, y_train, x_test, y_test).")


def _side(side: str, source: Any) -> tuple[np.ndarray, np.ndarray]:
    inputs, labels = [], []
    for batch in _batches(side, source):
        x, y = _pair(side, batch)
        inputs.append(_inputs(torch.as_tensor(x)))
        labels.append(_labels(side, torch.as_tensor(y)))
    if not inputs:
        raise DataError(f"{side} has no rows.")
    return torch.cat(inputs).contiguous().numpy(), torch.cat(labels).contiguous().numpy()


def _batches(side: str, source: Any) -> Iterable[Any]:
    if isinstance(source, (tuple, list)) and len(source) == 2 and hasattr(source[0], "shape"):
        return [source]
    if isinstance(source, DataLoader) and not isinstance(source.dataset, IterableDataset):
        # The same rows in their own order: a shuffling loader would draw from torch's global generator, and give another set each time.
        return DataLoader(source.dataset, batch_size=READ_ROWS, collate_fn=source.collate_fn, generator=torch.Generator())
    if isinstance(source, DataLoader):
        return source
    if isinstance(source, TorchDataset) and hasattr(source, "__len__"):
        return DataLoader(source, batch_size=READ_ROWS, generator=torch.Generator())
    raise DataError(f"{side} is a {type(source).__name__}; give a pair (inputs, labels), a Dataset or a DataLoader.")


def _pair(side: str, batch: Any) -> tuple[Any, Any]:
    if isinstance(batch, Mapping):
        found = [next((batch[key] for key in keys if key in batch), None) for keys in (INPUT_KEYS, TARGET_KEYS)]
        if found[0] is None or found[1] is None:
            raise DataError(
                f"A batch of {side} has the keys {', '.join(map(str, batch))}; name the inputs x or input, the labels y or label."
            )
        return found[0], found[1]
    if isinstance(batch, (tuple, list)) and len(batch) == 2:
        return batch[0], batch[1]
    raise DataError(f"{side} yields {type(batch).__name__}; each batch must be a pair (inputs, labels) or a dict of them.")


def _inputs(x: Tensor) -> Tensor:
    x = x.detach().cpu()
    return x if x.dtype == torch.int64 else x.to(torch.float32)


def _labels(side: str, labels: Tensor) -> Tensor:
    labels = labels.detach().cpu()
    if labels.is_floating_point() and labels.dim() in (1, 2):
        return labels.to(torch.float32).reshape(len(labels), -1)
    if labels.dim() == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.is_floating_point() or labels.is_complex() or labels.dim() != 1:
        raise DataError(
            f"The labels of {side} have type {labels.dtype} and shape {tuple(labels.shape)}; "
            "they must be whole numbers (rows,) for classes, or floating-point (rows,) or (rows, outputs) for regression."
        )
    return labels.to(torch.int64)
