"""The inputs and the labels of one batch or one row. A third part is refused by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from landscape_app.errors import DataError

INPUT_KEYS = (
    *(
        "x",
        "X",
        "input",
        "inputs",
        "image",
        "images",
        "img",
        "imgs",
        "pixel_values",
        "features",
        "data",
    ),
    *("input_ids", "tokens", "text", "audio", "signal"),
)
TARGET_KEYS = ("y", "Y", "label", "labels", "target", "targets", "class", "classes")


def parts(side: str, batch: Any, *, row: bool = False) -> tuple[Any, Any]:
    """(inputs, labels) of a batch of `side` ("train", "test"): a pair, or a dict, named tuple or
    dataclass with known names.

    `row`: it is one row, not a batch. Raises DataError where something is missing, or would be
    dropped.
    """
    named = _named(batch)
    x, y = _by_position(side, batch) if named is None else _by_name(side, named)
    return _single(side, x, None if row else _count(y)), _single(
        side, y, None if row else _count(x)
    )


def _by_position(side: str, batch: Any) -> tuple[Any, Any]:
    """(inputs, labels) of a pair. Raises DataError for another number of parts."""
    if not isinstance(batch, (tuple, list)):
        raise DataError(
            f"{side} yields {shown(batch)}, without labels; each batch must be a pair (inputs,"
            " labels) or a dict of them."
        )
    if len(batch) == 1:
        raise DataError(
            f"{side} yields one part, {shown(batch[0])}, without labels; each batch must be a pair"
            " (inputs, labels)."
        )
    if len(batch) != 2:
        raise DataError(
            f"{side} yields {len(batch)} parts, {', '.join(map(shown, batch)) or 'none'}; "
            "each batch must be a pair (inputs, labels): other parts would be dropped."
        )
    inputs, labels = batch
    return inputs, labels


def _single(side: str, part: Any, rows: int | None) -> Any:
    """The one array in a part: the part itself, or its only named entry. `rows`: number of rows of
    the other part (None: the part is one row).
    """
    named = _named(part)
    if named is not None:
        if len(named) != 1:
            raise DataError(
                f"{side} yields a part with {_keys(named)}: one of them would be used and the"
                " others dropped. Give one."
            )
        return next(iter(named.values()))
    if not isinstance(part, (tuple, list)) or not part or not all(axes(item) for item in part):
        return part
    # default_collate turns rows of several arrays into a list of batches; tuple(zip(*rows)) makes a
    # tuple of rows.
    if rows is not None and (
        any(item.shape[0] != rows for item in part)
        or (isinstance(part, tuple) and len(part) == rows)
    ):
        return part
    if len(part) == 1:
        return part[0]
    raise DataError(
        f"{side} yields {len(part)} arrays in one part, {', '.join(map(shown, part[:3]))}: networks"
        " of several inputs or outputs are not supported. Give one array; rows that are lists"
        " become one tensor first."
    )


def _named(batch: Any) -> Mapping[Any, Any] | None:
    """The entries of a dict, a named tuple or a dataclass."""
    if isinstance(batch, Mapping):
        return batch
    if isinstance(batch, tuple) and hasattr(batch, "_asdict"):
        entries: Mapping[Any, Any] = batch._asdict()
        return entries
    if dataclasses.is_dataclass(batch) and not isinstance(batch, type):
        return {field.name: getattr(batch, field.name) for field in dataclasses.fields(batch)}
    return None


def _by_name(side: str, batch: Mapping[Any, Any]) -> tuple[Any, Any]:
    inputs, targets = ([key for key in keys if key in batch] for keys in (INPUT_KEYS, TARGET_KEYS))
    if not inputs or not targets:
        raise DataError(
            f"A batch of {side} has {_keys(batch)}; name the inputs x or input, the labels y or"
            " label."
        )
    extra = [key for key in batch if key not in (inputs[0], targets[0])]
    if extra:
        raise DataError(
            f"A batch of {side} has {_keys(batch)}: only {inputs[0]} and {targets[0]} would be"
            f" used, and {', '.join(map(str, extra))} dropped. Leave out what the network does"
            " without."
        )
    return batch[inputs[0]], batch[targets[0]]


def _keys(batch: Mapping[Any, Any]) -> str:
    return f"the keys {', '.join(map(str, batch))}" if batch else "no keys"


def _count(part: Any) -> int:
    """The number of rows of a part; −1 where it is not known."""
    if axes(part):
        return int(part.shape[0])  # a sparse matrix has no len()
    return len(part) if isinstance(part, (tuple, list)) else -1


def axes(value: Any) -> int:
    """How many axes an array or tensor has; 0 for anything else."""
    return len(getattr(value, "shape", ()))


def shown(value: Any) -> str:
    """What a value is, in a word or two: its type, and its shape or length."""
    name = type(value).__name__
    return (
        f"{name} {tuple(value.shape)}"
        if hasattr(value, "shape")
        else f"{name} of {len(value)}"
        if hasattr(value, "__len__")
        else name
    )
