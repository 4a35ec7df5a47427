"""Limits for reading a file from elsewhere: a number of bytes after unpacking, and a time. They are
checked before memory is allocated.
"""

from __future__ import annotations

import io
import os
import stat
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar

from landscape_app.errors import LandscapeError, SpecError
from landscape_app.memory import free_memory

GIB = 2**30
MOST = 2 * GIB  # bytes unpacked, where the person gives no other number …
SHARE = 0.25  # … and of the free memory, if that is less
SECONDS = 60.0  # for one file
# bytes of an archive's list of members; its objects in memory are ten times as large
DIRECTORY = 4 * 2**20
BLOCK = 2**20  # bytes read at once
FLAG = "max_data_gib"
HELP = (
    "Largest size of a data or weight file after unpacking, in GiB. Not given: 2, or a quarter of"
    " the free memory if that is less."
)
# the others unpack without a bound on what one call gives
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Item = TypeVar("Item")

_given: ContextVar[float | None] = ContextVar(FLAG, default=None)
_clock: ContextVar[Clock | None] = ContextVar("clock", default=None)


def most_bytes() -> int:
    """The most bytes that one file may have after unpacking."""
    given = _given.get()
    return int(min(MOST, SHARE * free_memory()) if given is None else given * GIB)


@contextmanager
def raised(gib: float | None) -> Iterator[None]:
    """Files that are read in the block may have `gib` GiB after unpacking; None changes nothing.
    Raises SpecError for an invalid size.
    """
    if gib is None:
        yield
        return
    if isinstance(gib, bool) or not isinstance(gib, int | float) or not 0 < gib <= 2**20:
        raise SpecError(f"{FLAG}: must be a number of GiB above 0, not {str(gib)[:40]!r}.")
    token = _given.set(float(gib))
    try:
        yield
    finally:
        _given.reset(token)


class Clock:
    """The time left for reading the file `name`."""

    def __init__(self, name: str, error: type[LandscapeError]) -> None:
        self._name, self._error, self.end = name, error, time.monotonic() + SECONDS

    def tick(self) -> None:
        """Raise an error if the time is over."""
        if time.monotonic() > self.end:
            raise self._error(too_long(self._name))


@contextmanager
def timed(name: str, error: type[LandscapeError]) -> Iterator[None]:
    """A time limit for one file: after it, `ticking` inside the block raises `error`."""
    token = _clock.set(Clock(name, error))
    try:
        yield
    finally:
        _clock.reset(token)


def ticking(items: Iterable[Item]) -> Iterator[Item]:
    """Yield `items`, and check the time limit of the block `timed` before each."""
    clock = _clock.get()
    for item in items:
        if clock is not None:
            clock.tick()
        yield item


def size_words(size: float) -> str:
    """A number of bytes in words."""
    if size < GIB / 20:
        return f"{size / 2**20:.1f} MiB"
    return f"{size / GIB:.1f} GiB" if size < 1e6 * GIB else f"{size / GIB:.0e} GiB"


class Reading(io.FileIO):
    """A regular file that is being read. Every read checks the time; sizes that the file claims are
    first compared with the limits.

    Raises `error`, naming the file by `name`: it is not a regular file, is or claims to be too
    large, or takes too long; and OSError.
    """

    def __init__(self, path: str | Path, error: type[LandscapeError], name: str = "") -> None:
        self._error, self._name = error, name or Path(path).name
        self._most, self._clock = most_bytes(), Clock(self._name, error)
        self._longest: int | None = None
        # Without waiting: the open of a pipe would last until somebody writes into it.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise error(
                    f"{self._name} is not a regular file but {_kind(status.st_mode)}. Give a file."
                )
            self.bytes = status.st_size
            super().__init__(handle, "rb")
        except BaseException:
            os.close(handle)
            raise

    def read(self, size: int | None = -1, /) -> bytes:
        """As `read` of any file, until the time is over."""
        self._clock.tick()
        if self._longest is not None:
            wanted = self.bytes - self.tell() if size is None or size < 0 else size
            if wanted > self._longest:
                raise self._error(
                    f"{self._name} lists more members than are read: its directory has"
                    f" {size_words(wanted)}."
                )
        return super().read(-1 if size is None else size)

    def whole(self) -> bytearray:
        """The whole content, read in blocks within the limits."""
        self.hold(self.bytes, "has")
        content = bytearray()
        while block := self.read(BLOCK):
            content += block
            self.hold(len(content), "has")
        return content

    def hold(self, claimed: float, words: str = "unpacks to") -> None:
        """Raise an error for `claimed` bytes above the limit; the message gives a limit that would
        be enough.
        """
        if claimed > self._most:
            raise self._error(too_large(self._name, claimed, self._most, words))

    def archive(self) -> zipfile.ZipFile:
        """The file as a zip archive whose directory is within the limits. Raises the errors of
        zipfile for another file.
        """
        self._longest = DIRECTORY
        try:
            return zipfile.ZipFile(self)
        finally:
            self._longest = None


def too_large(name: str, claimed: float, most: float, words: str = "unpacks to") -> str:
    """Why a file is not read, and which limit would be enough."""
    enough = -(-claimed // (GIB / 10)) / 10
    number = f"{enough:.1f}" if enough < 2**20 else "N"
    return (
        f"{name} {words} {size_words(claimed)}; at most {size_words(most)} are read. To allow this"
        f" size: --max-data-gib {number}."
    )


def too_long(name: str) -> str:
    """Why reading a file was stopped."""
    return (
        f"{name} takes more than {SECONDS:.0f} s to read, so reading was stopped. Copy it to a fast"
        " disk, or give a smaller file."
    )


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((words for holds, words in kinds if holds(mode)), "a device")
