"""MNIST, Fashion-MNIST, CIFAR-10 and CIFAR-100 by name: from a local folder, else downloaded once
and kept there as npz.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from landscape_app.datasets import cifar, idx, npz, openml
from landscape_app.datasets.arrays import NAMES, dataset
from landscape_app.datasets.openml import Published
from landscape_app.errors import DataError, StorageError
from landscape_app.records.dataset import Dataset

FOLDER = "LANDSCAPE_DATA"  # environment variable
DEFAULT_FOLDER = "~/.cache/landscape/data"

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Download:
    """One data set: the shape of a row, its classes, where its authors' files may be and how they
    are read, and its name on OpenML.
    """

    shape: tuple[int, int, int]
    classes: int
    flips: bool
    folders: tuple[str, ...]
    files: tuple[str, ...]
    read: Callable[[list[Path]], Arrays]
    published: Published
    origin: str  # of the files, in words
    pickled: str = ""  # the version that is never opened


def load(*, source: str) -> Dataset:
    """The data set `source` with pixels in [0, 1]. Raises DataError if it is not in the folder and
    cannot be downloaded; the message says which files to put where.
    """
    known = SOURCES[source]
    folder = Path(os.environ.get(FOLDER) or DEFAULT_FOLDER).expanduser()
    archive = folder / f"{source}.npz"
    arrays = npz.read(archive) if archive.is_file() else _original(known, folder)
    data = dataset(
        source,
        arrays or _downloaded(source, known, folder),
        classes=known.classes,
        flips=known.flips,
    )
    if data.shape != known.shape or data.task != "classification":
        raise DataError(
            f"{source}: the files in {folder} hold rows of shape {data.shape}, not {known.shape}."
            " Take them away, or replace them."
        )
    return data


def _original(known: Download, folder: Path) -> Arrays | None:
    """The arrays in the authors' files in one of the usual subfolders; None if there are no files.
    Raises DataError if some of the files are missing.
    """
    for place in (folder / name for name in known.folders):
        paths = [_file(place, name) for name in known.files]
        missing = [name for name, path in zip(known.files, paths, strict=True) if path is None]
        if not missing:
            return known.read([path for path in paths if path is not None])
        if len(missing) < len(paths):
            raise DataError(
                f"{place} has no {', '.join(missing)}. Copy what is missing there, or take the"
                " folder away."
            )
    return None


def _file(place: Path, name: str) -> Path | None:
    spellings = (name, name.replace("-idx", ".idx"))
    return next(
        (
            path
            for spelling in spellings
            for end in ("", ".gz")
            if (path := place / (spelling + end)).is_file()
        ),
        None,
    )


def _downloaded(name: str, known: Download, folder: Path) -> Arrays:
    """The arrays from OpenML, stored as npz, so that nothing is downloaded twice."""
    home = folder / f"{name}.download"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fetched = openml.fetch(known.published, known.shape, home=home)
        with tempfile.NamedTemporaryFile(
            dir=folder, prefix=f"{name}-", suffix=".part", delete=False
        ) as part:
            np.savez(part, allow_pickle=False, **fetched)
        Path(part.name).replace(folder / f"{name}.npz")
    except DataError as error:
        raise DataError(
            f"{name} is not on this machine, and {error}. {_remedy(name, known, folder)}"
        ) from error
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be written: {error}. Set {FOLDER} to a folder that can."
        ) from error
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return fetched


def _remedy(name: str, known: Download, folder: Path) -> str:
    refused = (
        f" ({known.pickled} holds pickles, which are never opened.)"
        if known.pickled and (folder / known.pickled).is_dir()
        else ""
    )
    return (
        f"Put into {folder} (or the folder that {FOLDER} names) either {known.folders[0]}/ with"
        f" {', '.join(known.files)} ({known.origin}), or {name}.npz with"
        f" {', '.join(NAMES)}.{refused}"
    )


def _mnist(paths: list[Path]) -> Arrays:
    shapes: tuple[tuple[int, ...], ...] = ((28, 28), (), (28, 28), ())
    return {
        name: idx.read(path, shape=shape)
        for name, path, shape in zip(NAMES, paths, shapes, strict=True)
    }


def _cifar(paths: list[Path], *, labels: int) -> Arrays:
    x_train, y_train = cifar.read(paths[:-1], labels=labels)
    x_test, y_test = cifar.read(paths[-1:], labels=labels)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
TEN_FILES = (*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin")
MNIST_TRAIN = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
MNIST_TEST = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)

SOURCES: dict[str, Download] = {
    "mnist": Download(
        shape=(1, 28, 28),
        classes=10,
        flips=False,  # a mirrored digit is another digit, or none
        folders=("mnist", "MNIST/raw"),
        files=IDX_FILES,
        read=_mnist,
        published=Published("mnist_784", MNIST_TRAIN, MNIST_TEST),
        origin=".gz or not",
    ),
    "fashion-mnist": Download(
        shape=(1, 28, 28),
        classes=10,
        flips=True,
        folders=("fashion-mnist", "FashionMNIST/raw"),
        files=IDX_FILES,
        read=_mnist,
        published=Published("Fashion-MNIST", (6_000,) * 10, (1_000,) * 10),
        origin=".gz or not",
    ),
    "cifar10": Download(
        shape=cifar.SHAPE,
        classes=10,
        flips=True,
        folders=("cifar10", "cifar-10-batches-bin"),
        files=TEN_FILES,
        read=partial(_cifar, labels=1),
        published=Published("CIFAR_10", (5_000,) * 10, (1_000,) * 10),
        origin="from cifar-10-binary.tar.gz",
        pickled="cifar-10-batches-py",
    ),
    "cifar100": Download(
        shape=cifar.SHAPE,
        classes=100,
        flips=True,
        folders=("cifar100", "cifar-100-binary"),
        files=("train.bin", "test.bin"),
        read=partial(_cifar, labels=2),
        published=Published("CIFAR-100", (500,) * 100, (100,) * 100),
        origin="from cifar-100-binary.tar.gz",
        pickled="cifar-100-python",
    ),
}
