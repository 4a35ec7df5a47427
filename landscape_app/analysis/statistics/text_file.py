"""The text of a table's file: in any of the encodings that spreadsheets write; what is no text is
named.
"""

from __future__ import annotations

import codecs
import logging
import re
from pathlib import Path

from landscape_app.errors import DataError
from landscape_app.limits import Reading

log = logging.getLogger("landscape")

IN_MEMORY = 40  # bytes of memory for a byte of the file, at its worst: cells of one sign
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
KINDS = (  # how files begin that are no tables in text
    (b"PK\x03\x04", "an Excel or other zipped file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"\x1f\x8b", "a gzip file: unpack it first"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"%PDF", "a PDF file"),
    (b"version https://git-lfs", "a Git LFS pointer: fetch the file itself by git lfs pull"),
)
TEXTS = (  # … and texts that are none
    (re.compile(rb"<(!doctype|html|\?xml|table|head|body)\b", re.IGNORECASE), "HTML or XML"),
    (re.compile(rb"\{\s*(\"|\})|\[\s*[\[{\"]"), "JSON"),
)


def read(path: Path, name: str) -> str:
    """The text of `path`. Raises DataError, naming what cannot be read, or what the file is."""
    try:
        with Reading(path, DataError, name) as file:
            file.hold(IN_MEMORY * file.bytes, "needs up to")
            content = bytes(file.whole())
    except (OSError, ValueError) as error:
        raise DataError(
            f"{name} cannot be read: {getattr(error, 'strerror', None) or error}."
        ) from error
    return decoded(content, name)


def decoded(content: bytes, name: str) -> str:
    """Text of UTF-8, of UTF-16 with its mark, or of Windows-1252, which is said. Raises
    DataError.
    """
    kind = _kind(content.removeprefix(codecs.BOM_UTF8).lstrip())
    if kind is not None:
        raise DataError(f"{name} is {kind}. Save the table as CSV (UTF-8).")
    encoding = next((encoding for mark, encoding in MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        text = _western(content, encoding, error, name)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise DataError(
            f"Line {line} of {name[0].lower()}{name[1:]} holds zero bytes, so it is no text in"
            " UTF-8. Save the table as CSV (UTF-8)."
        )
    return text


def _kind(content: bytes) -> str | None:
    """What the file is that is no table; None where it may be one."""
    known = (kind for begin, kind in KINDS if content.startswith(begin))
    return next(known, None) or next((kind for begin, kind in TEXTS if begin.match(content)), None)


def _western(content: bytes, encoding: str, error: UnicodeDecodeError, name: str) -> str:
    line = content[: error.start].count(b"\n") + 1
    try:
        if encoding != "utf-8" or b"\0" in content:
            raise error
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise DataError(
            f"Line {line} of {name[0].lower()}{name[1:]} is no text in UTF-8. Save the table as CSV"
            " (UTF-8)."
        ) from error
    log.warning("%s is not in UTF-8 (line %d); it is read as Windows-1252.", name, line)
    return text
