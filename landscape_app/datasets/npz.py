"""A data set from a file: an npz with x_train, y_train, x_test, y_test, read without pickle and with its sizes checked first."""

from __future__ import annotations

import dataclasses
import math
import tokenize
import zipfile
from pathlib import Path

import numpy as np

from landscape_app.datasets.arrays import NAMES, dataset
from landscape_app.datasets.inputs import Meaning
from landscape_app.errors import DataError, first_line
from landscape_app.records.dataset import Dataset

MOST_BYTES = 8 * 2**30  # unpacked; a 190 KiB archive can claim hundreds of megabytes, so the headers are read first
HOW = "Give npz:PATH with the path of an npz file."


def load(path: str, *, meaning: Meaning | None = None, numbers: bool = False) -> Dataset:
    """The data set in the file `path`; raises DataError naming the file and what is wrong with which array.

    `meaning`: how inputs are read. `numbers`: the loss predicts numbers, so floats are no classes.
    """
    file = _file(path)
    data = dataset(file.name, read(file), meaning=meaning, numbers=numbers)
    others = _others(file)
    return dataclasses.replace(data, note="; ".join(filter(None, [data.note, others])))


def _file(path: str) -> Path:
    """The file that `path` names; raises DataError where there is none."""
    try:
        file = Path(path).expanduser()
        there, a_folder = file.is_file(), file.is_dir()
    except (OSError, ValueError, RuntimeError) as error:  # a name that no file system takes, a home of nobody, a closed folder
        raise DataError(f"{path} cannot be read: {getattr(error, 'strerror', None) or first_line(error)}. {HOW}") from error
    if a_folder:
        raise DataError(f"{file} is a folder. {HOW}")
    if not there:
        raise DataError(f"There is no file {file}. {HOW}")
    return file


def _others(file: Path) -> str:
    """What else is in the file, in words; "" if nothing."""
    with zipfile.ZipFile(file) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist()]
    others = [name for name in names if name not in NAMES]
    return f"not used: {', '.join(others[:5])}{', …' if len(others) > 5 else ''}" if others else ""


def read(file: Path) -> dict[str, np.ndarray]:
    """The four arrays of `file` as they are stored; nothing is allocated before every header has been read and its size added up."""
    try:
        if not zipfile.is_zipfile(file):
            raise DataError(f"{file.name} cannot be read: it is no npz file, or its end is missing. Save it by numpy.savez.")
        with zipfile.ZipFile(file) as archive:
            _check_sizes(file.name, archive)
        with np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in NAMES}
    except DataError:
        raise
    except Exception as error:  # whatever zip, numpy and the reader of its headers raise on bad bytes
        raise DataError(f"{file.name} cannot be read as npz: {_words(error)}.") from error


def _words(error: Exception) -> str:
    """What is wrong, without numpy's advice to let a file run code."""
    if "allow_pickle" in str(error):
        return "it holds Python objects, which are not read. Save arrays of numbers"
    said = error.args[0] if isinstance(error, tokenize.TokenError) else first_line(error)
    return f"{said}".rstrip(".")


def _check_sizes(file: str, archive: zipfile.ZipFile) -> None:
    members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    missing = [name for name in NAMES if name not in members]
    if missing:
        raise DataError(
            f"{file} has no {', '.join(missing)}; it must hold {', '.join(NAMES)} (it holds {', '.join(members) or 'nothing'})."
        )
    total = 0
    for name in NAMES:
        claimed = _claimed_bytes(archive, members[name])
        if claimed > members[name].file_size:
            raise DataError(f"{file} cannot be read as npz: {name} claims {claimed:,} bytes and holds {members[name].file_size:,}.")
        total += claimed
    if total > MOST_BYTES:
        raise DataError(f"{file} unpacks to {total / 2**30:.1f} GiB; at most {MOST_BYTES / 2**30:.0f} GiB are read.")


def _claimed_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Bytes of the array by its own header: numpy allocates that many before it reads a single one."""
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = header(stream)
    return math.prod(shape) * int(dtype.itemsize)
