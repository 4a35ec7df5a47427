"""Results of a study without their runs as a zip file: their archive, compressed, is its only
member.

Tables and statistics are words and numbers, of which a fifth is left. An archive with runs is never
compressed: weights hardly become smaller.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from landscape_app.errors import ArchiveError
from landscape_app.store.archive import told

SUFFIX = ".zip"
MARK = b"PK\x03\x04"  # how a zip file begins
LARGEST = 8 * 2**20  # bytes of a zip file that is looked into
UNPACKED = 32 * 2**20  # bytes that it may become
# what zipfile raises for bytes that are no sound zip file
FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, OSError)


def zipped(id: str, content: bytes) -> bytes:
    """The zip file of the archive `content`; equal archives give equal files. Raises ArchiveError
    where it would not be read again.
    """
    if len(content) > UNPACKED:
        raise ArchiveError(
            f"The results of {id} have {told(len(content))}; a zip file holds at most"
            f" {told(UNPACKED)}. Give a name that ends with .tar."
        )
    member = zipfile.ZipInfo(f"{id}.tar")  # with the same date always
    member.compress_type = zipfile.ZIP_DEFLATED
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(member, content, compresslevel=9)
    return out.getvalue()


def unzipped(content: bytes) -> bytes | None:
    """The archive in the zip file `content`; None where it is a zip file of something else. Raises
    ArchiveError where it is damaged, or would become too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            members = file.infolist()
            kinds = [(m.compress_type, m.filename.rpartition(".")[2]) for m in members]
            if kinds != [(zipfile.ZIP_DEFLATED, "tar")]:
                return None
            if members[0].file_size > UNPACKED:
                raise ArchiveError(
                    f"It would become {told(members[0].file_size)}; results have at most"
                    f" {told(UNPACKED)}."
                )
            return file.read(members[0])  # no more bytes than were announced
    except FAULTS as error:
        raise ArchiveError(f"It is a damaged zip file: {error}. Get it again.") from error
