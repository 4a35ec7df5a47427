"""Numbers of any kind in Python (tensor, array, frame, list) as one numpy array in its own type.
Values that would lose something are refused by name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from landscape_app.errors import DataError

NUMBERS = "fiub"  # numpy's kinds: floating-point, whole, whole without sign, booleans
REMEDIES = {  # kind of a numpy type that holds no plain numbers -> what it is, what to do
    "c": (
        "complex numbers",
        "give their real and imaginary parts as two features, e.g. torch.view_as_real",
    ),
    "U": ("words", "number them first"),
    "S": ("words", "number them first"),
    "T": ("words", "number them first"),
    "M": ("dates", "turn them into numbers first"),
    "m": ("durations", "turn them into numbers first"),
    "V": ("records of named fields", "give a plain array (rows, features)"),
}


def plain(what: str, value: Any) -> np.ndarray:
    """`value` as an array of floating-point numbers, whole numbers or booleans, in the machine's
    byte order, contiguous and writable.

    `what` names it in messages, in the plural ("The inputs of train"). Raises DataError for values
    that are not numbers, or are more than numbers: masks, complex parts, sparse or ragged rows,
    words, objects, PIL images.
    """
    if (foreign := _foreign(value)) is not None:
        raise DataError(f"{what} are {foreign}.")
    if isinstance(value, Tensor):
        array = _tensor(what, value)
    elif isinstance(value, np.ndarray):
        array = value
    elif _is_frame(value):
        array = _frame(what, value)
    elif isinstance(value, Sequence):
        array = _listed(what, value)
    else:
        array = _converted(what, value)
    return _checked(what, array)


def _converted(what: str, value: Any) -> np.ndarray:
    """Numbers as a numpy array, also from arrays and columns of other libraries."""
    name = type(value).__name__
    try:
        if isinstance(value, (bool, int, float, complex, np.generic)) or hasattr(
            value, "__array__"
        ):
            return np.asarray(value)
        if hasattr(value, "to_numpy"):
            return np.asarray(value.to_numpy())
    except Exception as error:  # whatever another library says, e.g. of ragged rows
        raise DataError(
            f"{what} have type {name}, which is no plain array:"
            f" {(str(error) or name).splitlines()[0]}."
        ) from error
    raise DataError(f"{what} have type {name}, which holds no numbers: give a tensor or an array.")


def _tensor(what: str, tensor: Tensor) -> np.ndarray:
    if tensor.is_nested:
        raise DataError(
            f"{what} are a nested tensor, with rows of different lengths: pad them to one length."
        )
    if tensor.layout != torch.strided:
        raise DataError(f"{what} are sparse: give .to_dense().")
    if tensor.is_quantized:
        raise DataError(f"{what} are quantized: give .dequantize().")
    if tensor.is_meta:
        raise DataError(f"{what} are on the device 'meta', which holds no numbers.")
    if tensor.is_complex():
        raise DataError(
            f"{what} have type {str(tensor.dtype).removeprefix('torch.')}, {REMEDIES['c'][0]}:"
            f" {REMEDIES['c'][1]}."
        )
    tensor = tensor.detach().cpu()
    if tensor.is_floating_point() and tensor.dtype not in (torch.float64, torch.float32):
        tensor = tensor.float()  # exact; numpy has no bfloat16
    return tensor.resolve_neg().numpy()


def _foreign(value: Any) -> str | None:
    """What the value is instead of numbers, and what to do, in words."""
    home, name = type(value).__module__.split(".")[0], type(value).__name__
    if value is None:
        return "missing (None)"
    if home == "PIL":
        return "a PIL image: turn each into a tensor first, e.g. torchvision.transforms.ToTensor()"
    if hasattr(value, "toarray") and hasattr(value, "nnz"):
        return "a sparse matrix: give .toarray()"
    if name == "MaskedTensor":
        return "a masked tensor: fill what is masked, e.g. .to_tensor(0)"
    if name == "PackedSequence":
        return "a PackedSequence, with rows of different lengths: pad them to one length"
    if name == "LazyFrame":
        return "a LazyFrame: give .collect()"
    if isinstance(value, (str, bytes)):
        return f"words ({value[:20]!r}): number them first"
    return None


def _is_frame(value: Any) -> bool:
    return (
        hasattr(value, "columns")
        and (hasattr(value, "items") or hasattr(value, "iter_columns"))
        and hasattr(value, "to_numpy")
    )


def _frame(what: str, frame: Any) -> np.ndarray:
    """The columns of a pandas or polars frame: (row, column)."""
    names, columns = [], []
    for name, column in _columns(frame):
        values = np.asarray(column.to_numpy())
        if values.dtype.kind not in NUMBERS or values.ndim != 1:
            raise DataError(
                f"{what} have the column '{name}' of type {getattr(column, 'dtype', values.dtype)},"
                " which holds other than numbers (or gaps): turn it into numbers, or leave it out."
            )
        names.append(name)
        columns.append(values)
    if not columns:
        raise DataError(f"{what} are a frame without columns.")
    return np.stack(columns, axis=1)


def _columns(frame: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(frame, "iter_columns"):
        return ((column.name, column) for column in frame.iter_columns())
    return iter(frame.items())


def _listed(what: str, values: Sequence[Any]) -> np.ndarray:
    """Rows in a list: numbers, lists of numbers, or arrays and tensors of one shape."""
    if not len(values):
        return np.empty(0, np.float32)
    if isinstance(_first_leaf(values), (bool, int, float)):
        # ragged: the rows are looked at one by one
        with contextlib.suppress(ValueError, OverflowError):
            if (array := np.asarray(values)).dtype.kind in NUMBERS:
                return array
    rows = [plain(what, value) for value in values]
    for row, array in enumerate(rows):
        if array.shape != rows[0].shape:
            raise DataError(
                f"{what} are ragged: row {row} has shape {array.shape}, row 0 {rows[0].shape}. Pad"
                " all rows to one length."
            )
    return np.stack(rows)


def _first_leaf(values: Any) -> Any:
    while isinstance(values, (list, tuple)) and values:
        values = values[0]
    return values


def _checked(what: str, array: np.ndarray) -> np.ndarray:
    if isinstance(array, np.ma.MaskedArray):
        if count := int(np.ma.count_masked(array)):
            raise DataError(
                f"{what} are a masked array with {count:,} masked entries: fill them, e.g."
                " .filled(0), or leave their rows out."
            )
        array = array.data
    if array.dtype.kind == "O":
        raise DataError(f"{what} have type object: {_inside(array)}.")
    if array.dtype.kind not in NUMBERS:
        held, remedy = REMEDIES.get(array.dtype.kind, ("no numbers", "give numbers"))
        raise DataError(f"{what} have type {array.dtype}, {held}; they must be numbers: {remedy}.")
    return np.require(
        array, array.dtype.newbyteorder("="), ["C_CONTIGUOUS", "WRITEABLE", "ENSUREARRAY"]
    )


def _inside(array: np.ndarray) -> str:
    """What an array of objects contains, and what to do, in words."""
    shapes = {
        np.shape(item)
        for item in array.flat
        if hasattr(item, "__len__") and not isinstance(item, str)
    }
    if len(shapes) > 1:
        return "its rows are ragged, of different lengths. Pad them to one length"
    if shapes:
        return "it holds arrays. Give one array of numbers, e.g. np.stack(array)"
    kinds = sorted({type(item).__name__ for item in array.flat[:1_000]})
    if "str" in kinds:
        return "it holds words. Number them first, e.g. numpy.unique(words, return_inverse=True)[1]"
    if set(kinds) <= {"int", "bool"}:
        return "give a type of numbers, e.g. array.astype(np.int64)"
    if set(kinds) <= {"int", "float", "bool"}:
        return "give a type of numbers, e.g. array.astype(np.float32)"
    return f"it holds {', '.join(kinds[:3])}. Give numbers"
