"""The journal of a run: one line per fact, "<crc32> <json>", appended and synced; what is not in it did not happen.

A crash can only tear the last line: a later one is written after the earlier are durable. Reading leaves out what is not valid;
appending first cuts what follows the last valid line, once, so that a new line never joins a torn one. An invalid line in the
middle was damaged on the disk later; it is left out, and what it acknowledged is computed again, but the lines after it stand.
"""

from __future__ import annotations

import json
import os
import threading
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from landscape_app.store import names, opening
from landscape_app.store.files import storing, sync_folder, to_json, write_all

Line = dict[str, Any]


def encode(line: Line) -> bytes:
    """One line with its checksum and line end."""
    text = to_json(line)
    return b"%08x %s\n" % (zlib.crc32(text), text)


def decode(content: bytes) -> tuple[list[Line], int]:
    """(valid lines, end of the last of them in bytes)."""
    lines, end, position = list[Line](), 0, 0
    for raw in content.splitlines(keepends=True):
        position += len(raw)
        line = _parse(raw)
        if line is not None:
            lines.append(line)
            end = position
    return lines, end


def _parse(raw: bytes) -> Line | None:
    head, _, text = raw.partition(b" ")
    if not text.endswith(b"\n") or head != b"%08x" % zlib.crc32(text[:-1]):
        return None
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and isinstance(line.get("kind"), str) else None


class Journal:
    """The journal in the file `path`; at most one process appends (the holder of the run's lock), any number read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mutex = threading.Lock()
        self._read: tuple[tuple[int, int, int], tuple[Line, ...]] | None = None
        self._whole = (0, -1)  # inode and length after the last append: as long as they are the same, nothing needs to be cut

    def lines(self) -> tuple[Line, ...]:
        """The valid lines, oldest first. Never writes; a journal that is missing is empty."""
        try:
            found = self.path.stat()
            key = (found.st_ino, found.st_size, found.st_mtime_ns)
            if self._read is None or self._read[0] != key:
                self._read = (key, tuple(decode(self.path.read_bytes())[0]))
        except OSError:
            return ()
        return self._read[1]

    def append(self, line: Line) -> None:
        """`line` at the end, durable when this returns. Raises StorageError; the journal is then as it was."""
        record = encode(line)
        with self._mutex, storing(self.path):
            new = not names.exists(self.path)
            handle = opening.regular(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
            try:
                end = self._cut(handle)
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
                self._read = None
            if new:
                sync_folder(self.path.parent)

    def _cut(self, handle: int) -> int:
        """Cut what follows the last valid line; the length after that."""
        found = os.fstat(handle)
        size = found.st_size
        if self._whole == (found.st_ino, size):
            return size
        _, end = decode(os.pread(handle, size, 0))
        if end < size:
            os.ftruncate(handle, end)
        return end
