"""Images stored as the bytes that they came in. They are read as numbers from 0 to 1, and only the
rows that are used are converted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

BRIGHTEST = 255  # of a pixel of one byte
BLOCK = 2**24  # bytes of numbers at a time


class Pixels(NDArrayOperatorsMixin):
    """Rows (n, *shape) of bytes, `stored` as uint8, read as float32: byte / 255, with numpy's
    division.

    An index gives an array of numbers; `rows` gives bytes. For everything else (numpy functions,
    reshape, max, …) all rows are converted to one array of numbers.
    """

    dtype = np.dtype(np.float32)

    def __init__(self, stored: np.ndarray) -> None:
        if stored.dtype != np.uint8:
            raise TypeError(f"Pixels are bytes, not {stored.dtype}.")
        self.stored = stored

    def __len__(self) -> int:
        return len(self.stored)

    def __getitem__(self, index: Any) -> np.ndarray:
        numbers = np.array(self.stored[index], dtype=np.float32, order="C")
        numbers /= np.float32(BRIGHTEST)
        return numbers

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self[:] if dtype is None else self[:].astype(dtype, copy=False)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return getattr(ufunc, method)(
            *(value[:] if isinstance(value, Pixels) else value for value in inputs), **kwargs
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "stored":
            raise AttributeError(name)
        return getattr(self[:], name)

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, *shape)."""
        return self.stored.shape

    @property
    def ndim(self) -> int:
        """Number of axes, including the axis of the rows."""
        return self.stored.ndim

    @property
    def size(self) -> int:
        """Numbers in all."""
        return self.stored.size

    def rows(self, index: np.ndarray) -> Pixels:
        """The rows `index` (integer positions), as bytes."""
        return Pixels(self.stored[index])

    def blocks(self) -> Iterator[np.ndarray]:
        """Numbers of successive rows."""
        step = max(1, BLOCK // (4 * max(1, self.stored[:1].size)))
        for first in range(0, len(self), step):
            yield self[first : first + step]


Inputs = np.ndarray | Pixels  # of rows


def taken(x: Inputs, index: np.ndarray) -> Inputs:
    """The rows `index` (integer positions) of `x`, in the type in which `x` stores them."""
    return x.rows(index) if isinstance(x, Pixels) else x[index]


def in_blocks(x: Inputs) -> Iterator[np.ndarray]:
    """`x` in blocks of successive rows, contiguous; an array is one block."""
    if isinstance(x, Pixels):
        yield from x.blocks()
    else:
        yield np.ascontiguousarray(x)
