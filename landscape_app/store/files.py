"""How bytes reach the disk: at once or not at all, durable when the call returns, and every failure said with its path."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from landscape_app.errors import StorageError

TEMPORARY = ".tmp"  # suffix of files that a crash may leave behind; nothing reads them
SETTLED = 100_000_000  # ns: a file changed more recently could change again within one tick of the file system's clock
REMEMBERED = 20_000  # hashes of files
Stamp = tuple[int, int, int, int]  # inode, size, modification and change time in ns

_REMEDIES = {
    errno.ENOSPC: "Free some space there, then resume.",
    errno.EDQUOT: "Free some of your quota, then resume.",
    errno.EROFS: "Give a runs folder that can be written (--runs).",
    errno.EACCES: "Change its permissions, or give another runs folder (--runs).",
    errno.EPERM: "Change its permissions, or give another runs folder (--runs).",
    errno.ENAMETOOLONG: "Give a shorter name.",
    errno.ENOTDIR: "A file is in the way: give a folder.",
    errno.EEXIST: "A file is in the way: give a folder.",
    errno.EISDIR: "A folder is in the way: give another name.",
    errno.ELOOP: "It is a link that leads back to itself.",
    errno.ENOENT: "The folder has been moved or deleted meanwhile.",
}

_digests: dict[Path, tuple[Stamp, str]] = {}


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turns an OSError of the block into a StorageError that names `path`, the fault and what to do."""
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "Check the disk, then resume.")
        raise StorageError(f"{path} cannot be written: {error.strerror or error}. {remedy}") from error


def write_atomic(path: Path, content: bytes | bytearray) -> None:
    """`content` as the file `path`: a reader, and a crash at any moment, sees the old file or the new one. Raises StorageError."""
    with storing(path):
        temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}{TEMPORARY}")
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            try:
                write_all(handle, content)
                os.fsync(handle)
            finally:
                os.close(handle)
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_all(handle: int, content: bytes | bytearray) -> None:
    """All of `content` to a descriptor, however little a single call takes."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stamp(path: Path) -> Stamp | None:
    """What changes whenever the file does; None if there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def digest(path: Path) -> str | None:
    """SHA-256 of the file, None if it cannot be read; remembered in this process for as long as the file is unchanged."""
    before = stamp(path)
    kept = _digests.get(path)
    if before is not None and kept is not None and kept[0] == before:
        return kept[1]
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
    if before is not None and before == stamp(path) and time.time_ns() - max(before[2:]) > SETTLED:
        if len(_digests) >= REMEMBERED:
            _digests.clear()
        _digests[path] = (before, found)
    return found


def to_json(value: Any, *, indent: int | None = None) -> bytes:
    """`value` as JSON in ASCII with sorted keys, so that equal values are equal bytes; numpy's numbers and arrays are plain ones."""
    separators = None if indent else (",", ":")
    return json.dumps(value, sort_keys=True, indent=indent, separators=separators, default=_plain).encode("ascii")


def plain(value: Any) -> Any:
    """`value` as it comes back from JSON: tuples are lists, numpy's numbers are Python's."""
    return json.loads(to_json(value))


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")
