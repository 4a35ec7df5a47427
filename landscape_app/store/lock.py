"""The lock of a folder: an exclusive lock on a file. The system releases it when its holder ends,
for whatever reason.

These are POSIX record locks, because they tell everyone the pid of the holder. Two of their rules
shape this module: a process never conflicts with itself, and closing any descriptor of a file
releases the locks on it. Therefore one table per process records what is held, and no other code
opens a lock file. A lock also survives exec: a job is started with its run's lock already held.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from landscape_app.errors import RunLockedError, RunMissingError
from landscape_app.store import names, opening
from landscape_app.store.files import storing

NAME = "run.lock"
INHERITED = "LANDSCAPE_LOCK"  # environment: descriptor of a lock that was taken before exec
UNKNOWN = 0  # the holder's pid where it lives in another namespace or on another machine

Key = tuple[int, int]  # device and inode: a path may be spelled in many ways

_mutex = threading.RLock()
_held: dict[Key, int] = {}  # descriptors of locks that this process holds
_given: dict[Key, int] = {}  # of those that it was started with and has not taken up yet


def take(path: Path) -> Lock | None:
    """The lock on the file `path` (made if it is missing), or None if any process, including this
    one, holds it.

    Raises RunMissingError if the folder is gone, StorageError if the file cannot be made.
    """
    with _mutex, storing(path):
        try:
            opening.visit(path.parent)
        except FileNotFoundError:
            raise RunMissingError(f"{path.parent} is not there (any more).") from None
        key = _key(path)
        if key in _held:
            return None
        handle = _given.pop(key, None) if key is not None else None
        if handle is None:
            handle = opening.regular(path, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return None
            raise
        opened = os.fstat(handle)
        if _key(path) != (opened.st_dev, opened.st_ino):
            os.close(handle)
            raise RunMissingError(f"{path.parent} was deleted meanwhile.")
        # whoever remembers a folder's state for as long as its files are unchanged looks again
        os.utime(handle)
        _held[opened.st_dev, opened.st_ino] = handle
        return Lock((opened.st_dev, opened.st_ino))


class Lock:
    """A lock. It is held until `release`, or until this process ends."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def release(self) -> None:
        """Release the lock; a second call does nothing."""
        with _mutex:
            handle = _held.pop(self._key, None)
            if handle is not None:
                os.close(handle)


def holder(path: Path) -> int | None:
    """The pid of the process that holds the lock on `path` (UNKNOWN if the system does not tell);
    None if it is free. Takes no lock.
    """
    with _mutex:
        try:
            key = _key(path)
            if key is None:
                return None
            if key in _held or key in _given:
                return os.getpid()
            handle = opening.regular(path)
        except OSError:
            return None
        try:
            return _ask(handle)
        finally:
            os.close(handle)


@contextmanager
def hold(folder: Path, what: str) -> Iterator[None]:
    """Hold the lock of a run's or study's folder during a block. RunLockedError names `what` and
    the holder.
    """
    lock = take(folder / NAME)
    if lock is None:
        pid = holder(folder / NAME)
        who = f"process {pid}" if pid else "another process"
        raise RunLockedError(f"{what} is in use by {who}. Wait until it ends, or cancel it.")
    try:
        yield
    finally:
        lock.release()


def _ask(handle: int) -> int | None:
    # struct flock: type, whence, start, length, pid; on macOS start, length, pid, type, whence.
    mac = sys.platform == "darwin"
    form = "qqihh0q" if mac else "hhqqi0q"
    asked = (0, 0, 0, fcntl.F_WRLCK, os.SEEK_SET) if mac else (fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    answer = struct.unpack(form, fcntl.fcntl(handle, fcntl.F_GETLK, struct.pack(form, *asked)))
    kind, pid = (answer[3], answer[2]) if mac else (answer[0], answer[4])
    return None if kind == fcntl.F_UNLCK else max(pid, UNKNOWN)


def _key(path: Path) -> Key | None:
    status = names.lstat(path)
    return None if status is None else (status.st_dev, status.st_ino)


def _inherit() -> None:
    """Record the lock that this process was started with, before any code can open and close its
    file.
    """
    text = os.environ.pop(INHERITED, "")
    if text.isdigit():
        try:
            status = os.fstat(int(text))
        except OSError:
            return
        os.set_inheritable(int(text), False)
        _given[status.st_dev, status.st_ino] = int(text)


def _forget() -> None:
    """A forked child holds none of its parent's locks."""
    global _mutex
    _mutex = threading.RLock()
    _held.clear()
    _given.clear()


_inherit()
os.register_at_fork(after_in_child=_forget)
