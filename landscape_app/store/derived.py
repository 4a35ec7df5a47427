"""Results that are computed from a run or study. Each is stored under its name, its parameters, its
inputs and the version of the analysis.

A result is a folder derived/<name>-<key>/ with arrays.safetensors and result.json. The folder
appears with both files at once. A list reads only the small JSON files. Arrays are read, and
compared with their hash, when they are used.
"""

from __future__ import annotations

import hashlib
import math
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from landscape_app.errors import StorageError
from landscape_app.store import files, names, result_file
from landscape_app.store.folder import SCHEMA
from landscape_app.store.result_types import finite
from landscape_app.store.seal import sealed
from landscape_app.store.stored_result import ARRAYS as ARRAYS
from landscape_app.store.stored_result import RESULT as RESULT
from landscape_app.store.stored_result import Arrays as Arrays
from landscape_app.store.stored_result import Result as Result
from landscape_app.store.stored_result import is_sound, of_facts
from landscape_app.store.stored_result import read as read
from landscape_app.store.stored_result import whole as whole
from landscape_app.store.tensors import pack
from landscape_app.versions import ANALYSIS_VERSION

FOLDER = "derived"
LEFT = 600.0  # s
NAME = re.compile(r"[a-z][a-z0-9_]*")
PLACE = re.compile(r"[a-z][a-z0-9_]*-[0-9a-f]{16}")


