"""One click, one launch: a second request with the same page, deed and settings within two seconds
gets the first one's answer.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from landscape_app.errors import StorageError
from landscape_app.store.files import from_json, read_bytes, to_json, write_atomic

WINDOW = 2.0  # s between two requests that are the same click
PATIENCE = 5.0  # s to wait for the first one's answer
KEPT = 60.0  # s after which a claim is swept away
Answer = dict[str, Any]


def once(folder: Path, request: Mapping[str, Any], work: Callable[[], Answer]) -> Answer:
    """The answer of `work()`, done by exactly one of the requests that are the same; making a
    directory in `folder` is the claim.
    """
    _sweep(folder)
    claim = folder / _name(request)
    if not _claimed(claim):
        return _answer_of(claim) or {"ids": [], "kind": str(request.get("do")), "error": None}
    answer = work()
    # the disk is full, say: what was launched goes on, and is on the page
    with suppress(StorageError):
        write_atomic(claim / "answer.json", to_json(answer))
    return answer


def _name(request: Mapping[str, Any]) -> str:
    """What makes two requests the same: everything but the moment."""
    same = {name: value for name, value in request.items() if name != "at"}
    return hashlib.sha256(json.dumps(same, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _claimed(claim: Path) -> bool:
    try:
        claim.mkdir(mode=0o700)
        return True
    except FileExistsError:
        if _age(claim) < WINDOW:
            return False
    shutil.rmtree(claim, ignore_errors=True)
    try:
        claim.mkdir(mode=0o700)
        return True
    except FileExistsError:
        return False


def _answer_of(claim: Path) -> Answer | None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            return dict(from_json(read_bytes(claim / "answer.json")))
        except (OSError, ValueError, TypeError):
            time.sleep(0.02)
    return None


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")


def _sweep(folder: Path) -> None:
    for old in folder.iterdir():
        if _age(old) > KEPT:
            shutil.rmtree(old, ignore_errors=True)
