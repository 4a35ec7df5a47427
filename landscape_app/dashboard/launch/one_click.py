"""One click, one launch: a second request with the same page, deed and settings within two seconds
gets the answer of the first one.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, cast

import diskcache

from landscape_app.dashboard.launch.answer_cache import AnswerCache
from landscape_app.dashboard.launch.records import LaunchAnswer

WINDOW = 2.0  # s after an answer in which an equal request is the same click
LONGEST = 30.0  # s that a launch may take, after which an equal request is another click
PATIENCE = 5.0  # s that an equal request waits for the answer


def once(
    cache: AnswerCache, request: Mapping[str, Any], launch: Callable[[], LaunchAnswer]
) -> LaunchAnswer:
    """The answer of `launch()`, which is called for exactly one of several equal requests."""
    key = _key(request)
    if not cache.add(key, None, expire=LONGEST):
        nothing: LaunchAnswer = {
            "ids": [],
            "kind": str(request.get("do")),
            "place": None,
            "error": None,
        }
        return _answer(cache, key) or nothing
    answer = launch()
    # Where the disk is full, what was launched goes on, and is on the page.
    with suppress(sqlite3.Error, diskcache.Timeout):
        cache.set(key, answer, expire=WINDOW)
    return answer


def _key(request: Mapping[str, Any]) -> str:
    """What two requests have in common that are the same click: everything but the moment."""
    same = {name: value for name, value in request.items() if name != "at"}
    text = json.dumps(same, sort_keys=True, default=str)
    return f"click-{hashlib.sha256(text.encode()).hexdigest()}"


def _answer(cache: AnswerCache, key: str) -> LaunchAnswer | None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        answer = cache.get(key)
        if isinstance(answer, dict) and _complete(answer):
            return cast(LaunchAnswer, answer)
        time.sleep(0.02)
    return None


def _complete(answer: dict[str, Any]) -> bool:
    """Whether it is an answer of this program; whatever else the row holds is none."""
    ids = answer.get("ids")
    return (
        answer.keys() == LaunchAnswer.__annotations__.keys()
        and isinstance(ids, list)
        and all(isinstance(id, str) for id in ids)
    )
