"""One stored result: its facts, and its arrays, which are read at their first use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.errors import RunDamagedError
from landscape_app.store import files, names, result_file
from landscape_app.store.tensors import Tensor, TensorFile

ARRAYS, RESULT = "arrays.safetensors", "result.json"


class Arrays(Mapping[str, np.ndarray]):
    """The arrays of a stored result, each read at its first use. Raises RunDamagedError if the file
    was changed.
    """

    def __init__(self, path: Path, sha256: str) -> None:
        self._path, self._sha256 = path, sha256
        self._file: TensorFile | None = None
        self._read: dict[str, np.ndarray] = {}

    def _open(self) -> TensorFile:
        if self._file is None:
            if files.digest(self._path) != self._sha256:
                raise RunDamagedError(
                    f"{self._path} is missing, damaged or replaced. Analyse again."
                )
            self._file = TensorFile.open(self._path)
        return self._file

    @property
    def headers(self) -> Mapping[str, Tensor]:
        """Type and shape of every array; reads no array. Raises RunDamagedError if the file was
        changed.
        """
        return self._open().tensors

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._read:
            file = self._open()
            if name not in file.tensors:
                raise KeyError(name)
            self._read[name] = file.read(name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._open().tensors)

    def __len__(self) -> int:
        return len(self._open().tensors)


@dataclass(frozen=True)
class Result:
    """One stored result. `inputs`: the digest of what it was computed from. `version`: of the
    analyses that computed it.
    """

    name: str
    parameters: dict[str, Any]
    arrays: Mapping[str, np.ndarray] = field(repr=False)
    meta: dict[str, Any]
    inputs: str
    created: float
    path: Path
    version: str = ""
    sha256: str = ""  # of the file that holds the arrays


def read(path: Path) -> Result | None:
    """The result in the folder `path`; None where its facts cannot be read or its file of arrays
    has another size. Reads no arrays.
    """
    facts = result_file.read(path / RESULT)
    try:
        arrays = None if facts is None else names.lstat(path / ARRAYS)
    except OSError:
        return None
    if facts is None or arrays is None or arrays.st_size != facts["arrays"]["bytes"]:
        return None
    return of_facts(path, facts)


def of_facts(path: Path, facts: Mapping[str, Any]) -> Result:
    """The result in the folder `path` with these `facts` of result.json."""
    file = facts["arrays"]
    return Result(
        name=str(facts["name"]),
        parameters=dict(facts["parameters"]),
        arrays=Arrays(path / ARRAYS, str(file["sha256"])),
        meta=dict(facts["meta"]),
        inputs=str(facts["inputs"]),
        created=float(facts["created"]),
        path=path,
        version=str(facts["version"]),
        sha256=str(file["sha256"]),
    )


def is_sound(result: Result) -> bool:
    """Whether its arrays are unchanged. Reads them once, for their hash."""
    try:
        len(result.arrays)
    except RunDamagedError:
        return False
    return True


def whole(path: Path) -> Result | None:
    """The intact result in the folder `path`, or None. Reads its arrays once, for their hash."""
    result = read(path)
    return result if result is not None and is_sound(result) else None