class StoredResults:
    """The results in the `folder` of a run or study. They are listed once; each is read at its
    first use.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder) / FOLDER
        self._names = _names(folder)

    @property
    def places(self) -> list[Path]:
        """The folders of all results, sorted by name, readable or not."""
        return [self._folder / name for name in self._names if PLACE.fullmatch(name)]

    def has(self, name: str) -> bool:
        """Whether anything is stored under `name`. Does not read it."""
        return any(place.startswith(f"{name}-") for place in self._names)

    def all(self, name: str) -> list[Result]:
        """Every result `name`, newest first; reads no arrays."""
        places = [place for place in self._names if place.startswith(f"{name}-")]
        results = (read(self._folder / place) for place in places)
        named = [result for result in results if result is not None and result.name == name]
        return sorted(named, key=lambda result: result.created, reverse=True)

    def fitting(self, name: str, **parameters: Any) -> list[Result]:
        """Every result `name` whose parameters contain the given ones, newest first. Does not check
        the arrays.
        """
        wanted = files.plain(parameters)
        return [result for result in self.all(name) if _contains(result.parameters, wanted)]

    def find(self, name: str, **parameters: Any) -> Result | None:
        """The newest intact result `name` whose parameters contain the given ones, or None."""
        fitting = self.fitting(name, **parameters)
        return next((result for result in fitting if is_sound(result)), None)


class Digested(Protocol):
    """A run, as far as `stale` needs it."""

    def digest(self) -> str:
        """A hash that changes when more is sampled."""


def write(
    folder: Path,
    name: str,
    parameters: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    meta: Mapping[str, Any],
    inputs: str,
) -> Result:
    """Store a result in the `folder` of a run or study. It replaces a result with the same key: the
    new folder is written first, and `find` prefers the newer one, then the old folder is removed.
    Raises StorageError.
    """
    key, content = _key(name, parameters, inputs), pack(arrays)
    older = [result.created for result in all(folder, name) if _key_of(result) == key]
    facts = {
        "schema": SCHEMA,
        "name": name,
        "parameters": files.plain(dict(parameters)),
        "meta": finite(files.plain(dict(meta))),
        "inputs": inputs,
        # a clock may be put back
        "created": max([time.time(), *(math.nextafter(created, math.inf) for created in older)]),
        "version": ANALYSIS_VERSION,
        "arrays": {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
    }
    place = _place(Path(folder), name, content, facts)
    with files.storing(place.parent):
        remove(
            [
                result.path
                for result in all(folder, name)
                if _key_of(result) == key and result.created < facts["created"]
            ]
        )
    return of_facts(place, facts)


def _place(folder: Path, name: str, content: bytes | bytearray, facts: Mapping[str, Any]) -> Path:
    """Make the new folder of a result; it appears with both its files at once. Raises
    StorageError.
    """
    text = files.to_json(sealed(facts), indent=1) + b"\n"
    if len(text) > result_file.LARGEST:
        raise StorageError(
            f"The result '{name}' is not kept: its facts have {len(text):,} bytes, more than"
            f" {result_file.LARGEST:,}."
        )
    within = folder / FOLDER
    with files.storing(within):
        names.make_folder(within)
        # No name is given twice: whoever is about to remove what was called so would remove
        # another's.
        fresh, target = (within / f"{word}-{secrets.token_hex(8)}" for word in (".new", name))
        try:
            names.make_folder(fresh, exist_ok=False)
            files.write_atomic(fresh / ARRAYS, content)
            files.write_atomic(fresh / RESULT, text)
            names.rename(fresh, target)
        finally:
            names.remove_all(fresh)
        files.sync_folder(within)
        files.sync_folder(folder)
    return target


def remove(places: Sequence[Path]) -> None:
    """Remove the folders of results. Each disappears at once, so that no reader sees half of it."""
    gone = [place.with_name(f".old-{secrets.token_hex(8)}") for place in places]
    for place, to in zip(places, gone, strict=True):
        with suppress(FileNotFoundError):  # another has removed it
            names.rename(place, to)
    if places:
        files.sync_folder(places[0].parent)
    for left in gone:
        names.remove_all(left)


def places(folder: Path) -> list[Path]:
    """As `StoredResults.places`, now."""
    return StoredResults(folder).places


def has(folder: Path, name: str) -> bool:
    """As `StoredResults.has`, now."""
    return StoredResults(folder).has(name)


def all(folder: Path, name: str) -> list[Result]:
    """As `StoredResults.all`, now."""
    return StoredResults(folder).all(name)


def fitting(folder: Path, name: str, **parameters: Any) -> list[Result]:
    """As `StoredResults.fitting`, now."""
    return StoredResults(folder).fitting(name, **parameters)


def find(folder: Path, name: str, **parameters: Any) -> Result | None:
    """As `StoredResults.find`, now."""
    return StoredResults(folder).find(name, **parameters)


def current(folder: Path, name: str, parameters: Mapping[str, Any], inputs: str) -> Result | None:
    """The intact result of exactly these parameters and inputs by this version of the analyses, or
    None. Such a result need not be computed again.
    """
    key = _key(name, parameters, inputs)
    same = (result for result in all(folder, name) if _key_of(result) == key)
    return next((result for result in same if is_sound(result)), None)


def by_another_version(result: Result) -> bool:
    """Whether the result was computed by another version of the analyses than this one."""
    return result.version != ANALYSIS_VERSION


def stale(result: Result, run: Digested) -> bool:
    """Whether more of the run was sampled, or the analyses have changed, since the result was
    computed.
    """
    return result.inputs != run.digest() or by_another_version(result)


def _names(folder: Path) -> list[str]:
    """The names in the result folder of a run or study; empty where there is no such folder."""
    try:
        return names.listed(Path(folder) / FOLDER)
    except OSError:
        return []


def _contains(given: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return not [key for key, value in wanted.items() if key not in given or given[key] != value]


def _key(name: str, parameters: Mapping[str, Any], inputs: str, version: str = "") -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"'{name}' is no name of a result")
    text = files.to_json([name, dict(parameters), inputs, version or ANALYSIS_VERSION])
    return hashlib.sha256(text).hexdigest()[:16]


def _key_of(result: Result) -> str:
    return _key(result.name, result.parameters, result.inputs, result.version)


def tidy(folder: Path) -> None:
    """Remove unfinished results that a crash left. Only old ones are removed, so that no process
    can still be writing them.
    """
    for name in _names(folder):
        path = folder / FOLDER / name
        with suppress(OSError):
            left = names.lstat(path) if name.startswith(".") and "-" in name else None
            if left is not None and time.time() - left.st_mtime > LEFT:
                names.remove_all(path)
