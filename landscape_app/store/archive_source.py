"""The source of an archive: a file, or the folder of a run or study. The folder is read as if it
were an archive, and so is the archive in a zip file.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from landscape_app.errors import ArchiveError
from landscape_app.store import folder, names, opening, packing, zipped_archive
from landscape_app.store.run import HEAD
from landscape_app.store.study import HEAD as STUDY


@contextmanager
def opened(source: Path) -> Iterator[tuple[Readable, int]]:
    """(a reader of the archive, its length). For the folder of a run or study: of the archive that
    would be made from it. Raises ArchiveError for a pipe, a device or a damaged zip file.
    """
    if source.is_dir():
        yield _of_folder(source.absolute())
        return
    try:
        handle = opening.regular(source, own=True)
    except OSError as error:
        raise ArchiveError(f"{source} cannot be read: {error.strerror or error}.") from error
    with os.fdopen(handle, "rb") as file:
        content = _unzipped(file, source)
        if content is None:
            yield file, os.fstat(handle).st_size
        else:
            yield io.BytesIO(content), len(content)


def _unzipped(file: BinaryIO, source: Path) -> bytes | None:
    """The archive in a zip file; None for another file, which is then read from its beginning."""
    content = file.read(len(zipped_archive.MARK))
    if content == zipped_archive.MARK:
        content += file.read(zipped_archive.LARGEST)
    file.seek(0)
    if not len(zipped_archive.MARK) < len(content) <= zipped_archive.LARGEST:
        return None
    try:
        return zipped_archive.unzipped(content)
    except ArchiveError as error:
        raise ArchiveError(f"{source} was not imported. {error}") from error


def _of_folder(source: Path) -> tuple[Readable, int]:
    """(a reader of the archive of the run or study in a folder, with the data stored beside it; its
    length).
    """
    study = source.parent.name == folder.STUDIES
    above = source.parent.parent if study else source.parent
    if not folder.is_id(source.name) or not names.is_file(source / (STUDY if study else HEAD)):
        raise ArchiveError(
            f"{source} is no folder of a run or study. Give one, or the archive that landscape"
            " export ID --archive FILE has made."
        )
    listing = packing.packing_list(above, source.name, data=True)
    return _Pieces(listing.content()), listing.manifest.size


class Readable(Protocol):
    """An archive that can be read."""

    def read(self, size: int, /) -> bytes:
        """The next `size` bytes, fewer only at the end."""


class _Pieces:
    """Bytes that are produced piece by piece, read like a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, b""

    def read(self, size: int, /) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        held = [self._held]
        missing = size - len(self._held)
        while missing > 0 and (piece := next(self._pieces, None)) is not None:
            held.append(piece)
            missing -= len(piece)
        content = b"".join(held)
        self._held = content[size:]
        return content[:size]


def exactly(file: Readable, size: int) -> bytes:
    """The next `size` bytes. Raises ArchiveError where there are fewer."""
    content = file.read(size)
    if len(content) < size:
        raise ArchiveError("It is cut off, or it is not an archive of runs. Get it again.")
    return content
