"""The lock of a folder: an exclusive lock on a file. The system releases it when its holder ends,
for whatever reason.

These are POSIX record locks, because they tell everyone the pid of the holder. Two of their rules
shape this module: a process never conflicts with itself, and closing any descriptor of a file
releases the locks on it. Therefore one table per process records what is held, and no other code
opens a lock file. A lock also survives exec: a job is started with its run's lock already held.

Other machines see these locks on some shared file systems only. So the holder says in the file who
it is, and gives a sign of life every few seconds (lock_word.py).
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from landscape_app.errors import RunLockedError, RunMissingError
from landscape_app.store import lock_word, names, opening
from landscape_app.store.files import storing
from landscape_app.store.lock_word import LockWord

NAME = "run.lock"
WORK = "work.lock"  # of a run whose job is on one machine and whose work on another
INHERITED = "LANDSCAPE_LOCK"  # environment: descriptor of a lock that was taken before exec
UNKNOWN = 0  # the holder's pid where it lives in another namespace or on another machine
BEAT = 5.0  # s between two signs of life

AGAIN = 0.2  # s between two tries

T = TypeVar("T")
Key = tuple[int, int]  # device and inode: a path may be spelled in many ways

_mutex = threading.RLock()
_held: dict[Key, int] = {}  # descriptors of locks that this process holds
_given: dict[Key, int] = {}  # of those that it was started with and has not taken up yet
_words: dict[Key, LockWord] = {}  # what this process has written into those that it holds
_beating: threading.Thread | None = None


def take(path: Path) -> Lock | None:
    """The lock on the file `path` (made if it is missing), or None if any process, including this
    one, holds it, here or on another machine.

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
        if lock_word.alive_elsewhere(handle) is not None:
            os.close(handle)
            return None
        key = (opened.st_dev, opened.st_ino)
        _held[key], _words[key] = handle, LockWord.own()
        _words[key].write(handle)
        # whoever remembers a folder's state for as long as its files are unchanged looks again
        os.utime(handle)
        _keep_beating()
        return Lock(key)


class Lock:
    """A lock. It is held until `release`, or until this process ends."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def release(self) -> None:
        """Release the lock; a second call does nothing."""
        with _mutex:
            handle, word = _held.pop(self._key, None), _words.pop(self._key, None)
            if handle is not None:
                if lock_word.read(handle) == word:  # and nobody has taken it over
                    lock_word.erase(handle)
                os.close(handle)


def holder(path: Path) -> int | None:
    """The pid of the process that holds the lock on `path` (UNKNOWN if it is on another machine, or
    the system does not tell); None if it is free. Takes no lock.

    A holder on another machine that has given no sign of life for a minute counts as gone, unless
    the file system says that its lock is held.
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
            pid, word = _ask(handle), lock_word.read(handle)
            if pid is None:
                return None if lock_word.alive_elsewhere(handle) is None else UNKNOWN
            return UNKNOWN if word is not None and word.elsewhere else pid
        finally:
            os.close(handle)


def word_of(path: Path) -> LockWord | None:
    """What the present or last holder of the lock on `path` wrote into it; None where it was
    released, or is not there.
    """
    with _mutex:
        try:
            key = _key(path)
            if key in _held:
                return lock_word.read(_held[key])
            handle = opening.regular(path)
        except OSError:
            return None
        try:
            return lock_word.read(handle)
        finally:
            os.close(handle)


def taken_over(path: Path) -> bool:
    """Whether another machine has taken the lock on `path` that this process holds: this one gave
    no sign of life for too long.
    """
    with _mutex:
        key = _key(path)
        if key is None or key not in _held:
            return False
        word = lock_word.read(_held[key])
        return word is not None and word.elsewhere and word != _words[key]


@contextmanager
def hold(folder: Path, what: str, name: str = NAME) -> Iterator[None]:
    """Hold the lock of a run's or study's folder during a block. RunLockedError names `what` and
    the holder.
    """
    lock = take(folder / name)
    if lock is None:
        who = described(folder / name)
        raise RunLockedError(f"{what} is in use by {who}. Wait until it ends, or cancel it.")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def patiently(
    enter: Callable[[], AbstractContextManager[T]], seconds: float, check: Callable[[], None]
) -> Iterator[T]:
    """The block of `enter()`, which is tried again for so many seconds while another holds the lock
    that it needs. Calls `check` between, which may raise.
    """
    until = time.monotonic() + seconds
    with ExitStack() as stack:
        while True:
            try:
                value = stack.enter_context(enter())
                break
            except RunLockedError:
                if time.monotonic() > until:
                    raise
            check()
            time.sleep(AGAIN)
        yield value


def described(path: Path) -> str:
    """The holder of the lock on `path` in words: process 12; a job on node-3; another process."""
    pid, word = holder(path), word_of(path)
    if word is not None and word.elsewhere:
        return f"a job on {word.host}"
    return f"process {pid}" if pid else "another process"


def _keep_beating() -> None:
    """Have a thread that gives signs of life for as long as this process holds any lock."""
    global _beating
    if _beating is None or not _beating.is_alive():
        _beating = threading.Thread(target=_beat, name="locks", daemon=True)
        _beating.start()


def _beat() -> None:
    global _beating
    while True:
        time.sleep(BEAT)
        with _mutex:
            if not _held:
                _beating = None
                return
            for key, handle in _held.items():
                if lock_word.read(handle) == _words[key]:
                    with suppress(OSError):
                        os.utime(handle)


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
    global _mutex, _beating
    _mutex, _beating = threading.RLock(), None
    _held.clear()
    _words.clear()
    _given.clear()


_inherit()
os.register_at_fork(after_in_child=_forget)
