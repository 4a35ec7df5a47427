"""The journal of a run: one line per fact, "<crc32> <json>", appended and synced. Only what is in
the journal counts as done.

A crash can damage only the last line, because a line is written after all earlier ones are durable.
A reader skips invalid lines. A writer first cuts off what follows the last valid line, so that a
new line never joins a damaged one. An invalid line in the middle was damaged later, on the disk. It
is skipped and its file is computed again; the lines after it remain valid. A valid line that this
program cannot have written makes the whole journal unreadable (store/line_types.py).
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
    """What was read of a journal: the stamp of the file, the end of its valid lines in bytes, their
    CRC-32, the lines, and what is wrong with them.
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
    program writes, or for too many lines.
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
    """The value of a line with a right checksum. Its numbers may be NaN and Infinity, because a
    loss may be. Raises ValueError.
    """
    try:
        line = from_json(text, words=True)
    except ValueError as error:
        raise ValueError(f"a line of it is no JSON that can be read: {error}") from error
    if not isinstance(line, dict) or not isinstance(line.get("kind"), str):
        raise ValueError("a line of it has no kind")
    return line


class Journal:
    """The journal in the file `path`. At most one process appends, the one that holds the run's
    lock; any number may read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mutex = threading.Lock()
        # inode and length after the last append: as long as they are the same, nothing needs to be
        # cut
        self._whole = (0, -1)

    def lines(self) -> tuple[Line, ...]:
        """The valid lines, oldest first. Writes nothing; a missing journal has no lines. They are
        remembered while the file does not change, and only new lines are parsed. Raises
        RunDamagedError where the journal cannot be read, or has a line that no program writes.
        """
        known = self.look()
        if known.problem:
            raise RunDamagedError(
                f"{known.problem} Delete the run, or put the file back from a copy."
            )
        return known.lines

    def problem(self) -> str:
        """Why the journal cannot be read, in a sentence; "" if it can, or if there is none yet.

        A journal whose first line is damaged can be read: nothing was committed.
        """
        return self.look().problem

    def look(self) -> Known:
        """The present content of the journal, or what is wrong with it. Raises nothing."""
        known = _recall(self.path)
        if known is None or known.stamp is None or known.stamp != files.stamp(self.path):
            known = _read(self.path, known)
            _remember(self.path, known)
        return known

    def append(self, line: Line) -> None:
        """Append `line`; it is durable when this returns. Raises StorageError, and then the journal
        is unchanged; ValueError for a line that could not be read back, which is not written.
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
        """Cut off what follows the last valid line. Returns the length after that."""
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
    """The present content of the journal. Lines that have not changed since `known` are not parsed
    again.
    """
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
    """Remember what was read. Where too much is remembered, the entry that was not used for longest
    is dropped.
    """
    with _mutex:
        _count(_known.pop(path, None), -1)
        if known.lines or known.problem:
            _known[path] = known
            _count(known, 1)
        while _known and (_held[0] > REMEMBERED or _held[1] > REMEMBERED_BYTES):
            _count(_known.popitem(last=False)[1], -1)


def _count(known: Known | None, times: int) -> None:
    """Keep the total up to date. Adding all entries for each new one would take a time that grows
    with their square.
    """
    if known is not None:
        _held[0] += times * (1 + len(known.lines))
        _held[1] += times * known.end
