"""The names in a runs folder: listed, made, changed and removed. No link is followed.

`trusted`: the folder up to which links are followed. Give it for an entry directly in a runs
folder, because the names above it do not show that this is a runs folder. For all other entries the
layout shows it (`opening.split`).
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from landscape_app.errors import StorageError
from landscape_app.store import opening

log = logging.getLogger("landscape")


def listed(folder: Path, *, trusted: Path | None = None) -> list[str]:
    """The names in `folder`, sorted. Raises OSError."""
    with opening.entered(folder, trusted=trusted) as handle, os.scandir(handle) as entries:
        return sorted(entry.name for entry in entries)


def folders(folder: Path, *, trusted: Path | None = None) -> list[str]:
    """The names of the folders in `folder`, sorted, and of links to folders, which are never
    entered. Raises OSError.
    """
    with opening.entered(folder, trusted=trusted) as handle, os.scandir(handle) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir())


def lstat(path: Path, *, trusted: Path | None = None) -> os.stat_result | None:
    """The status of `path` itself, not of the target of a link; None where there is no such name.
    Raises OSError where this cannot be determined.
    """
    try:
        with opening.holding(path, trusted=trusted) as folder:
            return os.lstat(path.name, dir_fd=folder)
    except (FileNotFoundError, NotADirectoryError):
        return None


def look(path: Path) -> os.stat_result | None:
    """As `lstat`, but also None where it cannot be determined. Raises nothing."""
    try:
        return lstat(path)
    except OSError:
        return None


def stats(folder: Path, names: Sequence[str] | None = None) -> dict[str, os.stat_result]:
    """{name: status of the entry itself, not of the target of a link} of those `names` that are in
    `folder`; of all entries if no names are given. Raises nothing.
    """
    there = dict[str, os.stat_result]()
    with suppress(OSError), opening.entered(folder) as handle:
        if names is None:
            with os.scandir(handle) as entries:
                names = sorted(entry.name for entry in entries)
        for name in names:
            with suppress(OSError):  # gone since
                there[name] = os.lstat(name, dir_fd=handle)
    return there


def times(folder: Path, names: Sequence[str] | None = None) -> tuple[tuple[str, int, int], ...]:
    """(name, time of modification in ns, size in bytes) of the entries of `stats`. Equal while no
    file changes. Raises nothing.
    """
    return tuple(
        (name, status.st_mtime_ns, status.st_size) for name, status in stats(folder, names).items()
    )


def exists(path: Path, *, trusted: Path | None = None) -> bool:
    """Whether there is an entry of this name. Raises StorageError where this cannot be
    determined.
    """
    try:
        return lstat(path, trusted=trusted) is not None
    except OSError as error:
        raise StorageError(f"{path} cannot be looked at: {error.strerror or error}.") from error


def is_file(path: Path) -> bool:
    """Whether it is a regular file and no link leads to it. Raises nothing."""
    there = look(path)
    return there is not None and stat.S_ISREG(there.st_mode)


def is_folder(path: Path, *, trusted: Path | None = None) -> bool:
    """Whether it is a folder and no link leads to it. Raises nothing."""
    try:
        with opening.entered(path, trusted=trusted):
            return True
    except OSError:
        return False


def make_folder(path: Path, *, trusted: Path | None = None, exist_ok: bool = True) -> None:
    """Make a folder, or accept the one that exists. Raises OSError."""
    with opening.holding(path, trusted=trusted) as folder:
        try:
            os.mkdir(path.name, dir_fd=folder)
        except FileExistsError:
            if not exist_ok:
                raise


def rename(path: Path, to: Path, *, trusted: Path | None = None) -> None:
    """Rename `path` to `to` at once, in the same folder or another. A file replaces a file of that
    name. Raises OSError.
    """
    with (
        opening.holding(path, trusted=trusted) as source,
        opening.holding(to, trusted=trusted) as target,
    ):
        os.replace(path.name, to.name, src_dir_fd=source, dst_dir_fd=target)


def link(path: Path, to: Path) -> None:
    """Give the file `path` a second name. Raises OSError."""
    with opening.holding(path) as source, opening.holding(to) as target:
        os.link(path.name, to.name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)


def remove(path: Path) -> None:
    """Remove the file or link of this name, if it exists. Raises OSError."""
    try:
        with opening.holding(path) as folder:
            os.unlink(path.name, dir_fd=folder)
    except FileNotFoundError:
        pass


def remove_all(path: Path, *, trusted: Path | None = None) -> None:
    """Remove the entry of this name, and everything in it if it is a folder, as far as possible.
    Raises nothing.
    """
    try:
        with opening.holding(path, trusted=trusted) as folder:
            if stat.S_ISDIR(os.lstat(path.name, dir_fd=folder).st_mode):
                try:
                    shutil.rmtree(path.name, ignore_errors=True, dir_fd=folder)
                except RecursionError:
                    _flatten(path.name, folder)
                    shutil.rmtree(path.name, ignore_errors=True, dir_fd=folder)
            else:
                os.unlink(path.name, dir_fd=folder)
    except FileNotFoundError:
        pass
    except OSError as error:
        log.warning("%s could not be removed: %s", path, error)


def _flatten(name: str, holder: int) -> None:
    """Remove everything in the subfolders of the folder `name`. A deep folder is first moved to the
    top level, so that at most two folders are open at once. Raises OSError.
    """
    top = os.open(name, opening.FOLDER | os.O_NOFOLLOW, dir_fd=holder)
    try:
        waiting = [name for name, enters in _inside(top) if enters]
        while waiting:
            inner = os.open(inside := waiting.pop(), opening.FOLDER | os.O_NOFOLLOW, dir_fd=top)
            try:
                for below, enters in _inside(inner):
                    if enters:
                        fresh = secrets.token_hex(16)
                        os.rename(below, fresh, src_dir_fd=inner, dst_dir_fd=top)
                        waiting.append(fresh)
                    else:
                        os.unlink(below, dir_fd=inner)
            finally:
                os.close(inner)
            os.rmdir(inside, dir_fd=top)
    finally:
        os.close(top)


def _inside(folder: int) -> list[tuple[str, bool]]:
    """(name, whether it is a folder) of everything in an open folder."""
    with os.scandir(folder) as entries:
        return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
