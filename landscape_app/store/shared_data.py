"""Data and checkpoints that the runs of a folder share. Each is kept once, by the hash of its
content.

A file of up to MOST bytes is kept as _data/<sha256>/<its name>; what explore was given, or
module:callable made, as _data/<sha256>/given.safetensors. A larger file is found by its path, or
where it lies as seen from the runs folder. Nothing is used whose bytes have another hash.
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
    """What the run was begun with besides its settings, for its "prepared" line: {"data",
    "checkpoint": record}; small files are kept.

    given: the data as they were given, before the run's recipe. Raises StorageError.
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
    """The data that were given as objects, where they are kept. Raises DataError where they
    are not as they were.
    """
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
    """Where the data are that were given as objects, None where they are not kept as they
    were.
    """
    record = records_of(run).get("data")
    return (
        None
        if record is None or record.get("name") != ARRAYS
        else kept_file(run.path.parent, record)
    )


def made_by_code(spec: RunSpec) -> bool:
    """Whether the data are what a module:callable makes."""
    return ":" in spec.data and not spec.data.startswith(NPZ)


def as_given(run: RunFolder) -> bool:
    """Whether the run took what module:callable made as explore takes what it is given (not before
    0.3).
    """
    record = records_of(run).get("data")
    return record is not None and "facts" in record


def tidy(runs: Path, in_use: set[str]) -> None:
    """Remove what is kept under a hash that is not `in_use`, and what a crash has left."""
    with suppress(OSError):
        for name in set(names.folders(Path(runs) / FOLDER)) - in_use:
            names.remove_all(Path(runs) / FOLDER / name)


def hashes(run: RunFolder) -> set[str]:
    """The hashes of all that the run was begun with."""
    return {str(record.get("sha256")) for record in records_of(run).values()}


def sound(run: RunFolder) -> Iterator[tuple[str, Path]]:
    """(hash, place) of the data and checkpoint that are kept for the run, and are as they were."""
    for record in records_of(run).values():
        path = kept_file(run.path.parent, record)
        if path is not None:
            yield str(record["sha256"]), path


def held(run: RunFolder) -> bool:
    """Whether data or a checkpoint seem to be kept for the run; their bytes are not looked at."""
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
    """(hash, name) of the data and the checkpoint that are kept for the run, where its name is one
    that a file can have.
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
    """Whether `name` is that of a file in a folder, on every system: no path, not hidden, nothing
    that does not print.
    """
    return (
        name.isprintable()
        and 0 < len(os.fsencode(name)) <= LONGEST
        and not set(name) & set("/\\:")
        and not name.startswith((".", "~"))
    )


def put(runs: Path, sha256: str, name: str, content: bytes) -> None:
    """Keep `content`, which has this hash, under `name`. Raises StorageError."""
    _place(Path(runs), sha256, name, content)


def records_of(run: RunFolder) -> Mapping[str, Record]:
    """What the "prepared" line says that the run was begun with besides its settings."""
    return records(run.prepared() or {})


def records(facts: Mapping[str, Any]) -> Mapping[str, Record]:
    """The same of the line's `facts`."""
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
    """`content` as runs/_data/<sha256>/<name>; what is there already is left as it is."""
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
    """The file of `record` as it lies in the runs folder itself: kept, or a file reached by no
    link, with the recorded bytes.
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
    """Where a file lay as seen from the runs folder; None where that is not noted."""
    noted = record.get("relative")
    if not isinstance(noted, str):
        return None
    return Path(os.path.normpath(run.path.parent.absolute() / noted))


def kept_file(runs: Path, record: Record) -> Path | None:
    """The file of `record` in runs/_data, None where it is not there with its bytes."""
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
    """Whether it is a regular file, no link, of a size that is kept, with these bytes."""
    return files.digest(path, most=2 * MOST) == sha256
