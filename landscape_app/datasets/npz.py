"""A data set from an npz file with x_train, y_train, x_test, y_test. It is read without pickle, and
its sizes are checked first.
"""

from __future__ import annotations

import dataclasses
import io
import math
import tokenize
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.datasets.arrays import NAMES, dataset
from landscape_app.datasets.inputs import Meaning
from landscape_app.errors import DataError, first_line
from landscape_app.limits import BLOCK, METHODS, Reading
from landscape_app.records.dataset import Dataset

LONGEST_HEADER = 10_000  # bytes: as much as numpy reads of a header's text
SHOWN = 5
HOW = "Give npz:PATH with the path of an npz file."


def load(path: str, *, meaning: Meaning | None = None, numbers: bool = False) -> Dataset:
    """The data set in the file `path`. Raises DataError naming the file, the array and what is
    wrong with it. `meaning`: how inputs are read. `numbers`: the loss predicts numbers, so floats
    are not classes.
    """
    file = _file(path)
    arrays, others = _read(file)
    data = dataset(file.name, arrays, meaning=meaning, numbers=numbers)
    return dataclasses.replace(data, note="; ".join(filter(None, [data.note, others])))


def _file(path: str) -> Path:
    """The file at `path`. Raises DataError where there is none."""
    try:
        file = Path(path).expanduser()
        there, a_folder = file.exists(), file.is_dir()
    # a name that no file system takes, a home of nobody, a closed folder
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or first_line(error)}. {HOW}"
        ) from error
    if a_folder:
        raise DataError(f"{file} is a folder. {HOW}")
    if not there:
        raise DataError(f"There is no file {file}. {HOW}")
    return file


def read(file: Path) -> dict[str, np.ndarray]:
    """The four arrays of `file` as they are stored; raises DataError."""
    return _read(file)[0]


@dataclass(frozen=True)
class NpzHeader:
    """What the header of a member says of its array. `end`: the first byte of the values."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]
    end: int

    @property
    def stored(self) -> int:
        """Bytes of the values in the file."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def memory(self) -> int:
        """Bytes of the values in use: bytes of pixels become float32."""
        return math.prod(self.shape) * max(self.dtype.itemsize, 4)


def _read(file: Path) -> tuple[dict[str, np.ndarray], str]:
    """(the four arrays, what else is in the file). Memory is allocated only after all headers were
    read and their sizes added.
    """
    try:
        with Reading(file, DataError) as reading:
            if not zipfile.is_zipfile(reading):
                raise DataError(
                    f"{file.name} cannot be read: it is no npz file, or its end is missing. Save it"
                    " by numpy.savez."
                )
            with reading.archive() as archive:
                members = _members(file.name, archive)
                headers = {name: _header(file.name, name, archive, members[name]) for name in NAMES}
                reading.hold(sum(header.memory for header in headers.values()))
                arrays = {name: _array(archive, members[name], headers[name]) for name in NAMES}
                return arrays, _others([name for name in members if name not in NAMES])
    except DataError:
        raise
    # whatever zip, numpy and the reader of its headers raise on bad bytes
    except Exception as error:
        raise DataError(f"{file.name} cannot be read as npz: {_words(error)}.") from error


def _words(error: Exception) -> str:
    reason = error.args[0] if isinstance(error, tokenize.TokenError) else first_line(error)
    return f"{reason}".rstrip(".")


def _others(names: list[str]) -> str:
    """What else is in the file, in words; "" if nothing."""
    return f"not used: {_some(names)}" if names else ""


def _some(names: list[str]) -> str:
    shown = ", ".join(name if len(name) <= 40 else f"{name[:40]}…" for name in names[:SHOWN])
    return shown + (", …" if len(names) > SHOWN else "")


def _members(file: str, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Every member by the name of its array. Raises DataError where one of the four is missing, or
    is packed in a way that numpy does not use.
    """
    members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    missing = [name for name in NAMES if name not in members]
    if missing:
        raise DataError(
            f"{file} has no {', '.join(missing)}; it must hold {', '.join(NAMES)} (it holds"
            f" {_some(list(members)) or 'nothing'})."
        )
    for name in NAMES:
        if members[name].compress_type not in METHODS:
            raise DataError(
                f"{file} cannot be read as npz: {name} is packed in a way that numpy does not use."
                " Save it by numpy.savez."
            )
    return members


def _header(file: str, name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NpzHeader:
    """The header of the member, compared with the member's length. Raises DataError, and numpy's
    error for an invalid header.
    """
    header = _parsed(file, name, archive, member)
    if header.dtype.hasobject:
        raise DataError(
            f"{file} cannot be read as npz: it holds Python objects, which are not read. Save"
            " arrays of numbers."
        )
    held = member.file_size - header.end
    if not header.dtype.itemsize or header.stored != held:
        raise DataError(
            f"{file} cannot be read as npz: {name} claims {header.stored:,} bytes and holds"
            f" {held:,}."
        )
    return header


def _parsed(file: str, name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NpzHeader:
    with archive.open(member) as stream:
        begin = stream.read(8)
        version = np.lib.format.read_magic(io.BytesIO(begin))
        lead = stream.read(2 if version == (1, 0) else 4)
        length = int.from_bytes(lead, "little")
        if length > LONGEST_HEADER:
            raise DataError(
                f"{file} cannot be read as npz: the header of {name} claims {length:,} bytes."
            )
        text = lead + stream.read(length)
    parse = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, fortran, dtype = parse(io.BytesIO(text))
    return NpzHeader(shape, fortran, dtype, len(begin) + len(text))


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, header: NpzHeader) -> np.ndarray:
    """The values, unpacked block by block. Raises an error for a member that is shorter than the
    archive says, or has other bytes.
    """
    flat = np.empty(math.prod(header.shape), header.dtype)
    rest = memoryview(flat.view(np.uint8).data) if flat.size else memoryview(b"")
    with archive.open(member) as stream:
        stream.read(header.end)
        while rest:
            block = stream.read(min(len(rest), BLOCK))
            if not block:
                raise ValueError("it ends too early")
            rest[: len(block)] = block
            rest = rest[len(block) :]
    return flat.reshape(header.shape[::-1]).T if header.fortran else flat.reshape(header.shape)
