"""Images as the bytes that they came in: they read as numbers from 0 to 1, and only what is asked
for is ever held as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

BRIGHTEST = 255  # of a pixel of one byte
BLOCK = 2**24  # bytes of numbers at a time


class Pixels(NDArrayOperatorsMixin):
    """Rows (n, *shape) of bytes, `stored` as uint8, that read as float32: the byte / 255, as numpy
    divides.

    What is taken by an index is an array of numbers; `rows` takes bytes. Whatever else is asked of
    it, by numpy or as of an array (reshape, max, …), is asked of the array of all its numbers,
    which is made for that.
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
        """Axes, that of the rows among them."""
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
    """The rows `index` (integer positions) of `x`, stored as it is."""
    return x.rows(index) if isinstance(x, Pixels) else x[index]


def in_blocks(x: Inputs) -> Iterator[np.ndarray]:
    """`x` in successive rows, contiguous; of an array all at once."""
    if isinstance(x, Pixels):
        yield from x.blocks()
    else:
        yield np.ascontiguousarray(x)
