"""Small files in the formats of the authors of MNIST and CIFAR, and in that of OpenML's answers,
with every class in them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np

from landscape_app.datasets.downloads import IDX_FILES, TEN_FILES


def idx_bytes(array: np.ndarray) -> bytes:
    """`array` of bytes as an IDX file."""
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def grey(rows: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(images (rows, 28, 28), labels (rows,)) of bytes; all ten classes."""
    return np.random.default_rng(seed).integers(0, 256, (rows, 28, 28)).astype(np.uint8), (
        np.arange(rows) % 10
    ).astype(np.uint8)


def colour(rows: int, classes: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(images (rows, 3, 32, 32), labels (rows,)) of bytes."""
    images = np.random.default_rng(seed).integers(0, 256, (rows, 3, 32, 32)).astype(np.uint8)
    return images, (np.arange(rows) % classes).astype(np.uint8)


def write_mnist(place: Path, *, zipped: bool = True) -> tuple[np.ndarray, ...]:
    """The four files; returns x_train, y_train, x_test, y_test."""
    place.mkdir(parents=True)
    content = (*grey(20, seed=1), *grey(10, seed=2))
    for name, array in zip(IDX_FILES, content, strict=True):
        raw = idx_bytes(array)
        (place / f"{name}.gz").write_bytes(gzip.compress(raw)) if zipped else (
            place / name
        ).write_bytes(raw)
    return content


def write_cifar10(place: Path) -> tuple[np.ndarray, ...]:
    place.mkdir(parents=True)
    content = (*colour(20, 10, seed=3), *colour(10, 10, seed=4))
    records = np.concatenate([content[1][:, None], content[0].reshape(20, -1)], axis=1)
    for name, part in zip(TEN_FILES, np.split(records, 5), strict=False):
        (place / name).write_bytes(part.tobytes())
    (place / TEN_FILES[-1]).write_bytes(
        np.concatenate([content[3][:, None], content[2].reshape(10, -1)], axis=1).tobytes()
    )
    return content


def write_cifar100(place: Path) -> tuple[np.ndarray, ...]:
    place.mkdir(parents=True)
    content = (*colour(100, 100, seed=5), *colour(100, 100, seed=6))
    for name, x, y in (("train.bin", *content[:2]), ("test.bin", *content[2:])):
        coarse = (y // 5)[:, None]
        (place / name).write_bytes(
            np.concatenate([coarse, y[:, None], x.reshape(100, -1)], axis=1).tobytes()
        )
    return content


def write_all(folder: Path) -> Path:
    """All four data sets in one folder, in the sub-folders that unpacking makes."""
    write_mnist(folder / "mnist")
    write_mnist(folder / "FashionMNIST" / "raw", zipped=False)
    write_cifar10(folder / "cifar-10-batches-bin")
    write_cifar100(folder / "cifar-100-binary")
    return folder


def write_openml(home: Path, name: str, x: np.ndarray, y: np.ndarray) -> None:
    """What scikit-learn would have kept of OpenML's answers for a table `x` (row, column), `y`
    (row,), so that it asks for nothing.
    """
    columns = [f"p{index}" for index in range(x.shape[1])]
    lines = [f"@RELATION {name}", *(f"@ATTRIBUTE {column} REAL" for column in columns)]
    lines += ["@ATTRIBUTE class {" + ",".join(map(str, np.unique(y))) + "}", "@DATA"]
    lines += [
        ",".join(map(str, [*row, label])) for row, label in zip(x.tolist(), y.tolist(), strict=True)
    ]
    table = "\n".join(lines).encode()
    plain = {"is_ignore": "false", "is_row_identifier": "false", "number_of_missing_values": "0"}
    features = [
        {"name": column, "data_type": "numeric", "is_target": "false", **plain}
        for column in columns
    ]
    features.append({"name": "class", "data_type": "nominal", "is_target": "true", **plain})
    features = [{"index": str(index), **feature} for index, feature in enumerate(features)]
    description = {
        "id": "7",
        "name": name,
        "version": "1",
        "status": "active",
        "description": "small",
        "format": "ARFF",
        "url": "https://www.openml.org/data/v1/download/7/table.arff",
        "md5_checksum": hashlib.md5(table).hexdigest(),
        "file_id": "7",
    }
    answers = {
        f"api/v1/json/data/list/data_name/{name.lower()}/limit/2/data_version/1": {
            "data": {"dataset": [{"did": 7}]}
        },
        "api/v1/json/data/7": {"data_set_description": description},
        "api/v1/json/data/features/7": {"data_features": {"feature": features}},
        "api/v1/json/data/qualities/7": {
            "data_qualities": {"quality": [{"name": "NumberOfInstances", "value": str(len(x))}]}
        },
    }
    files = {path: json.dumps(answer).encode() for path, answer in answers.items()} | {
        "data/v1/download/7/table.arff": table
    }
    for path, content in files.items():
        kept = home / "openml" / "openml.org" / f"{path}.gz"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(gzip.compress(content))
