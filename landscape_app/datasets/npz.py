"""A data set from a file: an npz with x_train, y_train, x_test, y_test, read without pickle and with its size checked first."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from landscape_app.errors import DataError
from landscape_app.records.dataset import Dataset

NAMES = ("x_train", "y_train", "x_test", "y_test")
MOST_BYTES = 8 * 2**30  # unpacked; a 190 KiB archive can claim hundreds of megabytes, so the headers are read first


def load(path: str) -> Dataset:
    """The data set in the file `path`; raises DataError naming the file and what is wrong with which array."""
    file = Path(path).expanduser()
    if not file.is_file():
        raise DataError(f"There is no file {file}. Give npz:PATH with the path of an npz file.")
    try:
        arrays = _read(file)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise DataError(f"{file.name} cannot be read as npz: {error}.") from error
    x_train, x_test = (_inputs(file.name, name, arrays[name]) for name in ("x_train", "x_test"))
    y_train, y_test = (_labels(file.name, name, arrays[name]) for name in ("y_train", "y_test"))
    classes = int(y_train.max()) + 1 if len(y_train) else 0
    return Dataset(file.name, x_train, y_train, x_test, y_test, classes=max(classes, 2))


def _read(file: Path) -> dict[str, np.ndarray]:
    with zipfile.ZipFile(file) as archive:
        sizes = {info.filename.removesuffix(".npy"): info.file_size for info in archive.infolist()}
    missing = [name for name in NAMES if name not in sizes]
    if missing:
        raise DataError(
            f"{file.name} has no {', '.join(missing)}; it must hold {', '.join(NAMES)} (it holds {', '.join(sizes) or 'nothing'})."
        )
    total = sum(sizes[name] for name in NAMES)
    if total > MOST_BYTES:
        raise DataError(f"{file.name} unpacks to {total / 2**30:.1f} GiB; at most {MOST_BYTES // 2**30} GiB are read.")
    with np.load(file, allow_pickle=False) as archive:
        return {name: archive[name] for name in NAMES}


def _inputs(file: str, name: str, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "fiub":
        raise DataError(f"{file}: {name} has type {array.dtype}; it must be numbers.")
    if array.ndim == 3:
        array = array[:, None]  # grey images without a channel axis
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(array, dtype=np.float32)


def _labels(file: str, name: str, array: np.ndarray) -> np.ndarray:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.dtype.kind == "f" and np.isfinite(array).all() and (array == np.round(array)).all():
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise DataError(f"{file}: {name} has type {array.dtype}; class labels must be whole numbers from 0.")
    return array.astype(np.int64)
