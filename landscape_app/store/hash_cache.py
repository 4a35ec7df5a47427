"""Hashes of files that this program has read for this user. They are stored outside the runs, so
that the next list is quick.

A hash is stored with the size and times of its file. A write to the file changes one of them, and
then the file is hashed again.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from landscape_app import user_state
from landscape_app.errors import StorageError
from landscape_app.store import files
from landscape_app.store.committed_files import intact
from landscape_app.store.journal import Line

FOLDER = "seen"  # in the user's state folder: a file for each run
MOST = 2_000  # runs that are remembered; the oldest are forgotten
LARGEST = 2**22  # bytes of what is remembered of one run


def damaged(run: Path, suspects: Sequence[Line], there: Mapping[str, Sequence[int]]) -> list[str]:
    """The files of those `suspects` (committed lines) whose bytes differ from their line. `there`:
    stamps of the files.
    """
    known, fresh, broken = _recall(run), dict[str, Any](), list[str]()
    for line in suspects:
        file = str(line["file"])
        entry = [line.get("sha256"), *there.get(file, ())]
        sound = known.get(file) == entry
        if not sound:
            sound = intact(run, line) is not None
            settled = file in there and time.time_ns() - max(there[file][1:]) > files.SETTLED
            fresh |= {file: entry} if sound and settled else {}
        broken += [] if sound else [file]
    if fresh:
        _remember(run, known | fresh)
    return broken


def _place(run: Path) -> Path:
    return (
        user_state.private(user_state.folder() / FOLDER)
        / f"{hashlib.sha256(str(run.absolute()).encode()).hexdigest()[:32]}.json"
    )


def _recall(run: Path) -> dict[str, Any]:
    try:
        content = files.from_json(files.read_bytes(_place(run), most=LARGEST, own=True))
    except (OSError, ValueError, StorageError):
        return {}
    return content if isinstance(content, dict) else {}


def _remember(run: Path, known: Mapping[str, Any]) -> None:
    """Store the hashes. If that fails, the files are hashed again the next time."""
    with suppress(OSError, StorageError):
        place = _place(run)
        files.replace_content(place, files.to_json(dict(known)), own=True, durable=False)
        _forget(place.parent)


def _forget(folder: Path) -> None:
    with os.scandir(folder) as entries:
        dated = [(entry.stat().st_mtime_ns, entry.path) for entry in entries]
    for _, path in sorted(dated)[: max(0, len(dated) - MOST)]:
        Path(path).unlink()
