"""The journal of a run: one line per fact, "<crc32> <json>", appended and synced; what is not in it
did not happen.

A crash can only tear the last line: a later one is written after the earlier are durable. Reading
leaves out what is not valid; appending first cuts what follows the last valid line, once, so that a
new line never joins a torn one. An invalid line in the middle was damaged on the disk later; it is
left out, and what it acknowledged is computed again, but the lines after it stand. A valid line
that this program cannot have written makes the whole journal unreadable (store/line_types.py).
"""

from __future__ import annotations

import errno
import os
import threading
import time
import zlib
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landscape_app.errors import RunDamagedError, first_line
from landscape_app.store import files, names, opening
from landscape_app.store.files import from_json, storing, sync_folder, to_json, write_all
from landscape_app.store.line_types import fault

LARGEST = 2**26  # bytes
MOST = 100_000  # lines
# Lists and objects, and values, of a journal: each takes many times its bytes in memory. More than
# a run of any protocol writes.
NESTED, VALUES = 1_000_000, 16_000_000
# lines of all journals that are remembered in this process, and their bytes
REMEMBERED, REMEMBERED_BYTES = 400_000, 2**26

Line = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What a journal said: the file as it was, where its valid lines end (bytes), their CRC-32, the
    lines, and what is wrong with them.
    """

    stamp: files.Stamp | None
    end: int
    crc: int
    lines: tuple[Line, ...]
    problem: str


_known: OrderedDict[Path, Known] = OrderedDict()  # the latest used last
_held = [0, 0]  # journals and lines in it; their bytes
_mutex = threading.Lock()


def encode(line: Line) -> bytes:
    """One line with its checksum and line end."""
    text = to_json(line)
    return b"%08x %s\n" % (zlib.crc32(text), text)


def decode(content: bytes) -> tuple[list[Line], int]:
    """(valid lines, end of the last of them in bytes). Raises ValueError for a valid line that no
    program writes, or too many lines.
    """
    lines, end, position = list[Line](), 0, 0
    for raw in content.splitlines(keepends=True):
        position += len(raw)
        head, _, text = raw.partition(b" ")
        if text.endswith(b"\n") and head == b"%08x" % zlib.crc32(text[:-1]):
            lines.append(_line(text))
            end = position
            if len(lines) > MOST:
                raise ValueError(f"it has more than {MOST:,} lines")
    return lines, end


def _line(text: bytes) -> Line:
    """What a line with a right checksum says; its numbers may be NaN and Infinity, as a loss may
    be. Raises ValueError.
    """
    try:
        line = from_json(text, words=True)
    except ValueError as error:
        raise ValueError(f"a line of it is no JSON that can be read: {error}") from error
    if not isinstance(line, dict) or not isinstance(line.get("kind"), str):
        raise ValueError("a line of it has no kind")
    return line


class Journal:
    """The journal in the file `path`; at most one process appends (the holder of the run's lock),
    any number read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mutex = threading.Lock()
        # inode and length after the last append: as long as they are the same, nothing needs to be
        # cut
        self._whole = (0, -1)

    def lines(self) -> tuple[Line, ...]:
        """The valid lines, oldest first. Never writes; a journal that is missing is empty.
        Remembered as long as the file is unchanged, and only what is new is parsed. Raises
        RunDamagedError where it cannot be read, or says what cannot be.
        """
        known = self.look()
        if known.problem:
            raise RunDamagedError(
                f"{known.problem} Delete the run, or put the file back from a copy."
            )
        return known.lines

    def problem(self) -> str:
        """Why the journal cannot be read, in a sentence; "" where it can, or where there is none
        yet.

        One that was begun and torn in its first line can: nothing was acknowledged.
        """
        return self.look().problem

    def look(self) -> Known:
        """What the journal says now, or what is wrong with it. Raises nothing."""
        known = _recall(self.path)
        if known is None or known.stamp is None or known.stamp != files.stamp(self.path):
            known = _read(self.path, known)
            _remember(self.path, known)
        return known

    def append(self, line: Line) -> None:
        """`line` at the end, durable when this returns. Raises StorageError; the journal is then as
        it was. ValueError: it could not be read again, so it is not written.
        """
        record = encode(line)
        if why := fault(_line(record.partition(b" ")[2])):
            raise ValueError(f"no line for a journal: {why}")
        with self._mutex, storing(self.path):
            new = not names.exists(self.path)
            handle = opening.regular(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
            try:
                end = self._cut(handle)
                if end + len(record) > LARGEST or len(self.lines()) >= MOST:
                    raise OSError(
                        errno.EFBIG,
                        f"the journal would have more than {MOST:,} lines or {LARGEST:,} bytes",
                    )
                try:
                    write_all(handle, record)
                    os.fsync(handle)
                    self._whole = (os.fstat(handle).st_ino, end + len(record))
                except OSError:
                    with suppress(OSError):
                        os.ftruncate(handle, end)
                    raise
            finally:
                os.close(handle)
            if new:
                sync_folder(self.path.parent)

    def _cut(self, handle: int) -> int:
        """Cut what follows the last valid line; the length after that."""
        status = os.fstat(handle)
        size = status.st_size
        if self._whole == (status.st_ino, size):
            return size
        if size > LARGEST:
            raise OSError(errno.EFBIG, f"the journal has more than {LARGEST:,} bytes")
        _, end = decode(os.pread(handle, size, 0))
        if end < size:
            os.ftruncate(handle, end)
        return end


def _read(path: Path, known: Known | None) -> Known:
    """What the journal says now; of what it said before, unchanged, nothing is parsed again."""
    stamp = files.stamp(path)
    lines, end, crc = (
        ((), 0, 0) if known is None or known.problem else (known.lines, known.end, known.crc)
    )
    try:
        content = files.read_bytes(path, most=LARGEST)
        if content.count(b"[") + content.count(b"{") > NESTED or content.count(b",") > VALUES:
            raise ValueError(f"it has more than {NESTED:,} lists and objects, or {VALUES:,} values")
        if len(content) < end or zlib.crc32(content[:end]) != crc:
            lines, end, crc = (), 0, 0
        more, length = decode(content[end:])
        if len(lines) + len(more) > MOST:
            raise ValueError(f"it has more than {MOST:,} lines")
        if why := next(filter(None, map(fault, more)), ""):
            raise ValueError(f"a line of it is not as this program writes it ({why})")
        if not lines and not more and b"\n" in content:
            raise ValueError("none of its lines is as it was written")
    except FileNotFoundError:
        return Known(None, 0, 0, (), "")
    except OSError as error:
        return Known(stamp, 0, 0, (), f"{path} cannot be read: {error.strerror or error}.")
    except ValueError as error:
        return Known(stamp, 0, 0, (), f"{path} cannot be read: {first_line(error)}.")
    crc = zlib.crc32(content[end : end + length], crc)
    settled = (
        stamp is not None
        and time.time_ns() - max(stamp[2:]) > files.SETTLED
        and stamp == files.stamp(path)
    )
    return Known(stamp if settled else None, end + length, crc, (*lines, *more), "")


def _recall(path: Path) -> Known | None:
    with _mutex:
        if path in _known:
            _known.move_to_end(path)
        return _known.get(path)


def _remember(path: Path, known: Known) -> None:
    """Keep what was read; what was not asked for longest goes where there is too much."""
    with _mutex:
        _count(_known.pop(path, None), -1)
        if known.lines or known.problem:
            _known[path] = known
            _count(known, 1)
        while _known and (_held[0] > REMEMBERED or _held[1] > REMEMBERED_BYTES):
            _count(_known.popitem(last=False)[1], -1)


def _count(known: Known | None, times: int) -> None:
    """Counted along: adding up all of them for each would take a time that grows with their
    square.
    """
    if known is not None:
        _held[0] += times * (1 + len(known.lines))
        _held[1] += times * known.end
