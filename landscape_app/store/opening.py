"""Opening files of a runs folder, which may come from someone else. No link in it is followed, and
only regular files are opened.

Links may lead to the runs folder itself, because the user has chosen that path. Below it every name
is opened from the descriptor of the folder before it, so that a link is not followed even if
someone swaps a folder for a link meanwhile.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SHARED = ("_studies", "_data", "_slots")  # the folders in a runs folder that are no run
INNER = ("chunks", "derived")  # the folders in a run or study
HOLLOW = 2**26  # bytes from which a file is asked whether it is mostly holes
BACKED = 16  # times as many bytes as are stored of it a file may claim
MODE = 0o666  # of a new file, less the umask
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# A pipe is opened without waiting for its other end, and a terminal does not become that of this
# process.
FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

_KINDS = {
    stat.S_IFLNK: "a link, and links in a runs folder are not followed",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class RefusedError(OSError):
    """A file that this program did not make: a link, a pipe, or a file that is too large."""


@contextmanager
def entered(folder: Path, *, trusted: Path | None = None) -> Iterator[int]:
    """A descriptor of `folder` during a block. Raises OSError, RefusedError where a link leads to
    it.

    trusted: the folder up to which links are followed, if it is not the runs folder that the names
    in `folder` imply.
    """
    base, names = (
        _split(f"{folder}/name")
        if trusted is None
        else (str(trusted), (*folder.parts[len(trusted.parts) :], "name"))
    )
    handle = _reach(base, names[:-1], folder)
    try:
        yield handle
    finally:
        os.close(handle)


def visit(folder: Path) -> None:
    """Raise OSError where `folder` is not a folder, FileNotFoundError where it does not exist,
    RefusedError where a link leads to it.
    """
    with entered(folder):
        pass


@contextmanager
def holding(path: Path, *, trusted: Path | None = None) -> Iterator[int]:
    """A descriptor of the folder that contains `path`; otherwise as `entered`."""
    base, names = (
        _split(str(path)) if trusted is None else (str(trusted), path.parts[len(trusted.parts) :])
    )
    handle = _reach(base, names[:-1], path)
    try:
        yield handle
    finally:
        os.close(handle)


def regular(
    path: Path,
    flags: int = os.O_RDONLY,
    *,
    most: int | None = None,
    own: bool = False,
    trusted: Path | None = None,
) -> int:
    """A descriptor of the regular file `path`; the caller closes it. Raises OSError; RefusedError:
    no regular file, or more than `most` bytes.

    own: the file belongs to the user and is outside the runs folder; links in its path are
    followed. trusted: as for `entered`.
    """
    if own:
        handle = os.open(path, flags | FILE & ~os.O_NOFOLLOW, MODE)
    else:
        base, names = (
            _split(str(path))
            if trusted is None
            else (str(trusted), path.parts[len(trusted.parts) :])
        )
        folder = _reach(base, names[:-1], path)
        try:
            handle = _open(names[-1], flags | FILE, folder)
        finally:
            os.close(folder)
    try:
        _check(
            path.name, os.fstat(handle), most=most, written=bool(flags & (os.O_WRONLY | os.O_RDWR))
        )
        if not own:
            _check_backed(path.name, handle)
    except OSError:
        os.close(handle)
        raise
    return handle


def split(path: Path) -> tuple[Path, tuple[str, ...]]:
    """(runs folder, names from there) of a path in the folder of a run or study, or in a shared
    one. The names of the folders show which.
    """
    base, names = _split(str(path))
    return Path(base), tuple(names)


def _split(path: str) -> tuple[str, Sequence[str]]:
    # Text rather than pathlib, which would take longer than all the opening.
    parts = path.split("/")
    name, holder, above = ("", "", "", *parts)[:-4:-1]
    count = 2  # RUNS / run / name
    if name in SHARED:
        count = 1
    elif holder in INNER or above == "_data":
        count = 3
    elif above == "derived":
        count = 4
    if holder not in SHARED and parts[-count - 1 : -count] == ["_studies"]:
        count += 1
    count = min(count, len(parts) - (parts[0] == ""))
    names = parts[-count:]
    if ".." in names:
        raise RefusedError(errno.EINVAL, "'..' leads out of the folder", path)
    return "/".join(parts[:-count]) or ("/" if parts[0] == "" else "."), names


def _reach(base: str, names: Sequence[str], path: Path) -> int:
    """A descriptor of the folder at `names`, opened one by one from `base`. They are the first
    names of `path`.
    """
    handle = os.open(base, FOLDER)
    for name in names:
        above = handle
        try:
            handle = _open(name, FOLDER | os.O_NOFOLLOW, above)
        except OSError as error:
            error.filename = str(path)
            raise
        finally:
            os.close(above)
    return handle


def _open(name: str, flags: int, folder: int) -> int:
    try:
        return os.open(name, flags, MODE, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EISDIR):
            kind = stat.S_IFMT(os.lstat(name, dir_fd=folder).st_mode)
            if kind in _KINDS and not (kind == stat.S_IFDIR and flags & os.O_DIRECTORY):
                raise RefusedError(error.errno, f"'{name}' is {_KINDS[kind]}", name) from error
        raise


def _check(name: str, status: os.stat_result, *, most: int | None, written: bool) -> None:
    """Raise RefusedError where it is not a regular file, has too many bytes, or would be written
    and has a second name.
    """
    if not stat.S_ISREG(status.st_mode):
        raise RefusedError(
            errno.EINVAL,
            f"'{name}' is {_KINDS.get(stat.S_IFMT(status.st_mode), 'no file')}, not a file",
            name,
        )
    if most is not None and status.st_size > most:
        raise RefusedError(
            errno.EFBIG, f"'{name}' has {status.st_size:,} bytes, more than {most:,}", name
        )
    if written and status.st_nlink > 1:
        raise RefusedError(errno.EMLINK, f"'{name}' has another name as well (a hard link)", name)


def _check_backed(name: str, handle: int) -> None:
    """Raise RefusedError where nearly all of the file is holes: such a file needs no disk space,
    but would take days to read.
    """
    status = os.fstat(handle)
    if status.st_size <= HOLLOW or status.st_blocks * 512 * BACKED >= status.st_size:
        return
    try:
        # also where a file system does not tell what it stores
        whole = os.lseek(handle, 0, os.SEEK_HOLE) >= status.st_size
    except OSError as error:
        whole = error.errno == errno.EINVAL
    if not whole:
        raise RefusedError(
            errno.EFBIG,
            f"'{name}' claims {status.st_size:,} bytes, but nearly all of it is holes",
            name,
        )
    os.lseek(handle, 0, os.SEEK_SET)
