"""One click, one launch: a second request with the same page, deed and settings within two seconds gets the first one's answer."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

WINDOW = 2.0  # s between two requests that are the same click
PATIENCE = 5.0  # s to wait for the first one's answer
KEPT = 60.0  # s after which a claim is swept away
Answer = dict[str, Any]


def once(folder: Path, request: Mapping[str, Any], work: Callable[[], Answer]) -> Answer:
    """The answer of `work()`, done by exactly one of the requests that are the same; making a directory is the claim."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(folder)
    claim = folder / _name(request)
    if not _claimed(claim):
        return _answer_of(claim) or {"ids": [], "kind": str(request.get("do")), "error": None}
    answer = work()
    part = claim / f"answer-{os.getpid()}"
    part.write_text(json.dumps(answer))
    part.replace(claim / "answer.json")
    return answer


def _name(request: Mapping[str, Any]) -> str:
    """What makes two requests the same: everything but the moment."""
    same = {name: value for name, value in request.items() if name != "at"}
    return hashlib.sha256(json.dumps(same, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _claimed(claim: Path) -> bool:
    try:
        claim.mkdir()
        return True
    except FileExistsError:
        if _age(claim) < WINDOW:
            return False
    shutil.rmtree(claim, ignore_errors=True)
    try:
        claim.mkdir()
        return True
    except FileExistsError:
        return False


def _answer_of(claim: Path) -> Answer | None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            return dict(json.loads((claim / "answer.json").read_text()))
        except (OSError, ValueError):
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
