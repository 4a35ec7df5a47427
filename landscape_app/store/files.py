"""Writing files: whole or not at all, and durable when the call returns. Every error names the
path.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from landscape_app.errors import StorageError
from landscape_app.store import names, opening
from landscape_app.store.json_text import from_json as from_json
from landscape_app.store.json_text import plain as plain
from landscape_app.store.json_text import to_json as to_json

SMALL = 2**20  # bytes that a file of settings or of a job's state can have
BLOCK = 2**16  # bytes that are read at once of a file whose size says nothing
TEMPORARY = ".tmp"  # suffix of files that a crash may leave behind; nothing reads them
HALF = re.compile(rf"\.(.+)\.[0-9]+-[0-9a-f]{{8}}{re.escape(TEMPORARY)}")
ANYONES = ("cancel", "notes.json")  # files that are written without holding the folder's lock
# ns: a file changed more recently could change again within one tick of the file system's clock
SETTLED = 100_000_000
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
    errno.EISDIR: "A folder is in the way: remove it, then resume.",
    errno.ELOOP: "It is a link that leads back to itself.",
    errno.ENOENT: "There is no such folder (any more).",
}

# Of a file of the user's own: there is no run to resume.
_OWN_REMEDIES = {
    errno.ENOSPC: "Free some space there, or give another place.",
    errno.EDQUOT: "Free some of your quota, or give another place.",
    errno.EROFS: "Give a place that can be written.",
    errno.EACCES: "Change its permissions, or give another place.",
    errno.EPERM: "Change its permissions, or give another place.",
    errno.EISDIR: "A folder is in the way: give another name.",
}
REMOVE = "Remove what is in the way."

_digests: dict[str, tuple[Stamp, str]] = {}


@contextmanager
def storing(path: Path, *, own: bool = False) -> Iterator[None]:
    """Turn an OSError of the block into a StorageError that names `path`, the fault and a remedy.

    own: the path belongs to the user and is outside the runs folder.
    """
    try:
        yield
    except OSError as error:
        refused = isinstance(error, opening.RefusedError)
        known = _REMEDIES | _OWN_REMEDIES if own else _REMEDIES
        other = "Check the disk, or give another place." if own else "Check the disk, then resume."
        remedy = REMOVE if refused else known.get(error.errno or 0, other)
        raise StorageError(
            f"{path} cannot be written: {error.strerror or error}. {remedy}"
        ) from error


def write_atomic(path: Path, content: bytes | bytearray, *, own: bool = False) -> None:
    """Write `content` to the file `path`. A reader, also after a crash, sees the old content or the
    new one. Raises StorageError.

    own: the folder belongs to the user and is outside the runs folder; links in its path are
    followed.
    """
    with storing(path, own=own):
        replace_content(path, content, own=own)


def replace_content(
    path: Path, content: bytes | bytearray, *, own: bool = False, durable: bool = True
) -> None:
    """As `write_atomic`, but raises OSError. durable=False: a power cut may lose the file."""
    with opening.holding(path, trusted=path.parent if own else None) as folder:
        temporary = f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}{TEMPORARY}"
        try:
            handle = os.open(
                temporary,
                os.O_WRONLY | os.O_CREAT | os.O_EXCL | opening.FILE,
                opening.MODE,
                dir_fd=folder,
            )
            try:
                write_all(handle, content)
                if durable:
                    os.fsync(handle)
            finally:
                os.close(handle)
            os.replace(temporary, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=folder)
            raise
        if durable:
            os.fsync(folder)


def write_all(handle: int, content: bytes | bytearray) -> None:
    """Write all of `content` to a descriptor; one call of the system may write only a part."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def sync_folder(folder: Path, *, trusted: Path | None = None) -> None:
    """Make the names in `folder` durable."""
    with opening.entered(folder, trusted=trusted) as handle:
        os.fsync(handle)


def make_own(folder: Path) -> None:
    """Make a folder for exported files, with its parents. It belongs to the user, so links in its
    path are followed. Raises StorageError.
    """
    with storing(folder, own=True):
        folder.mkdir(parents=True, exist_ok=True)


def sweep(folder: Path) -> None:
    """Remove unfinished files that a crash left in `folder`. The caller holds its lock. Raises
    OSError.
    """
    for name in names.listed(folder):
        left = HALF.fullmatch(name)
        if left and left[1] not in ANYONES:
            names.remove(folder / name)


def read_bytes(path: Path, *, most: int = SMALL, own: bool = False) -> bytes:
    """The content of the regular file `path`. Raises OSError: it cannot be read, is not a regular
    file, or has more than `most` bytes.
    """
    handle = opening.regular(path, most=most, own=own)
    try:
        blocks, size = list[bytes](), 0
        while block := os.read(
            handle, min(max(BLOCK, os.fstat(handle).st_size + 1), most + 1 - size)
        ):
            blocks.append(block)
            size += len(block)
            if size > most:
                raise opening.RefusedError(
                    errno.EFBIG, f"'{path.name}' has more than {most:,} bytes", str(path)
                )
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)
    finally:
        os.close(handle)


def read_json(path: Path, *, most: int = SMALL, words: bool = False) -> Any:
    """The value in the JSON file `path`. Raises as `read_bytes`, and ValueError as `from_json`."""
    return from_json(read_bytes(path, most=most), words=words)


def stamp(path: Path) -> Stamp | None:
    """Inode, size and times of a file; they change whenever the file changes. None if there is no
    such file.
    """
    try:
        with opening.holding(path) as folder:
            return _stamp(os.lstat(path.name, dir_fd=folder))
    except OSError:
        return None


def _stamp(status: os.stat_result) -> Stamp:
    return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def remembered(base: Path, names: Iterable[str]) -> dict[str, tuple[str, int]]:
    """{name: (hash, size)} of those files in the folder `base` that were read before and have not
    changed since.
    """
    known, folders = dict[str, tuple[str, int]](), dict[str, list[str]]()
    for name in names:
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    # each is reached once: a run can have thousands of files
    for folder, inside in folders.items():
        with suppress(OSError), opening.entered(base / folder) as handle:
            for name in inside:
                entry = _digests.get(f"{base}/{name}")
                with suppress(OSError):
                    if entry is not None and entry[0] == _stamp(
                        os.lstat(name.rpartition("/")[2], dir_fd=handle)
                    ):
                        known[name] = (entry[1], entry[0][1])
    return known


def digest(
    path: Path, *, most: int | None = None, own: bool = False, trusted: Path | None = None
) -> str | None:
    """SHA-256 of the regular file of at most `most` bytes; None if it cannot be read. This process
    remembers it while the file does not change. trusted: as for opening.regular.
    """
    try:
        handle = opening.regular(path, most=most, own=own, trusted=trusted)
    except OSError:
        return None
    with os.fdopen(handle, "rb", buffering=0) as file:
        before = _stamp(os.fstat(handle))
        entry = _digests.get(str(path))
        if entry is not None and entry[0] == before:
            return entry[1]
        try:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return None
        unchanged = before == _stamp(os.fstat(handle))
    if unchanged and time.time_ns() - max(before[2:]) > SETTLED:
        if len(_digests) >= REMEMBERED:
            _digests.clear()
        _digests[str(path)] = (before, sha256)
    return sha256
