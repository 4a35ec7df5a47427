"""The names in a runs folder: listed, made, changed and removed, none of it through a link.

`trusted` is the folder up to which links are followed. It is given for what lies directly in a runs
folder, of which the names above do not tell that it is one; for everything else the layout says it
(`opening.split`).
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
    """The names of the folders in `folder`, sorted, and of links to folders, which nothing enters.
    Raises OSError.
    """
    with opening.entered(folder, trusted=trusted) as handle, os.scandir(handle) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir())


def lstat(path: Path, *, trusted: Path | None = None) -> os.stat_result | None:
    """What is called `path`, itself and not what a link leads to; None where nothing is. Raises
    OSError where that cannot be seen.
    """
    try:
        with opening.holding(path, trusted=trusted) as folder:
            return os.lstat(path.name, dir_fd=folder)
    except (FileNotFoundError, NotADirectoryError):
        return None


def look(path: Path) -> os.stat_result | None:
    """As `lstat`, and None also where it cannot be seen. Raises nothing."""
    try:
        return lstat(path)
    except OSError:
        return None


def stats(folder: Path, names: Sequence[str] | None = None) -> dict[str, os.stat_result]:
    """{name: what it is, itself and not what a link leads to} of those of `names` that are in
    `folder`, of all without names. Raises nothing.
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
    """(name, time of modification in ns, size in bytes) as `stats`: equal as long as nothing
    changes. Raises nothing.
    """
    return tuple(
        (name, status.st_mtime_ns, status.st_size) for name, status in stats(folder, names).items()
    )


def exists(path: Path, *, trusted: Path | None = None) -> bool:
    """Whether anything has this name. Raises StorageError where that cannot be seen."""
    try:
        return lstat(path, trusted=trusted) is not None
    except OSError as error:
        raise StorageError(f"{path} cannot be looked at: {error.strerror or error}.") from error


def is_file(path: Path) -> bool:
    """Whether it is a regular file that is reached without a link. Raises nothing."""
    there = look(path)
    return there is not None and stat.S_ISREG(there.st_mode)


def is_folder(path: Path, *, trusted: Path | None = None) -> bool:
    """Whether it is a folder that is reached without a link. Raises nothing."""
    try:
        with opening.entered(path, trusted=trusted):
            return True
    except OSError:
        return False


def make_folder(path: Path, *, trusted: Path | None = None, exist_ok: bool = True) -> None:
    """A new folder, or the one that is there. Raises OSError."""
    with opening.holding(path, trusted=trusted) as folder:
        try:
            os.mkdir(path.name, dir_fd=folder)
        except FileExistsError:
            if not exist_ok:
                raise


def rename(path: Path, to: Path, *, trusted: Path | None = None) -> None:
    """`path` gets the name `to` at once, in the same folder or another; a file takes the place of a
    file. Raises OSError.
    """
    with (
        opening.holding(path, trusted=trusted) as source,
        opening.holding(to, trusted=trusted) as target,
    ):
        os.replace(path.name, to.name, src_dir_fd=source, dst_dir_fd=target)


def link(path: Path, to: Path) -> None:
    """The file `path` gets a second name. Raises OSError."""
    with opening.holding(path) as source, opening.holding(to) as target:
        os.link(path.name, to.name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)


def remove(path: Path) -> None:
    """Remove the file or link of this name, if there is one. Raises OSError."""
    try:
        with opening.holding(path) as folder:
            os.unlink(path.name, dir_fd=folder)
    except FileNotFoundError:
        pass


def remove_all(path: Path, *, trusted: Path | None = None) -> None:
    """Remove whatever has this name, a folder with all that is in it, as far as that can be done.
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
    """What lies deep in the folder `name` is brought to its top, without entering more than two
    folders at once. Raises OSError.
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
