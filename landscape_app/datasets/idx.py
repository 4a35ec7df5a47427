"""IDX files, the format of MNIST: two zero bytes, a type, the number of axes, their lengths, then
the bytes; plain or gzipped.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from landscape_app.errors import DataError
from landscape_app.limits import BLOCK, Reading

UNSIGNED_BYTES = 8


def read(path: Path, *, shape: tuple[int, ...]) -> np.ndarray:
    """The uint8 array (n, *shape) in `path`. Raises DataError where the header has another shape,
    or the length does not fit the header. It needs memory for what the file really holds, not for
    what its header claims.
    """
    try:
        with (
            Reading(path, DataError) as file,
            gzip.open(file) if path.suffix == ".gz" else file as stream,
        ):
            rows = _rows(path.name, stream.read(4 * (2 + len(shape))), shape)
            size = rows * math.prod(shape)
            file.hold(4 * size)  # as float32
            content = bytearray()
            while len(content) <= size and (
                block := stream.read(min(BLOCK, size + 1 - len(content)))
            ):
                content += block
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
    if len(content) != size:
        held = f"only {len(content):,}" if len(content) < size else "more"
        raise DataError(
            f"{path} should hold {size:,} bytes after its header and holds {held}: copy it again."
        )
    return np.frombuffer(content, np.uint8).reshape(rows, *shape)


def _rows(name: str, header: bytes, shape: tuple[int, ...]) -> int:
    axes = 1 + len(shape)
    if header[:4] != bytes([0, 0, UNSIGNED_BYTES, axes]) or len(header) != 4 * (1 + axes):
        raise DataError(
            f"{name} is no IDX file of bytes with {axes} axes: it begins with"
            f" {header[:4].hex(' ') or 'nothing'}."
        )
    rows, *rest = struct.unpack(f">{axes}I", header[4:])
    if tuple(rest) != shape:
        raise DataError(f"{name} holds rows of shape {tuple(rest)}; {shape} was expected.")
    return int(rows)
