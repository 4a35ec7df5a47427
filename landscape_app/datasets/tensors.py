"""The inputs of a problem as tensors: float32 or whole numbers, or images as bytes that are
converted row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from landscape_app.records.pixels import BRIGHTEST, Inputs, Pixels


class PixelRows:
    """Rows (n, *shape) of bytes on a device, read as float32: byte / 255, with the same bits as
    records.pixels.Pixels.

    An index, and each part of `split` and `tensor_split`, gives a tensor of numbers, made when it
    is used.
    """

    dtype = torch.float32

    def __init__(self, stored: Tensor) -> None:
        self.stored = stored
        # A tensor on the device: by a number of Python's a GPU multiplies with its reciprocal,
        # which rounds otherwise.
        self._whole = torch.tensor(float(BRIGHTEST), device=stored.device)

    def __len__(self) -> int:
        return len(self.stored)

    def __getitem__(self, index: Any) -> Tensor:
        return self.stored[index].to(torch.float32).div_(self._whole)

    @property
    def shape(self) -> torch.Size:
        """(n, *shape)."""
        return self.stored.shape

    @property
    def device(self) -> torch.device:
        """Where the bytes are."""
        return self.stored.device

    def to(self, device: torch.device | str) -> PixelRows:
        """The same rows on `device`."""
        return PixelRows(self.stored.to(device))

    def split(self, rows: int) -> Iterator[Tensor]:
        """Blocks of `rows` rows, the last one smaller."""
        return (self[first : first + rows] for first in range(0, len(self), rows))

    def tensor_split(self, parts: int) -> Iterator[Tensor]:
        """`parts` blocks whose sizes differ by at most one."""
        return (PixelRows(part)[:] for part in self.stored.tensor_split(parts))


Rows = Tensor | PixelRows


def rows_of(x: Inputs, device: torch.device | str) -> Rows:
    """`x` (row, *shape) on `device`, in the type in which it is stored."""
    return (
        PixelRows(torch.from_numpy(x.stored).to(device))
        if isinstance(x, Pixels)
        else torch.from_numpy(x).to(device)
    )


def slabs_of(x: Rows, rows: int) -> Iterator[Rows]:
    """Successive blocks of `rows` rows as stored; bytes are not converted."""
    for first in range(0, len(x), rows):
        part = slice(first, first + rows)
        yield PixelRows(x.stored[part]) if isinstance(x, PixelRows) else x[part]
