"""status.json: what the job at work on a folder last said about itself. Only the holder of the folder's lock writes it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landscape_app.store import opening
from landscape_app.store.files import read_bytes, read_json, replace_content, to_json, write_all

NAME = "status.json"
LOG = "log.txt"
CANCEL = "cancel"  # the file that asks for a cancel; it holds the time of asking, in ns
LAUNCHED = "LANDSCAPE_LAUNCHED"  # environment of a launched job: when it was launched, in ns

LIVE = ("queued", "running")
LAST = ("finished", "cancelled", "failed")  # a last word


def read(folder: Path) -> dict[str, Any]:
    """The last status written, empty where there is none that can be read."""
    try:
        found = read_json(Path(folder) / NAME)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(folder: Path, status: Mapping[str, Any]) -> None:
    """Replace the status at once. Not synced: losing it in a power cut loses nothing. Raises OSError."""
    replace_content(folder / NAME, to_json(status), durable=False)


def write_last(folder: Path, status: Mapping[str, Any]) -> None:
    """As `write`, but on a full disk over the old content, which needs no space. Raises OSError."""
    try:
        write(folder, status)
    except OSError:
        content = to_json(status)
        handle = opening.regular(folder / NAME, os.O_WRONLY)
        try:
            write_all(handle, content)
            os.ftruncate(handle, len(content))
        finally:
            os.close(handle)


def asked_at(folder: Path) -> int | None:
    """When a cancel was asked for (ns), None if it was not."""
    try:
        return int(read_bytes(Path(folder) / CANCEL, most=64))
    except (OSError, ValueError):
        return None
