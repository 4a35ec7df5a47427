"""Data and checkpoints that the runs of a folder share. Each is stored once, under the hash of its
content.

A file of up to MOST bytes is stored as _data/<sha256>/<its name>. Arrays that explore got, or that
module:callable made, are stored as _data/<sha256>/given.safetensors. A larger file is looked up by
its path, and by its place relative to the runs folder. A file with another hash is never used.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from landscape_app.errors import DataError, LandscapeError
from landscape_app.records.dataset import Dataset
from landscape_app.records.pixels import Pixels
from landscape_app.settings import RunSpec
from landscape_app.store import files, names
from landscape_app.store.run import RunFolder
from landscape_app.store.tensors import pack, unpack

log = logging.getLogger("landscape")

FOLDER = "_data"
MOST = 50_000_000  # bytes of a file that is kept
ARRAYS = "given.safetensors"
NPZ = "npz:"
LONGEST = 255  # bytes of a file's name

Record = dict[str, Any]


def keep(run: RunFolder, given: Dataset | None) -> dict[str, Record]:
    """A record of the run's data and checkpoint for its "prepared" line: {"data", "checkpoint":
    record}. Small files are stored.

    given: the data before the run's recipe. Raises StorageError.
    """
    begun: dict[str, Record] = {}
    runs, spec = run.path.parent, run.spec
    if spec.data.startswith(NPZ):
        begun["data"] = _keep_file(runs, Path(spec.data.removeprefix(NPZ)).expanduser())
    elif given is not None:
        begun["data"] = _keep_arrays(runs, given)
    if spec.checkpoint is not None:
        begun["checkpoint"] = _keep_file(runs, Path(spec.checkpoint).expanduser())
    return begun


def arrays(run: RunFolder) -> Dataset | None:
    """The stored data that were given as objects. Raises DataError where they were changed."""
    path = arrays_path(run)
    if path is None:
        return None
    record = records_of(run)["data"]
    try:
        arrays = unpack(bytearray(files.read_bytes(path, most=2 * MOST)), ARRAYS)
        pixels = {name: Pixels(array) for name, array in arrays.items() if array.dtype == np.uint8}
        values: dict[str, Any] = {**arrays, **pixels, **record["facts"]}
        return Dataset(**values)
    except (TypeError, KeyError, OSError, LandscapeError) as error:
        raise DataError(f"The data kept in {path} cannot be read: {error}") from error


def arrays_path(run: RunFolder) -> Path | None:
    """The path of the stored data that were given as objects; None where they are not stored or
    were changed.
    """
    record = records_of(run).get("data")
    return (
        None
        if record is None or record.get("name") != ARRAYS
        else kept_file(run.path.parent, record)
    )


def made_by_code(spec: RunSpec) -> bool:
    """Whether a module:callable makes the data."""
    return ":" in spec.data and not spec.data.startswith(NPZ)


def as_given(run: RunFolder) -> bool:
    """Whether the run read the result of module:callable in the same way as explore reads its data
    (since 0.3).
    """
    record = records_of(run).get("data")
    return record is not None and "facts" in record


def tidy(runs: Path, in_use: set[str]) -> None:
    """Remove what is stored under a hash that is not `in_use`, and what a crash has left."""
    with suppress(OSError):
        for name in set(names.folders(Path(runs) / FOLDER)) - in_use:
            names.remove_all(Path(runs) / FOLDER / name)


def hashes(run: RunFolder) -> set[str]:
    """The hashes of the data and checkpoint that the run was begun with."""
    return {str(record.get("sha256")) for record in records_of(run).values()}


def sound(run: RunFolder) -> Iterator[tuple[str, Path]]:
    """(hash, path) of the data and checkpoint stored for the run, if they are intact."""
    for record in records_of(run).values():
        path = kept_file(run.path.parent, record)
        if path is not None:
            yield str(record["sha256"]), path


def held(run: RunFolder) -> bool:
    """Whether data or a checkpoint seem to be stored for the run. Their bytes are not checked."""
    hashes = [
        str(record.get("sha256")) for record in records_of(run).values() if record.get("kept")
    ]
    return any(
        len(sha256) == 64
        and sha256.isalnum()
        and names.is_folder(run.path.parent / FOLDER / sha256)
        for sha256 in hashes
    )


def called(run: RunFolder) -> list[tuple[str, str]]:
    """(hash, name) of the data and the checkpoint stored for the run, where a file can have that
    name.
    """
    stored = records_of(run)
    records = [stored[what] for what in ("data", "checkpoint") if what in stored]
    named = [
        (str(record.get("sha256")), str(record.get("name")))
        for record in records
        if record.get("kept")
    ]
    return [(sha256, name) for sha256, name in named if plain_name(name)]


def plain_name(name: str) -> bool:
    """Whether `name` is valid for a file in a folder on every system: not a path, not hidden, only
    printable characters.
    """
    return (
        name.isprintable()
        and 0 < len(os.fsencode(name)) <= LONGEST
        and not set(name) & set("/\\:")
        and not name.startswith((".", "~"))
    )


def put(runs: Path, sha256: str, name: str, content: bytes) -> None:
    """Store `content`, which has this hash, under `name`. Raises StorageError."""
    _place(Path(runs), sha256, name, content)


def records_of(run: RunFolder) -> Mapping[str, Record]:
    """The records in the "prepared" line: which data and checkpoint the run was begun with."""
    return records(run.prepared() or {})


def records(facts: Mapping[str, Any]) -> Mapping[str, Record]:
    """The same from the `facts` of the line."""
    stored = facts.get("sources")
    return (
        {k: v for k, v in stored.items() if isinstance(v, dict)} if isinstance(stored, dict) else {}
    )


def _keep_file(runs: Path, path: Path) -> Record:
    size, sha256 = path.stat().st_size, str(files.digest(path, own=True))
    if size <= MOST:
        _place(runs, sha256, path.name, files.read_bytes(path, most=MOST, own=True))
    else:
        log.info(
            "%s is not kept with the run: it has %.0f MB, more than %.0f.",
            path,
            size / 1e6,
            MOST / 1e6,
        )
    # Both ends without links: how the file is seen from the folder must hold after both have moved
    # together.
    relative = os.path.relpath(path.resolve(), runs.resolve())
    return {
        "name": path.name,
        "relative": relative,
        "sha256": sha256,
        "bytes": size,
        "kept": size <= MOST,
    }


def _keep_arrays(runs: Path, data: Dataset) -> Record:
    # The form of the labels is for a loss of the user's own, which is not kept either.
    values = {
        field.name: getattr(data, field.name)
        for field in dataclasses.fields(data)
        if field.name != "form"
    }
    values |= {name: value.stored for name, value in values.items() if isinstance(value, Pixels)}
    tensors = {
        name: np.ascontiguousarray(value)
        for name, value in values.items()
        if isinstance(value, np.ndarray)
    }
    size = sum(value.nbytes for value in tensors.values())
    facts = {name: value for name, value in values.items() if name not in tensors}
    if size > MOST:
        log.info(
            "The data are not kept with the run: they have %.0f MB, more than %.0f.",
            size / 1e6,
            MOST / 1e6,
        )
        return {"name": None, "facts": facts, "bytes": size, "kept": False}
    content = pack(tensors)
    sha256 = hashlib.sha256(content).hexdigest()
    _place(runs, sha256, ARRAYS, content)
    return {"name": ARRAYS, "facts": facts, "sha256": sha256, "bytes": len(content), "kept": True}


def _place(runs: Path, sha256: str, name: str, content: bytes | bytearray) -> None:
    """Write `content` as runs/_data/<sha256>/<name>; an existing file is not changed."""
    folder = runs / FOLDER / sha256
    with files.storing(folder):
        if files.digest(folder / name) == sha256:
            return
        names.make_folder(folder.parent)
        names.make_folder(folder)
        same = next(
            (folder / other for other in names.listed(folder) if _sound(folder / other, sha256)),
            None,
        )
        if same is not None:  # under another name: the same bytes are not stored twice
            waiting = folder / f".{secrets.token_hex(8)}"
            with suppress(OSError):
                names.link(same, waiting)
                names.rename(waiting, folder / name)
                files.sync_folder(folder)
                return
        files.write_atomic(folder / name, content)
        files.sync_folder(folder.parent)
        files.sync_folder(runs, trusted=runs)


def inside(run: RunFolder, record: Record, given: Path) -> Path | None:
    """The file of `record` inside the runs folder: the stored copy, or a file with the recorded
    bytes to which no link leads.
    """
    runs, size = run.path.parent, record.get("bytes")
    place = kept_file(runs, record)
    if place is not None or type(size) is not int:
        return place
    with suppress(OSError, ValueError):  # a name that no file system takes
        top = runs.resolve()
        for path in dict.fromkeys(
            Path(os.path.normpath(top / name)) for name in (str(record.get("relative")), given.name)
        ):
            if (
                path != top
                and path.is_relative_to(top)
                and files.digest(path, most=size, trusted=top) == record.get("sha256")
            ):
                return path
    return None


def relative(run: RunFolder, record: Record) -> Path | None:
    """The place of a file relative to the runs folder; None where it is not recorded."""
    noted = record.get("relative")
    if not isinstance(noted, str):
        return None
    return Path(os.path.normpath(run.path.parent.absolute() / noted))


def kept_file(runs: Path, record: Record) -> Path | None:
    """The file of `record` in runs/_data; None where there is no file with its bytes."""
    name, sha256 = str(record.get("name")), str(record.get("sha256"))
    if (
        not record.get("kept")
        or Path(name).name != name
        or len(sha256) != 64
        or not sha256.isalnum()
    ):
        return None
    path = runs / FOLDER / sha256 / name
    return path if _sound(path, sha256) else None


def _sound(path: Path, sha256: str) -> bool:
    """Whether it is a regular file, not a link, small enough to be stored, and has these bytes."""
    return files.digest(path, most=2 * MOST) == sha256
