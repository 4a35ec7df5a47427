"""The files that a run's journal names: the valid line of each, and the place of its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from landscape_app.records.pulse import pulse
from landscape_app.store import files
from landscape_app.store.journal import Line

CHUNKS = "chunks"
COMMITS = ("init", "base", "anchor", "chunk", "path")  # kinds of lines that name a file
# suffix of a file whose line is there and that is about to take the place of an older one
NEXT = ".next"
FILE = re.compile(r"(chunks/)?[a-z0-9][a-z0-9_-]*\.safetensors")


def newest(lines: Iterable[Line]) -> list[Line]:
    """The newest line of every committed file in a journal, oldest first."""
    last: dict[str, Line] = {}
    for line in lines:
        if line["kind"] in COMMITS:
            last.pop(line["file"], None)
            last[line["file"]] = line
    return list(last.values())


def intact(run: Path, line: Line) -> Path | None:
    """The path in the folder `run` that has the bytes of a committed line; None if no file has
    them. The hash of a file is remembered while the file does not change.
    """
    target, size = run / str(line["file"]), line.get("bytes")
    if not FILE.fullmatch(str(line["file"])) or type(size) is not int:
        return None
    for path in (target, target.with_name(target.name + NEXT)):
        if files.digest(path, most=size) == line["sha256"]:
            return path
    return None


def places(run: Path, lines: Sequence[Line]) -> dict[str, Path]:
    """{file name: path that has its bytes} of these committed lines, without files whose bytes are
    lost. Hashes every file that has changed since its last hash.
    """
    known = files.remembered(
        run, (file for line in lines if FILE.fullmatch(file := str(line["file"])))
    )
    places: dict[str, Path] = {}
    for line in lines:
        file = str(line["file"])
        if known.get(file) == (line["sha256"], line.get("bytes")):
            places[file] = run / file
            continue
        pulse()
        path = intact(run, line)
        if path is not None:
            places[file] = path
    return places
