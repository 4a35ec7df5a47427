"""safetensors files as numpy arrays, read by name and by range of columns. Every size in a header
is first compared with the length of the file.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.errors import RunDamagedError
from landscape_app.store import opening

# bytes; a header of ours has a few kB, and what it becomes in memory is thirty times as large
LONGEST_HEADER = 4 * 2**20
MOST_AXES, LONGEST_AXIS = 64, 2**63
DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "<i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "<u1", "BOOL": "|b1",
}  # fmt: skip


@dataclass(frozen=True)
class Tensor:
    """The place of one array: `start` is its first byte in the file."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int

    @property
    def count(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)


def pack(tensors: Mapping[str, np.ndarray]) -> bytearray:
    """The arrays as the bytes of a safetensors file. The same arrays give the same bytes.

    The library's own writer holds three copies of the arrays. A chunk is as large as memory allows,
    so this writer does without.
    """
    # keeps every array aligned to its type
    order = sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name))
    header, end = dict[str, Any](), 0
    for name in order:
        begin, end = end, end + tensors[name].nbytes
        header[name] = {
            "dtype": _name_of(tensors[name].dtype),
            "shape": list(tensors[name].shape),
            "data_offsets": [begin, end],
        }
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    content = bytearray(8 + len(text) + end)
    content[: 8 + len(text)] = len(text).to_bytes(8, "little") + text
    start = 8 + len(text)
    for name in order:
        array = tensors[name]
        place = np.frombuffer(
            content,
            array.dtype.newbyteorder("<"),
            array.size,
            start + header[name]["data_offsets"][0],
        )
        place.reshape(array.shape)[...] = array
    return content


def _name_of(dtype: np.dtype[Any]) -> str:
    return next(name for name, text in DTYPES.items() if np.dtype(text) == dtype.newbyteorder("<"))


def unpack(content: bytearray, name: str) -> dict[str, np.ndarray]:
    """The arrays of a whole file in memory, as writable views of `content`. Raises RunDamagedError,
    with `name`, if it is not such a file.
    """
    tensors = _header(
        bytes(content[:8]), lambda length: bytes(content[8 : 8 + length]), len(content), name
    )
    return {
        key: np.frombuffer(content, t.dtype, t.count, t.start).reshape(t.shape)
        for key, t in tensors.items()
    }


@dataclass(frozen=True)
class TensorFile:
    """A safetensors file whose header was read and is valid. An array is read again at every
    use.
    """

    path: Path
    tensors: Mapping[str, Tensor]
    size: int
    own: bool = False

    @staticmethod
    def open(path: Path, *, own: bool = False) -> TensorFile:
        """Read only the header. Raises RunDamagedError if the file is missing, cut or has another
        format.

        own: the file belongs to the user and is outside the runs folder; links in its path are
        followed.
        """
        try:
            with os.fdopen(opening.regular(path, own=own), "rb") as file:
                size = os.fstat(file.fileno()).st_size
                return TensorFile(
                    path, _header(file.read(8), file.read, size, path.name), size, own
                )
        except OSError as error:
            raise RunDamagedError(f"{path} cannot be read: {error.strerror or error}.") from error

    def read(self, name: str) -> np.ndarray:
        """The whole array `name`."""
        return self.several([name])[name]

    def several(self, names: Iterable[str]) -> dict[str, np.ndarray]:
        """The whole arrays of these names; the file is opened once."""
        arrays = {}
        tensors = {name: self._tensor(name) for name in names}
        with self._opened() as handle:
            for name, tensor in tensors.items():
                out = np.empty(tensor.count, tensor.dtype)
                self._fill(handle, out, tensor.start)
                arrays[name] = out.reshape(tensor.shape)
        return arrays

    def columns(self, name: str, *, lead: int, start: int, stop: int) -> np.ndarray:
        """(row, stop − start): the array as a matrix, whose rows are its first `lead` axes. Only
        these columns are read.
        """
        tensor = self._tensor(name)
        return self._rows(tensor, math.prod(tensor.shape[:lead]), start, stop)

    def _tensor(self, name: str) -> Tensor:
        if name not in self.tensors:
            raise RunDamagedError(f"{self.path} holds no '{name}'.")
        return self.tensors[name]

    def _rows(self, tensor: Tensor, rows: int, start: int, stop: int) -> np.ndarray:
        width = tensor.count // rows if rows else 0
        out = np.empty((rows, stop - start), tensor.dtype)
        with self._opened() as handle:
            if stop - start == width:
                self._fill(handle, out.reshape(-1), tensor.start)
            else:
                for row in range(rows):
                    self._fill(
                        handle,
                        out[row],
                        tensor.start + (row * width + start) * tensor.dtype.itemsize,
                    )
        return out

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """A descriptor to read from. The file is not mapped: a process is killed if a mapped file
        is cut.
        """
        try:
            handle = opening.regular(self.path, own=self.own)
            try:
                yield handle
            finally:
                os.close(handle)
        except OSError as error:
            raise RunDamagedError(
                f"{self.path} cannot be read: {error.strerror or error}."
            ) from error

    def _fill(self, handle: int, out: np.ndarray, offset: int) -> None:
        rest = memoryview(out.view(np.uint8).data) if out.size else memoryview(b"")
        while rest:
            got = os.preadv(handle, [rest], offset)
            if not got:
                raise RunDamagedError(f"{self.path} ends too early: it was cut while it was read.")
            rest, offset = rest[got:], offset + got


def _header(first: bytes, read: Any, size: int, name: str) -> dict[str, Tensor]:
    """{name: its place in the file}. Checks that the arrays cover the `size` bytes of the file
    exactly.
    """
    length = int.from_bytes(first, "little") if len(first) == 8 else -1
    if not 0 <= length <= min(LONGEST_HEADER, size - 8):
        raise RunDamagedError(f"{name} is no safetensors file, or is cut.")
    try:
        entries = json.loads(read(length))
        entries.pop("__metadata__", None)
        tensors = {key: _entry(entry, 8 + length) for key, entry in entries.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise RunDamagedError(f"The header of {name} is not readable: {error}.") from error
    end = 8 + length
    for tensor in sorted(tensors.values(), key=lambda t: (t.start, t.count)):
        if tensor.start != end:
            raise RunDamagedError(f"The header of {name} names overlapping or missing bytes.")
        end += tensor.count * tensor.dtype.itemsize
    if end != size:
        raise RunDamagedError(f"{name} has {size} bytes, but its header names {end}.")
    return tensors


def _entry(entry: Mapping[str, Any], base: int) -> Tensor:
    shape, (start, stop) = tuple(entry["shape"]), entry["data_offsets"]
    if len(shape) > MOST_AXES or not all(
        type(n) is int and 0 <= n < LONGEST_AXIS for n in (*shape, start, stop)
    ):
        raise ValueError("sizes must be whole numbers")
    tensor = Tensor(np.dtype(DTYPES[entry["dtype"]]), shape, base + start)
    if stop - start != tensor.count * tensor.dtype.itemsize:
        raise ValueError("a shape does not fit its bytes")
    return tensor
